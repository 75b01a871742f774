package cortado.cli;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Model;
import cortado.op.Backend;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.train.Config;
import cortado.train.Evaluation;
import cortado.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges a model by images that were held out. */
@Command(name = "val",
        description = "Judge a model by the images held out from its training, or by other data.",
        footer = {
            "  cortado val                               the newest run on its own data",
            "  cortado val mnist --data-dir ~/mnist --model runs/mnist-lenet5-1"})
final class ValCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DATA",
            description = "A data set's name or folder, of which the held-out part is used (default: what it was trained on).")
    private Optional<String> given = Optional.empty();

    @Option(names = "--data", paramLabel = "DATA", description = "The same as an option.")
    private Optional<String> named = Optional.empty();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final TrainedOptions trained = new TrainedOptions();

    @Mixin
    private final ThreadOptions threads = new ThreadOptions();

    ValCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        TrainedOptions.Trained t = trained.trained(o);
        Path file = t.file();
        Model model = t.model();
        Config run = run(file);
        Optional<String> learnt = run.text("data").or(() -> Optional.ofNullable(model.provenance().get("data")));
        String name = Source.either(given, "--data", named).or(() -> learnt).orElseThrow(() -> new FormatException(file
                + " does not say what data it was trained on; name some (--data)"));
        Source.expect("data set", Datasets.NAMES, name);
        if (run.text("data").equals(Optional.of(name))) {
            RunOptions.expectData(run);
        }
        boolean own = learnt.filter(l -> same(l, name)).isPresent();
        DataSplit split = open(name, own, model.graph().input().example(), data.options(o, own ? run : Config.empty()));
        Meter meter = new Meter(o, "judging", "images");
        Evaluation e = Evaluation.of(model, split.test(), Backend.vector(), threads.count(), t.tta(),
                seen -> meter.at(seen, split.test().size()));
        if (!Double.isFinite(e.loss())) {
            throw TrainedOptions.notFinite(file, "the loss on " + split.name() + " is " + e.loss());
        }
        o.tell(e.json());
        Verdict.print(e, split.name(), o);
        return Exit.OK;
    }

    /** Folders of images are fitted to the model; other data must fit, unless training fitted it too. */
    private static DataSplit open(String name, boolean learnt, Shape image, Options options) {
        if (learnt || !Datasets.fixedSize(name)) {
            return Datasets.open(name, options.withImage(image));
        }
        DataSplit split = Datasets.open(name, options);
        if (!split.image().equals(image)) {
            throw new ShapeException("the model takes images of " + image + ", those of " + name + " are " + split.image()
                    + "; choose other data, or a model trained on images of that size");
        }
        return split;
    }

    /** What the model's run was told; nothing if the file lies in no run's folder. */
    private static Config run(Path file) {
        Path config = file.resolveSibling(Run.CONFIG);
        boolean model = List.of(Run.BEST, Run.LAST).contains(file.getFileName().toString());
        return model && Files.isRegularFile(config) ? Config.read(config) : Config.empty();
    }

    private static boolean same(String learnt, String name) {
        try {
            return learnt.equals(name) || !Datasets.NAMES.contains(name) && !Datasets.NAMES.contains(learnt)
                    && Files.isSameFile(Path.of(learnt), Path.of(name));
        } catch (IOException e) {
            return false; // one of them is nowhere
        }
    }
}
