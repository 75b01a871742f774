package cortado.cli;

import cortado.train.Event;
import cortado.train.Outcome;
import cortado.train.Run;
import cortado.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network and leaves a run's folder. */
@Command(name = "train", description = "Train a network on images and keep the best model.",
        footer = {
            "  cortado train                            LeNet-5 on built-in images of clothes",
            "  cortado train fashion-mnist --model convnet --epochs 10",
            "  cortado train mnist --data-dir ~/mnist --seed 1 --output runs/first",
            "  cortado train photos/ -b 32 --opt sgd --lr 0.05 --sched cosine",
            "  cortado train mnist --recipe mnist        by a recipe; `recipes` lists them",
            "  cortado train -c runs/x/config.json      as run x was trained, to the same bits",
            "",
            "A data set is fashion-mnist-small or digits (built in), fashion-mnist or mnist,",
            "or a folder: train/<class>/*.jpg with or without val/, IDX files, or CIFAR's."})
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Option(names = "--output", paramLabel = "DIR", description = "The run's folder (default: the next free one below runs/).")
    private Optional<Path> folder = Optional.empty();

    TrainCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Setup setup = training.setup(common.output());
        try (Trainer trainer = new Trainer(setup.settings(), setup.network(), setup.data()); Run run = run(setup)) {
            trainer.initial().ifPresent(i -> common.output().note(i.text()));
            return train(common.output(), setup, trainer, run);
        }
    }

    private Run run(Setup setup) {
        String model = Path.of(setup.settings().model()).getFileName().toString().replaceFirst("\\.json$", "");
        String stem = Path.of(setup.data().name()).getFileName() + "-" + model;
        return folder.map(f -> Run.create(f, ChecksCommand.machine()))
                .orElseGet(() -> Run.next(Source.RUNS, stem, ChecksCommand.machine()));
    }

    private int train(Output o, Setup setup, Trainer trainer, Run run) {
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
            if (!interrupt.asked() && outcome.epochs() < setup.settings().epochs()) {
                o.note("stopped early: no epoch was better than epoch " + outcome.bestEpoch() + " for "
                        + setup.settings().patience() + " epochs (--patience)");
            }
            o.say(last(o, setup.data().name(), outcome, run, interrupt.asked()));
        } finally {
            progress.clear();
        }
        return interrupt.asked() ? Exit.INTERRUPTED : Exit.OK;
    }

    private void started(Output o, Event.Started s, Run run) {
        o.note(String.format(Locale.ROOT, "%s: %,d images to learn from, %,d held out, %d classes", s.data().name(),
                s.data().train().size(), s.data().test().size(), s.data().classes().size()));
        o.note(String.format(Locale.ROOT, "%s: %,d parameters, images of %s, %s planned", s.settings().model(), s.parameters(),
                s.data().image(),
                Texts.bytes(s.bytes())));
        o.note("run: " + run.folder());
    }

    private static String last(Output o, String data, Outcome outcome, Run run, boolean stopped) {
        Path best = run.folder().resolve(Run.BEST);
        String next = data.equals(TrainingOptions.DATA) ? ", " + Places.command() + " train fashion-mnist" : "";
        String form = "%stop-1 %s on %,d held-out images (epoch %d of %d, %s); model: %s; try: %s predict IMAGE%s";
        return String.format(Locale.ROOT, form, stopped ? "stopped: " : "",
                o.style(Output.Style.BOLD, Texts.percent(outcome.val().top1())), outcome.val().images(), outcome.bestEpoch(),
                outcome.epochs(), Texts.time(outcome.seconds()), best, Places.command(), next);
    }
}
