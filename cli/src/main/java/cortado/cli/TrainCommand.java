package cortado.cli;

import cortado.train.Run;
import cortado.train.Trainer;
import java.nio.file.Path;
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
            "  cortado train mnist --recipe mnist       by a recipe; `recipes` lists them",
            "  cortado train -c runs/x/config.json      run x again, to the same bits",
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
        Setup setup = training.setup(common.output()).anywhere();
        try (Interrupt interrupt = new Interrupt();
                Trainer trainer = new Trainer(setup.settings(), setup.network(), setup.data());
                Run run = run(setup)) {
            return new Training(common.output(), setup, run).go(trainer, interrupt);
        }
    }

    private Run run(Setup setup) {
        String model = Path.of(setup.settings().model()).getFileName().toString().replaceFirst("\\.json$", "");
        String stem = Path.of(setup.data().name()).getFileName() + "-" + model;
        return folder.map(f -> Run.create(f, ChecksCommand.machine()))
                .orElseGet(() -> Run.next(Source.RUNS, stem, ChecksCommand.machine()));
    }
}
