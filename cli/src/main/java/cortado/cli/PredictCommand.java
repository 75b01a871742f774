package cortado.cli;

import cortado.data.Dataset;
import cortado.data.Datasets;
import cortado.data.Loader;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.train.Scores;
import cortado.train.Tta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what images show. */
@Command(name = "predict", description = "Say what images show: class and probability.",
        footer = {
            "  cortado predict cat.jpg dog.png",
            "  cortado predict photos/ --top 5 --model runs/photos-convnet-1"})
final class PredictCommand implements Callable<Integer> {
    private static final int BATCH = 64;

    @Mixin
    private final Common common;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Image files, or folders with images in them and below.")
    private List<Path> given;

    @Mixin
    private final TrainedOptions trained = new TrainedOptions();

    @Option(names = "--top", paramLabel = "N", defaultValue = "1",
            description = "How many classes of each image (default ${DEFAULT-VALUE}).")
    private int top;

    @Mixin
    private final ThreadOptions threads = new ThreadOptions();

    PredictCommand(Common common) {
        this.common = common;
    }

    /** An image that could be read. */
    private record Picture(Path file, byte[] pixels) {
    }

    @Override
    public Integer call() {
        Output o = common.output();
        if (top < 1) {
            throw new FormatException("--top: expected at least 1, received " + top);
        }
        TrainedOptions.Trained t = trained.trained(o);
        Path file = t.file();
        Model model = t.model();
        if (model.graph().outputExample().rank() != 1) {
            throw new FormatException("predict names a class for each image, but " + model.name() + " gives scores of "
                    + model.graph().outputExample());
        }
        List<Path> files = files();
        int width = files.stream().mapToInt(f -> f.toString().length()).max().orElse(0);
        boolean failed = false;
        int batch = Math.min(BATCH, files.size());
        try (Plan plan = Plan.inference(model.graph(), model.parameters(), batch, Backend.vector(), threads.count())) {
            Meter meter = new Meter(o, "looking at", "images");
            for (int from = 0; from < files.size(); from += plan.batch()) {
                List<Path> some = files.subList(from, Math.min(files.size(), from + plan.batch()));
                List<Picture> pictures = read(some, model, o);
                failed |= pictures.size() < some.size();
                if (!pictures.isEmpty()) {
                    predict(pictures, file, model, plan, t.tta(), width, o);
                }
                if (!o.terminal().stdout()) { // there the answers themselves go by
                    meter.at(from + some.size(), files.size());
                }
            }
        }
        return failed ? Exit.BAD_INPUT : Exit.OK;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path p : given) {
            if (!Files.isDirectory(p)) {
                files.add(p);
                continue;
            }
            List<Path> inside = Datasets.images(p);
            if (inside.isEmpty()) {
                throw new FormatException("the folder " + p + " holds no images (png, jpg, bmp, gif, webp, tiff)");
            }
            files.addAll(inside);
        }
        return files;
    }

    /** Reads what can be read; an image that cannot is reported and left out, so that it does not hold up the others. */
    private static List<Picture> read(List<Path> files, Model model, Output o) {
        List<Picture> pictures = new ArrayList<>();
        for (Path f : files) {
            try {
                pictures.add(new Picture(f, Datasets.image(f, model.graph().input().example())));
            } catch (FormatException e) {
                Failures.report(e, o);
            }
        }
        return pictures;
    }

    private void predict(List<Picture> pictures, Path file, Model model, Plan plan, Tta looks, int width,
            Output o) {
        Shape image = model.graph().input().example();
        byte[] pixels = new byte[pictures.size() * image.size()];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).pixels, 0, pixels, i * image.size(), image.size());
        }
        List<String> names = names(model);
        Dataset data = Dataset.of(image, pixels, new int[pictures.size()], names, "images");
        Loader loader = Loader.inOrder(data, model.normalization(), plan.batch(), plan.images().layout());
        looks.scores(plan, loader, (i, label, scores) -> {
            if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
                throw TrainedOptions.notFinite(file, "the scores of " + pictures.get(i).file + " are not finite");
            }
            show(pictures.get(i).file, Scores.probabilities(scores), names, width, o);
        });
    }

    private static List<String> names(Model model) {
        int scores = model.graph().outputExample().size();
        return model.classes().isEmpty() ? IntStream.range(0, scores).mapToObj(Integer::toString).toList() : model.classes();
    }

    private void show(Path file, double[] p, List<String> names, int width, Output o) {
        int[] best = Scores.top(p, Math.min(top, p.length));
        List<Json.Obj> ranked = Arrays.stream(best)
                .mapToObj(k -> Json.object().with("class", names.get(k)).with("probability", p[k])).toList();
        o.tell(Json.object().with("image", file).with("class", names.get(best[0])).with("probability", p[best[0]])
                .with("top", ranked));
        if (!o.json()) {
            List<String> texts = Arrays.stream(best).mapToObj(k -> names.get(k) + " " + Texts.percent(p[k])).toList();
            o.say(file + " ".repeat(width - file.toString().length()) + "  " + o.style(Output.Style.BOLD, texts.getFirst())
                    + (texts.size() > 1 ? ", " + String.join(", ", texts.subList(1, texts.size())) : ""));
        }
    }
}
