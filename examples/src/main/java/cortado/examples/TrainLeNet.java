package cortado.examples;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.io.ModelFile;
import cortado.train.Event;
import cortado.train.Outcome;
import cortado.train.Settings;
import cortado.train.Trainer;
import java.nio.file.Path;

/**
 * Trains LeNet-5 and saves the best model. After {@code mvn package -DskipTests}, from the project's root:
 *
 * <pre>
 * java -p cli/target/app:examples/target/cortado-examples-0.1.0.jar \
 *      -m cortado.examples/cortado.examples.TrainLeNet [DATA [FOLDER [EPOCHS]]]
 * </pre>
 *
 * DATA is {@code fashion-mnist-small} unless given; {@code mnist} is looked for in FOLDER, five epochs by default. The model is
 * written to {@code lenet5.safetensors}, for {@code ./cortado predict} and for Python alike.
 */
public final class TrainLeNet {
    private TrainLeNet() {
    }

    /**
     * Trains and saves.
     * @param args data set, its folder, epochs
     */
    public static void main(String[] args) {
        String name = args.length > 0 ? args[0] : "fashion-mnist-small";
        Options options = args.length > 1 ? Options.defaults().withFolder(Path.of(args[1])) : Options.defaults();
        Settings settings = Settings.defaults(name, "lenet5", Runtime.getRuntime().availableProcessors()).withSeed(1);
        train(Datasets.open(name, options), args.length > 2 ? settings.withEpochs(Integer.parseInt(args[2])) : settings,
                Path.of("lenet5.safetensors"));
    }

    /** Trains, tells of every epoch, and saves; {@return what came of it}. */
    static Outcome train(DataSplit data, Settings settings, Path file) {
        Graph network = Networks.named("lenet5", data.image(), data.classes().size());
        try (Trainer trainer = new Trainer(settings, network, data)) {
            Outcome outcome = trainer.fit(TrainLeNet::tell);
            ModelFile.write(file, outcome.best());
            IO.println("%.4f of the held-out images in epoch %d: %s".formatted(outcome.val().top1(), outcome.bestEpoch(), file));
            return outcome;
        }
    }

    private static void tell(Event event) {
        switch (event) {
            case Event.Started s -> IO.println("%d images, %d parameters".formatted(s.data().train().size(), s.parameters()));
            case Event.EpochEnd e -> IO.println("epoch %2d  loss %.4f  accuracy %.4f  %,.0f images/s".formatted(e.epoch(),
                    e.trainLoss(), e.val().top1(), e.imagesPerSecond()));
            default -> {
            }
        }
    }
}
