package cortado.cli;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.io.NetworkJson;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.train.Event;
import cortado.train.Outcome;
import cortado.train.Run;
import cortado.train.Settings;
import cortado.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a network and leaves a run's folder. */
@Command(name = "train", description = "Train a network on images and keep the best model.",
        footer = {
            "  cortado train                            LeNet-5 on built-in images of clothes",
            "  cortado train fashion-mnist --model convnet --epochs 10",
            "  cortado train mnist --data-dir ~/mnist --seed 1 --output runs/first",
            "  cortado train photos/ -b 32 --opt sgd --lr 0.05 --sched cosine",
            "",
            "A data set is fashion-mnist-small or digits (built in), fashion-mnist or mnist,",
            "or a folder: train/<class>/*.jpg with or without val/, IDX files, or CIFAR's."})
final class TrainCommand implements Callable<Integer> {
    private static final String DATA = "fashion-mnist-small";

    @Mixin
    private final Common common;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DATA",
            description = "A data set's name or folder (default " + DATA + ").")
    private Optional<String> given = Optional.empty();

    @Option(names = "--data", paramLabel = "DATA", description = "The same as an option.")
    private Optional<String> named = Optional.empty();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Option(names = {"--input", "--input-size"}, paramLabel = "CxHxW",
            description = "Fit images to this size (default: the network's, or the data's).")
    private Optional<String> input = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL", defaultValue = "lenet5",
            description = "lenet5, convnet, mlp, or a network's .json (default ${DEFAULT-VALUE}).")
    private String model;

    @Mixin
    private final RecipeOptions recipe = new RecipeOptions();

    @Mixin
    private final ThreadOptions threads = new ThreadOptions();

    @Option(names = "--output", paramLabel = "DIR", description = "The run's folder (default: the next free one below runs/).")
    private Optional<Path> folder = Optional.empty();

    TrainCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        String name = Source.either(given, "--data", named).orElse(DATA);
        Source.expect("data set", Datasets.NAMES, name);
        Options options = data.options();
        if (input.isPresent()) {
            options = options.withImage(Source.image(input.get()));
        }
        DataSplit split = Datasets.open(name, options);
        Graph network = network(split);
        if (!network.input().example().equals(split.image())) {
            split = Datasets.open(name, options.withImage(network.input().example()));
        }
        Settings settings = recipe.apply(Settings.defaults(name, model, split.train().size(), threads.count()));
        try (Trainer trainer = new Trainer(settings, network, split); Run run = run(split.name())) {
            return train(o, split.name(), trainer, run);
        }
    }

    private Graph network(DataSplit split) {
        int classes = split.classes().size();
        if (Networks.NAMES.contains(model)) {
            return Networks.named(model, split.image(), classes);
        }
        Source.expect("network", Networks.NAMES, model);
        if (!model.endsWith(".json")) {
            throw new FormatException("there is no network " + model + " to train; there are " + String.join(", ", Networks.NAMES)
                    + ", or a text file of your own: --model my-net.json");
        }
        return NetworkJson.read(Path.of(model), Optional.of(split.image()), classes).graph();
    }

    private Run run(String dataName) {
        String stem = Path.of(dataName).getFileName() + "-" + Path.of(model).getFileName().toString().replaceFirst("\\.json$", "");
        return folder.map(f -> Run.create(f, ChecksCommand.machine()))
                .orElseGet(() -> Run.next(Source.RUNS, stem, ChecksCommand.machine()));
    }

    private int train(Output o, String data, Trainer trainer, Run run) {
        Progress progress = new Progress(o);
        Interrupt interrupt = new Interrupt(() -> {
            o.note("");
            o.note("stopping: finishing the step, judging and saving");
            trainer.stop();
        });
        try (interrupt) {
            Outcome outcome = trainer.fit(e -> {
                if (e instanceof Event.Started s) {
                    started(o, s, run);
                }
                run.accept(e);
                progress.accept(e);
            });
            o.tell(run.summary(interrupt.asked() ? "stopped" : "done", outcome));
            o.say(last(o, data, outcome, run, interrupt.asked()));
        } finally {
            progress.clear();
        }
        return interrupt.asked() ? Exit.INTERRUPTED : Exit.OK;
    }

    private void started(Output o, Event.Started s, Run run) {
        o.note(String.format(Locale.ROOT, "%s: %,d images to learn from, %,d held out, %d classes", s.data().name(),
                s.data().train().size(), s.data().test().size(), s.data().classes().size()));
        o.note(String.format(Locale.ROOT, "%s: %,d parameters, images of %s, %s planned", model, s.parameters(), s.data().image(),
                Texts.bytes(s.bytes())));
        o.note("run: " + run.folder());
    }

    private static String last(Output o, String data, Outcome outcome, Run run, boolean stopped) {
        Path best = run.folder().resolve(Run.BEST);
        String next = data.equals(DATA) ? ", " + Places.command() + " train fashion-mnist" : "";
        String form = "%stop-1 %s on %,d held-out images (epoch %d of %d, %s); model: %s; try: %s predict IMAGE%s";
        return String.format(Locale.ROOT, form, stopped ? "stopped: " : "",
                o.style(Output.Style.BOLD, Texts.percent(outcome.val().top1())), outcome.val().images(), outcome.bestEpoch(),
                outcome.epochs(), Texts.time(outcome.seconds()), best, Places.command(), next);
    }
}
