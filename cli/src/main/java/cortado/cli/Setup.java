package cortado.cli;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.io.NetworkJson;
import cortado.model.Networks;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.train.Config;
import cortado.train.Settings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a training needs, opened: of what a user says, or of what a run's {@code config.json} says.
 *
 * @param settings everything that was asked for, filled in
 * @param network  from images to scores
 * @param data     fitted to the network
 */
record Setup(Settings settings, Graph network, DataSplit data) {

    /**
     * @param said    names at least the data
     * @param options how to open data besides what the config says
     * @param threads if the config does not say
     */
    static Setup of(Config said, Options options, int threads) {
        String name = said.text("data").orElseThrow(() -> new FormatException("data: expected a data set's name or folder"));
        Options where = reading(said, options);
        Optional<Shape> image = said.image();
        DataSplit split = Datasets.open(name, image.map(where::withImage).orElse(where));
        int channels = said.channels().orElse(split.image().dim(0));
        if (channels != split.image().dim(0)) {
            image = Optional.of(Shape.of(channels, split.image().dim(1), split.image().dim(2)));
            split = Datasets.open(name, where.withImage(image.get()));
        }
        String model = said.text("model").orElse("lenet5");
        Graph network = network(model, split);
        if (!network.input().example().equals(split.image())) {
            split = Datasets.open(name, where.withImage(network.input().example()));
        }
        Config whole = Config.empty().with("threads", threads).over(Settings.usual(name, split.train().size()));
        whole = said.over(whole);
        if (image.isPresent()) {
            whole = whole.with("input_size", image.get().toString().replace('×', 'x'));
        }
        Settings settings = Settings.of(whole);
        System.gc(); // what reading files left is given back before the plans are laid on top of it
        return new Setup(settings, network, split);
    }

    /** The same, as a run keeps it: its settings lead to its files from wherever it is gone on with. */
    Setup anywhere() {
        return new Setup(settings.anywhere(), network, data);
    }

    /** How to open data as a config says, and where it says nothing as the options do. */
    static Options reading(Config said, Options options) {
        Options reading = said.text("on_bad_image").map(Options.BadImage::of).map(b -> options.withReading(b, options.listener()))
                .orElse(options);
        return said.text("data_dir").map(d -> reading.withFolder(Path.of(d))).orElse(reading);
    }

    private static Graph network(String model, DataSplit split) {
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
}
