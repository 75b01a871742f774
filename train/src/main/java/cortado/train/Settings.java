package cortado.train;

import cortado.io.Json;

/**
 * Everything that a training depends on, besides the data itself. The same settings and data give the same bits; threads never
 * matter.
 *
 * @param data         the data set's name or path
 * @param model        the network's name or file
 * @param batch        images in a step, at least 1
 * @param epochs       times that every training image is seen, at least 1
 * @param rate         learning rate, 0 or more
 * @param optimizer    how weights follow gradients
 * @param schedule     the learning rate over the training
 * @param augmentation random changes of the training images
 * @param seed         decides weights, order and augmentation
 * @param threads      that compute, 1 … 1024
 * @param saving       how often the run can be taken up again
 */
public record Settings(String data, String model, int batch, int epochs, double rate, Optimizer optimizer, Schedule schedule,
        Augmentation augmentation, long seed, int threads, Saving saving) {
    /** Checks ranges; throws {@link cortado.tensor.FormatException}. */
    public Settings {
        Ranges.count("batch size", batch, 1, 1 << 20);
        epochs(epochs);
        Ranges.positive("learning rate", rate);
        Ranges.count("threads", threads, 1, 1024);
    }

    private static void epochs(int value) {
        Ranges.count("epochs", value, 1, 1_000_000);
    }

    /**
     * What works well without a thought: AdamW and a cosine with one epoch of warm-up. Small data sets are seen more often and,
     * where a shifted or mirrored image is known to show the same thing, with augmentation.
     *
     * @param data    the data set's name or path
     * @param model   the network's name or file
     * @param images  to learn from; the batch is never larger
     * @param threads that compute
     * @return the settings, seed 0
     */
    public static Settings defaults(String data, String model, int images, int threads) {
        int epochs = Math.clamp(200_000 / Math.max(1, images), 10, 60);
        Settings s = switch (data) {
            case "digits" -> of(data, model, 32, 60, 6e-3, 0.1, new Augmentation(1, false), threads);
            case "fashion-mnist-small" -> of(data, model, 32, 20, 3e-3, 0.1, new Augmentation(1, true), threads);
            case "fashion-mnist" -> of(data, model, 32, 10, 2e-3, 0.01, new Augmentation(0, true), threads);
            case "mnist" -> of(data, model, 64, 5, 2e-3, 0.01, Augmentation.NONE, threads);
            default -> of(data, model, 32, epochs, 2e-3, 0.05, Augmentation.NONE, threads);
        };
        return s.withBatch(Math.clamp(images, 1, s.batch));
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

    private static Settings of(String data, String model, int batch, int epochs, double rate, double decay, Augmentation a,
            int threads) {
        return new Settings(data, model, batch, epochs, rate, AdamW.of(decay), Schedule.named("cosine", epochs, 1), a, 0, threads,
                Saving.EPOCHS);
    }

    /**
     * {@return changed settings}
     * @param value images in a step
     */
    public Settings withBatch(int value) {
        return new Settings(data, model, value, epochs, rate, optimizer, schedule, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value of the whole training; the schedule is made anew for it, with a warm-up no longer than it
     */
    public Settings withEpochs(int value) {
        epochs(value);
        Schedule s = Schedule.named(schedule.name(), value, Math.min(schedule.warmup(), value));
        return new Settings(data, model, batch, value, rate, optimizer, s, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value learning rate
     */
    public Settings withRate(double value) {
        return new Settings(data, model, batch, epochs, value, optimizer, schedule, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value how weights follow gradients
     */
    public Settings withOptimizer(Optimizer value) {
        return new Settings(data, model, batch, epochs, rate, value, schedule, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value the learning rate over the training
     */
    public Settings withSchedule(Schedule value) {
        return new Settings(data, model, batch, epochs, rate, optimizer, value, augmentation, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value random changes of the training images
     */
    public Settings withAugmentation(Augmentation value) {
        return new Settings(data, model, batch, epochs, rate, optimizer, schedule, value, seed, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value decides weights, order and augmentation
     */
    public Settings withSeed(long value) {
        return new Settings(data, model, batch, epochs, rate, optimizer, schedule, augmentation, value, threads, saving);
    }

    /**
     * {@return changed settings}
     * @param value threads that compute
     */
    public Settings withThreads(int value) {
        return new Settings(data, model, batch, epochs, rate, optimizer, schedule, augmentation, seed, value, saving);
    }

    /**
     * {@return changed settings}
     * @param value how often the run can be taken up again
     */
    public Settings withSaving(Saving value) {
        return new Settings(data, model, batch, epochs, rate, optimizer, schedule, augmentation, seed, threads, value);
    }

    /** {@return the settings by timm's names, without those that cannot change the result: paths and threads} */
    Json.Obj recipe() {
        Json.Obj o = Json.object().with("batch_size", batch).with("epochs", epochs).with("lr", rate).with("opt", optimizer.name())
                .with("weight_decay", optimizer.weightDecay());
        o = switch (optimizer) {
            case Sgd s -> o.with("momentum", s.momentum());
            case Adam a -> o.with("opt_betas", java.util.List.of(a.beta1(), a.beta2())).with("opt_eps", a.epsilon());
            case AdamW a -> o.with("opt_betas", java.util.List.of(a.beta1(), a.beta2())).with("opt_eps", a.epsilon());
            case RmsProp r -> o.with("opt_alpha", r.alpha()).with("opt_eps", r.epsilon()).with("momentum", r.momentum());
            case Lamb l -> o.with("opt_betas", java.util.List.of(l.beta1(), l.beta2())).with("opt_eps", l.epsilon());
        };
        return o.with("sched", schedule.name()).with("warmup_epochs", schedule.warmup())
                .with("crop", augmentation.crop()).with("flip", augmentation.flip()).with("seed", seed);
    }

    /** {@return all settings by timm's names: what {@code config.json} holds} */
    public Json.Obj json() {
        Json.Obj o = Json.object().with("data", data).with("model", model);
        for (var field : recipe().fields().entrySet()) {
            o = o.with(field.getKey(), field.getValue());
        }
        return o.with("threads", threads).with("checkpoint_steps", saving.steps()).with("keep_checkpoints", saving.keep());
    }
}
