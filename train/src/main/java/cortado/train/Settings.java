package cortado.train;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.tensor.ShapeException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a training depends on, besides the data itself. The same settings and data give the same bits; threads never
 * matter.
 *
 * @param data         the data set's name or path
 * @param dataDir      where it lies, if the user said
 * @param bad          what happens to image files that cannot be read
 * @param input        {@code C H W} that images were asked to be fitted to
 * @param model        the network's name or file
 * @param initial      a file of weights to start from
 * @param batch        images in a forward and backward pass, at least 1
 * @param epochs       times that every training image is seen, at least 1
 * @param rate         learning rate, above 0
 * @param optimizer    how weights follow gradients
 * @param updates      what is done to gradients before and to weights after
 * @param schedule     the learning rate over the training
 * @param patience     epochs without a better one after which the training ends, fewer than all; 0 for never
 * @param objective    what is minimised
 * @param tta          what the network is shown of each held-out image when it is judged, after each epoch. Steps know nothing of
 *                     it, but it decides which epoch is best, and so where a plateau lowers the rate and where patience ends
 * @param augmentation random changes of the training images
 * @param seed         decides weights, order and augmentation
 * @param threads      that compute, 1 … 1024
 * @param saving       how often the run can be taken up again
 */
public record Settings(String data, Optional<String> dataDir, Options.BadImage bad, Optional<String> input, String model,
        Optional<String> initial, int batch, int epochs, double rate, Optimizer optimizer, Updating updates, Schedule schedule,
        int patience, Objective objective, Tta tta, Augmentation augmentation, long seed, int threads, Saving saving) {
    /** What cannot change the result, or says by a path what a fingerprint says better. */
    private static final Set<String> NO_RECIPE = Set.of("data", "data_dir", "on_bad_image", "input_size", "model",
            "initial_checkpoint", "threads",
            "checkpoint_steps", "keep_checkpoints");
    /** Settings that came later, as trainings were before: left out there, so that what began before then can be gone on with. */
    private static final Map<String, Json> SINCE = Map.of("loss", Json.of("ce"), "tta", Json.of("none"));

    /** Checks ranges and that the schedule fits the training; throws {@link FormatException}. */
    public Settings {
        Ranges.count("batch size", batch, 1, 1 << 20);
        Ranges.count("epochs", epochs, 1, 1_000_000);
        Ranges.above("learning rate (--lr)", rate);
        schedule.check(rate, epochs);
        Ranges.count("patience", patience, 0, 1_000_000);
        if (patience >= epochs) {
            throw new FormatException("--patience: expected less than " + epochs + " (the epochs), received " + patience
                    + ": the training would never end early");
        }
        if (augmentation.mixing().offEpoch() > epochs) {
            throw new FormatException("--mixup-off-epoch: expected at most " + epochs + " (the epochs), received "
                    + augmentation.mixing().offEpoch() + ": mixing would never end");
        }
        Ranges.count("threads", threads, 1, 1024);
    }

    /**
     * Fills in what was not said.
     *
     * @param c names at least the data
     * @return the settings
     * @throws FormatException for a number out of range or what does not go together: one line
     */
    public static Settings of(Config c) {
        String data = c.text("data").orElseThrow(() -> new FormatException("data: expected a data set's name or folder"));
        int epochs = c.count("epochs").orElse(10);
        Ranges.count("epochs", epochs, 1, 1_000_000);
        Optimizer optimizer = Optimizer.of(c);
        return new Settings(data, c.text("data_dir"),
                c.text("on_bad_image").map(Options.BadImage::of).orElse(Options.BadImage.FAIL), c.text("input_size"),
                c.text("model").orElse("lenet5"),
                c.text("initial_checkpoint"), c.count("batch_size").orElse(32), epochs,
                c.number("lr").orElse(optimizer.usualRate()), optimizer, Updating.of(c), Schedule.of(c, epochs),
                c.count("patience").orElse(0), Objective.of(c), c.text("tta").map(Tta::of).orElse(Tta.NONE), Augmentation.of(c),
                c.whole("seed").orElse(0L), c.count("threads").orElse(1),
                new Saving(c.count("checkpoint_steps").orElse(Saving.EPOCHS.steps()),
                        c.count("keep_checkpoints").orElse(Saving.EPOCHS.keep())));
    }

    /**
     * What works well without a thought: AdamW and a cosine with one epoch of warm-up. Small data sets are seen more often and,
     * where a shifted or mirrored image is known to show the same thing, with augmentation.
     *
     * @param data   the data set's name or path
     * @param images to learn from; the batch is never larger
     * @return what to lay a recipe or flags over
     */
    public static Config usual(String data, int images) {
        int epochs = Math.clamp(200_000 / Math.max(1, images), 10, 60);
        Json.Obj o = switch (data) {
            case "digits" -> usual(32, 60, 6e-3, 0.1).with("crop", 1);
            case "fashion-mnist-small" -> usual(32, 20, 3e-3, 0.1).with("crop", 1).with("flip", true);
            case "fashion-mnist" -> usual(32, 10, 2e-3, 0.01).with("flip", true);
            case "mnist" -> usual(64, 5, 2e-3, 0.01);
            default -> usual(32, epochs, 2e-3, 0.05);
        };
        int batch = new Config(o).count("batch_size").orElseThrow();
        return Config.of(o.with("data", data).with("batch_size", Math.clamp(images, 1, batch)), "defaults");
    }

    private static Json.Obj usual(int batch, int epochs, double rate, double decay) {
        return Json.object().with("batch_size", batch).with("epochs", epochs).with("lr", rate).with("opt", "adamw")
                .with("weight_decay", decay).with("sched", "cosine");
    }

    /**
     * {@return the settings that {@link #usual} leads to, seed 0}
     * @param data    the data set's name or path
     * @param model   the network's name or file
     * @param images  to learn from
     * @param threads that compute
     */
    public static Settings defaults(String data, String model, int images, int threads) {
        return of(usual(data, images).with("model", model).with("threads", threads));
    }

    /**
     * The same for a data set of 10,000 images, if it has no defaults of its own.
     *
     * @param data    the data set's name or path
     * @param model   the network's name or file
     * @param threads that compute
     * @return the settings, seed 0
     */
    public static Settings defaults(String data, String model, int threads) {
        return defaults(data, model, 10_000, threads);
    }

    /**
     * {@return changed settings, by the rules of {@link Config#over}}
     * @param change what to change
     */
    public Settings with(Config change) {
        return of(change.over(new Config(json())));
    }

    private Settings with(String key, Object value) {
        return with(Config.empty().with(key, value));
    }

    /**
     * {@return changed settings}
     * @param value images in a step
     */
    public Settings withBatch(int value) {
        return with("batch_size", value);
    }

    /**
     * {@return changed settings}
     * @param value of the whole training; the schedule is stretched to it
     */
    public Settings withEpochs(int value) {
        return with("epochs", value);
    }

    /**
     * {@return changed settings}
     * @param value learning rate
     */
    public Settings withRate(double value) {
        Ranges.above("learning rate (--lr)", value);
        return with("lr", value);
    }

    /**
     * {@return changed settings}
     * @param value how weights follow gradients
     */
    public Settings withOptimizer(Optimizer value) {
        return new Settings(data, dataDir, bad, input, model, initial, batch, epochs, rate, value, updates, schedule, patience,
                objective, tta, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value what is done to gradients before and to weights after a step
     */
    public Settings withUpdates(Updating value) {
        return new Settings(data, dataDir, bad, input, model, initial, batch, epochs, rate, optimizer, value, schedule, patience,
                objective, tta, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value the learning rate over the training
     */
    public Settings withSchedule(Schedule value) {
        return new Settings(data, dataDir, bad, input, model, initial, batch, epochs, rate, optimizer, updates, value, patience,
                objective, tta, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value random changes of the training images
     */
    public Settings withAugmentation(Augmentation value) {
        return new Settings(data, dataDir, bad, input, model, initial, batch, epochs, rate, optimizer, updates, schedule, patience,
                objective, tta, value, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value decides weights, order and augmentation
     */
    public Settings withSeed(long value) {
        return with("seed", value);
    }

    /**
     * {@return changed settings}
     * @param value threads that compute
     */
    public Settings withThreads(int value) {
        return with("threads", value);
    }

    /**
     * {@return changed settings}
     * @param value how often the run can be taken up again
     */
    public Settings withSaving(Saving value) {
        return with(Config.empty().with("checkpoint_steps", value.steps()).with("keep_checkpoints", value.keep()));
    }

    /** {@return the same, found from any working directory: paths of data and of weights to start from are absolute} */
    public Settings anywhere() {
        Config paths = Config.empty().with("data", Datasets.NAMES.contains(data) ? data : absolute(data))
                .with("data_dir", dataDir.map(Settings::absolute)).with("initial_checkpoint", initial.map(Settings::absolute));
        return with(paths);
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().toString();
    }

    /**
     * Checks that network and data fit each other and these settings.
     *
     * @throws ShapeException  if they do not, or the batch is larger than the training set
     * @throws FormatException if images cannot be changed as asked for, or an epoch has fewer batches than a step gathers
     */
    void expect(Graph network, DataSplit data) {
        if (!network.input().example().equals(data.image())) {
            throw new ShapeException("the network takes images of " + network.input().example() + ", those of " + data.name()
                    + " are " + data.image());
        }
        if (network.outputExample().size() != data.classes().size()) {
            throw new ShapeException("the network gives " + network.outputExample().size() + " scores, " + data.name() + " has "
                    + data.classes().size() + " classes");
        }
        if (batch > data.train().size()) {
            throw new ShapeException("batch size " + batch + " is larger than the training set of " + data.train().size()
                    + " images; give -b " + data.train().size() + " or less");
        }
        augmentation.check(data.image(), batch);
        int batches = Math.ceilDiv(data.train().size(), batch);
        if (updates.accumulate() > batches) {
            throw new FormatException("batches to accumulate (--grad-accum-steps): expected at most " + batches
                    + ", the batches of an epoch, received " + updates.accumulate() + "; a step gathers from one epoch");
        }
    }

    /** {@return the settings by timm's names, without those that cannot change the result or are paths} */
    Json.Obj recipe() {
        Json.Obj o = Json.object();
        for (var field : json().fields().entrySet()) {
            boolean silent = NO_RECIPE.contains(field.getKey()) || field.getValue().equals(SINCE.get(field.getKey()));
            o = silent ? o : o.with(field.getKey(), field.getValue());
        }
        return o;
    }

    /** {@return all settings by timm's names: what {@code config.json} holds, and what {@link #of} makes the same settings of} */
    public Json.Obj json() {
        Json.Obj o = Json.object().with("data", data).with("data_dir", dataDir)
                .with("on_bad_image", bad == Options.BadImage.FAIL ? Optional.empty() : Optional.of("skip"))
                .with("input_size", input).with("model", model)
                .with("initial_checkpoint", initial).with("batch_size", batch).with("epochs", epochs).with("lr", rate);
        o = join(o, optimizer.json());
        o = join(o, updates.json());
        o = join(o, schedule.json()).with("patience", patience);
        o = join(o, objective.json()).with("tta", tta.word());
        o = join(o, augmentation.json()).with("seed", seed).with("threads", threads).with("checkpoint_steps", saving.steps())
                .with("keep_checkpoints", saving.keep());
        Json.Obj said = Json.object();
        for (var field : o.fields().entrySet()) {
            said = field.getValue() instanceof Json.Null ? said : said.with(field.getKey(), field.getValue());
        }
        return said;
    }

    private static Json.Obj join(Json.Obj a, Json.Obj b) {
        Json.Obj both = a;
        for (var field : b.fields().entrySet()) {
            both = both.with(field.getKey(), field.getValue());
        }
        return both;
    }
}
