package cortado.cli;

import cortado.train.Augmentation;
import cortado.train.Optimizer;
import cortado.train.Schedule;
import cortado.train.Settings;
import cortado.train.Sgd;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How to train, spelled as timm spells it. What is not given follows from the data set. */
final class RecipeOptions {
    /** A learning rate that suits SGD; the data sets' own suit Adam. */
    private static final double SGD_RATE = 0.05;
    private static final double MOMENTUM = 0.9;

    @Option(names = {"-b", "--batch-size"}, paramLabel = "N", description = "Images in a step.")
    private Optional<Integer> batch = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N", description = "Times that every image is seen.")
    private Optional<Integer> epochs = Optional.empty();

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate.")
    private Optional<Double> rate = Optional.empty();

    @Option(names = "--opt", paramLabel = "NAME",
            description = "sgd (with Nesterov's momentum), momentum, adam, adamw, rmsprop or lamb.")
    private Optional<String> optimizer = Optional.empty();

    @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd, momentum and rmsprop (default 0.9).")
    private Optional<Double> momentum = Optional.empty();

    @Option(names = "--weight-decay", paramLabel = "W", description = "Weight decay (default 0.01 with adamw, else 0).")
    private Optional<Double> decay = Optional.empty();

    @Option(names = "--sched", paramLabel = "NAME", description = "constant, step or cosine.")
    private Optional<String> schedule = Optional.empty();

    @Option(names = "--warmup-epochs", paramLabel = "N", description = "Epochs in which the learning rate rises from 0.")
    private Optional<Double> warmup = Optional.empty();

    @Option(names = "--crop", paramLabel = "PIXELS", description = "Shift training images by up to so many pixels; 0 for none.")
    private Optional<Integer> crop = Optional.empty();

    @Option(names = "--flip", negatable = true, description = "Mirror every second training image, or not.")
    private Optional<Boolean> flip = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Decides weights, order and augmentation (default ${DEFAULT-VALUE}).")
    private long seed;

    /** The defaults with what the user said. */
    Settings apply(Settings defaults) {
        Settings s = defaults.withSeed(seed);
        s = batch.map(s::withBatch).orElse(s);
        s = epochs.map(s::withEpochs).orElse(s);
        if (optimizer.isPresent() || momentum.isPresent() || decay.isPresent()) {
            String name = optimizer.orElse(s.optimizer().name());
            boolean own = name.equals(s.optimizer().name());
            double weightDecay = decay.orElse(own ? s.optimizer().weightDecay() : 0);
            s = s.withOptimizer(Optimizer.named(name, momentum.orElse(MOMENTUM), weightDecay));
            s = s.optimizer() instanceof Sgd ? s.withRate(SGD_RATE) : s;
        }
        s = rate.map(s::withRate).orElse(s);
        if (schedule.isPresent() || warmup.isPresent()) {
            s = s.withSchedule(Schedule.named(schedule.orElse(s.schedule().name()), s.epochs(),
                    warmup.orElse(Math.min(s.schedule().warmup(), s.epochs()))));
        }
        Augmentation a = s.augmentation();
        return s.withAugmentation(new Augmentation(crop.orElse(a.crop()), flip.orElse(a.flip())));
    }
}
