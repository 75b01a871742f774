package cortado.train;

import cortado.data.Batch;
import cortado.data.DataSplit;
import cortado.data.Loader;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.ShapeException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The training loop: load, forward and backward, step; after every epoch an evaluation. Everything else is told by
 * {@link Event}s. One seed decides the weights ({@code split("init")}), the order and the augmentation.
 */
public final class Trainer implements AutoCloseable {
    private static final int EVALUATION_BATCH = 256;

    private final Settings settings;
    private final Graph network;
    private final DataSplit data;
    private final String dataSha256;
    private final Normalization normalization;
    private final Parameters weights;
    private final Plan plan;
    private final Plan judge;
    private final Loader loader;
    private final Loader judged;
    private final OptimizerState state;
    private volatile boolean stop;
    private long trained;
    private long nanos;
    private double rate;

    /**
     * Gets everything ready, with vectorised kernels.
     *
     * @param settings what to do
     * @param network  from images to scores
     * @param data     learn from, and be judged by
     * @throws ShapeException if network and data do not fit or the batch is larger than the training set
     */
    public Trainer(Settings settings, Graph network, DataSplit data) {
        this(settings, network, data, Backend.vector());
    }

    /**
     * Gets everything ready.
     *
     * @param settings what to do
     * @param network  from images to scores
     * @param data     learn from, and be judged by
     * @param backend  chooses kernels
     * @throws ShapeException if network and data do not fit or the batch is larger than the training set
     */
    public Trainer(Settings settings, Graph network, DataSplit data, Backend backend) {
        check(settings, network, data);
        this.settings = settings;
        this.network = network;
        this.data = data;
        this.dataSha256 = data.fingerprint();
        this.normalization = data.normalization();
        Rng rng = new Rng(settings.seed());
        this.weights = Parameters.init(network, rng.split("init"));
        int evaluated = Math.min(EVALUATION_BATCH, data.test().size());
        this.loader = Loader.shuffled(data.train(), normalization, settings.batch(), backend.layout(), rng,
                settings.augmentation().transform());
        this.judged = Loader.inOrder(data.test(), normalization, evaluated, backend.layout());
        this.plan = Plan.training(network, weights, settings.batch(), backend, settings.threads());
        this.judge = Plan.inference(network, weights, evaluated, backend, settings.threads());
        this.state = settings.optimizer().start(weights, plan.gradients());
    }

    private static void check(Settings settings, Graph network, DataSplit data) {
        if (!network.input().example().equals(data.image())) {
            throw new ShapeException("the network takes images of " + network.input().example() + ", those of " + data.name()
                    + " are " + data.image());
        }
        if (network.outputExample().size() != data.classes().size()) {
            throw new ShapeException("the network gives " + network.outputExample().size() + " scores, " + data.name() + " has "
                    + data.classes().size() + " classes");
        }
        if (settings.batch() > data.train().size()) {
            throw new ShapeException("batch size " + settings.batch() + " is larger than the training set of " + data.train().size()
                    + " images; give -b " + data.train().size() + " or less");
        }
    }

    /**
     * Asks the training to end: it finishes the step, evaluates, and tells {@link Event.Stopped}. From any thread, at any time.
     */
    public void stop() {
        stop = true;
    }

    /**
     * Trains, once.
     *
     * @param listener told everything
     * @return what came of it
     * @throws ArithmeticException if the loss is not a number any more; the message says in which epoch and step
     */
    public Outcome fit(Consumer<Event> listener) {
        if (state.steps() > 0) {
            throw new IllegalStateException("a trainer trains once");
        }
        listener.accept(new Event.Started(settings, network, data, dataSha256, weights.count(), loader.batches(),
                plan.bytes() + judge.bytes()));
        long begin = System.nanoTime();
        Best best = new Best(weights.zeros());
        Evaluation val;
        int epoch = 0;
        do {
            epoch++;
            long images = trained;
            long since = nanos;
            double loss = epoch(epoch, listener, begin);
            val = Evaluation.of(judge, judged, data.test());
            finite(val.loss(), "validation loss", epoch, loader.batches() + 1, listener);
            boolean improved = best.offer(epoch, val, weights);
            listener.accept(new Event.EpochEnd(epoch, settings.epochs(), rate, loss, val,
                    (trained - images) * 1e9 / (nanos - since),
                    seconds(begin), improved, model(epoch, val, weights)));
        } while (epoch < settings.epochs() && !stop);
        Outcome outcome = new Outcome(model(best.epoch, best.val, best.weights), model(epoch, val, weights.copy()), best.epoch,
                best.val, val, epoch, trained * 1e9 / nanos, seconds(begin));
        boolean complete = trained == (long) settings.epochs() * data.train().size();
        listener.accept(complete ? new Event.Done(outcome) : new Event.Stopped(outcome));
        return outcome;
    }

    /** One pass over the training images; {@return its mean loss}. */
    private double epoch(int epoch, Consumer<Event> listener, long begin) {
        double sum = 0;
        long images = 0;
        long since = nanos;
        int steps = loader.batches();
        try (Loader.Epoch batches = loader.epoch(epoch - 1)) {
            do {
                long start = System.nanoTime();
                Batch batch = batches.next();
                int step = batch.number() + 1;
                double done = epoch - 1 + (double) batch.number() / steps;
                rate = settings.schedule().rate(settings.rate(), done, settings.epochs());
                sum += batch.n() * step(batch, epoch, listener);
                images += batch.n();
                trained += batch.n();
                nanos += System.nanoTime() - start;
                listener.accept(new Event.Progress(epoch, step, steps, sum / images, rate, images * 1e9 / (nanos - since),
                        (epoch - 1 + (double) step / steps) / settings.epochs(), seconds(begin)));
            } while (batches.hasNext() && !stop);
        }
        return sum / images;
    }

    private double step(Batch batch, int epoch, Consumer<Event> listener) {
        plan.images().copyFrom(batch.images());
        plan.labels().copyFrom(batch.labels());
        plan.gradients().fill(0);
        double loss = plan.forwardBackward(batch.n());
        finite(loss, "loss", epoch, batch.number() + 1, listener);
        settings.optimizer().step(state, rate);
        return loss;
    }

    private void finite(double loss, String what, int epoch, int step, Consumer<Event> listener) {
        if (!Double.isFinite(loss)) {
            String where = "epoch " + epoch + (step > loader.batches() ? "" : ", step " + step + " of " + loader.batches());
            String message = "the " + what + " became " + loss + " in " + where + " at learning rate " + rate
                    + "; try a smaller one (--lr)" + (epoch > 1 ? "; the model of epoch " + (epoch - 1) + " is kept" : "");
            listener.accept(new Event.Failed(message, epoch, step));
            throw new ArithmeticException(message);
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** The best weights so far. */
    private static final class Best {
        private final Parameters weights;
        private Evaluation val = new Tally(java.util.List.of(), 0).evaluation(i -> "");
        private int epoch;

        private Best(Parameters room) {
            this.weights = room;
        }

        private boolean offer(int epoch, Evaluation val, Parameters weights) {
            boolean better = this.epoch == 0 || val.top1() > this.val.top1()
                    || val.top1() == this.val.top1() && val.loss() < this.val.loss();
            if (better) {
                this.epoch = epoch;
                this.val = val;
                this.weights.copyFrom(weights);
            }
            return better;
        }
    }

    private Model model(int epoch, Evaluation val, Parameters weights) {
        return new Model(Path.of(settings.model()).getFileName().toString().replaceFirst("\\.json$", ""), network, weights,
                data.classes(), normalization, provenance(epoch, val));
    }

    /** Nothing that differs between runs of the same settings: no times, threads or paths. */
    private Map<String, String> provenance(int epoch, Evaluation val) {
        Map<String, String> p = new LinkedHashMap<>();
        p.put("cortado", version());
        p.put("data", Path.of(data.name()).getFileName().toString());
        p.put("data_sha256", dataSha256);
        settings.recipe().fields().forEach((k, v) -> p.put(k, v instanceof Json.Str s ? s.value() : v.text()));
        p.put("epoch", Integer.toString(epoch));
        p.put("val_top1", Double.toString(val.top1()));
        p.put("val_loss", Double.toString(val.loss()));
        return p;
    }

    /** {@return the version of this code, {@code unversioned} when it runs from the class path} */
    static String version() {
        java.lang.module.ModuleDescriptor module = Trainer.class.getModule().getDescriptor();
        return java.util.Optional.ofNullable(module).flatMap(java.lang.module.ModuleDescriptor::rawVersion).orElse("unversioned");
    }

    @Override
    public void close() {
        plan.close();
        judge.close();
    }
}
