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
import cortado.op.Op;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.ShapeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoublePredicate;

/**
 * The training loop: load, forward and backward, step; after every epoch an evaluation. Everything else is told by
 * {@link Event}s. One seed decides the weights ({@code split("init")}), the order and the augmentation.
 */
public final class Trainer implements AutoCloseable {
    private static final String INITIAL = "initial_sha256";

    private final Settings settings;
    private final Graph network;
    private final DataSplit data;
    private final String dataSha256;
    private final Optional<Initial> initial;
    private final Map<String, String> origin;
    private final Normalization normalization;
    private final long dropout;
    private final Parameters weights;
    private final Plan plan;
    private final Plan judge;
    private final Loader loader;
    private final Loader heldOut;
    private final OptimizerState state;
    private final Optional<Ema> ema;
    private final Watch watch;
    private final Best best;
    private final List<EpochResult> history = new ArrayList<>();
    private Position at = Position.START;
    private double rate;
    private long begin;
    private volatile boolean stop;

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
        settings.expect(network, data);
        this.settings = settings;
        this.network = network;
        this.data = data;
        this.dataSha256 = data.fingerprint();
        this.normalization = data.normalization();
        Rng rng = new Rng(settings.seed());
        this.dropout = rng.split("dropout").key();
        this.weights = Parameters.init(network, rng.split("init"));
        this.initial = settings.initial().map(file -> Initial.load(Path.of(file), network, weights));
        this.origin = origin();
        Set<String> frozen = settings.updates()
                .frozen(network.params().stream().filter(Op.Param::learned).map(Op.Param::name).toList());
        this.plan = Plan.trainingWithLoss(
                settings.objective().on(network, data.train(), settings.augmentation().mixing().on()), weights, settings.batch(),
                backend, settings.threads(), frozen);
        this.ema = settings.updates().ema().map(rule -> new Ema(rule, weights));
        int evaluated = Evaluation.batch(data.image(), data.test().size());
        this.judge = Plan.inference(network, shown(), evaluated, backend, settings.threads());
        this.loader = Loader.shuffled(data.train(), normalization, settings.batch(), plan.images().layout(), rng)
                .changed(settings.augmentation().transform(), settings.augmentation().mixing(), rng);
        this.heldOut = Loader.inOrder(data.test(), normalization, evaluated, judge.images().layout());
        this.state = settings.optimizer().start(weights, plan.gradients(), false);
        this.watch = new Watch(weights, plan.gradients(), state.names(),
                (long) settings.epochs() * loader.batches() / settings.updates().accumulate());
        this.best = new Best(weights.zeros());
    }

    /** {@return the weights it starts from, if they are not fresh} */
    public Optional<Initial> initial() {
        return initial;
    }

    /**
     * Asks the training to end: it finishes the step, tells {@link Event.Save}, evaluates, and tells {@link Event.Stopped}. From
     * any thread, at any time.
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
        return train(Optional.empty(), listener);
    }

    /**
     * Goes on from a checkpoint, once, to the same bits as a training that was never interrupted.
     *
     * @param from     told in {@link Event.Save} by a training of the same network and data, with the same settings; only
     *                 threads and saving may differ, and the file of weights to start from be left out: all are in here
     * @param listener told everything from there on
     * @return what came of the whole training
     * @throws cortado.tensor.FormatException if the checkpoint is one of another training, naming the first difference
     * @throws ArithmeticException            as {@link #fit}
     */
    public Outcome resume(Checkpoint from, Consumer<Event> listener) {
        return train(Optional.of(from), listener);
    }

    private Outcome train(Optional<Checkpoint> from, Consumer<Event> listener) {
        if (begin != 0) {
            throw new IllegalStateException("a trainer trains once");
        }
        from.ifPresent(this::expect);
        listener.accept(new Event.Started(settings, network, data, dataSha256, network.learned(), loader.batches(),
                Footprint.of(settings, network, data, plan, judge, from.map(Checkpoint::numbers).orElse(0L))));
        from.ifPresent(this::restore);
        begin = System.nanoTime() - Math.round(at.seconds() * 1e9);
        from.ifPresent(c -> listener.accept(resumed()));
        Evaluation val = over() ? judge() : epoch(listener);
        while (!over() && !stop) {
            val = epoch(listener);
        }
        int epochs = at.epoch() + (at.batch() > 0 ? 1 : 0);
        Outcome outcome = new Outcome(model(best.epoch(), best.val(), best.weights()), model(epochs, val, shown()),
                best.epoch(), best.val(), val, epochs, imagesPerSecond(), seconds());
        listener.accept(over() ? new Event.Done(outcome) : new Event.Stopped(outcome));
        return outcome;
    }

    /** Refuses a checkpoint of another training. What that began with it knows itself, if this one was not told. */
    private void expect(Checkpoint from) {
        if (settings.initial().isEmpty() && from.origin().containsKey(INITIAL)) {
            origin.put(INITIAL, from.origin().get(INITIAL));
        }
        from.expect(origin);
    }

    private Event.Resumed resumed() {
        Optional<Evaluation> val = at.best() == 0 ? Optional.empty() : Optional.of(best.val());
        return new Event.Resumed(at, history, val.map(v -> model(at.best(), v, best.weights())), val);
    }

    /** Whether all epochs are over, or so many went by without a better one that patience is. */
    private boolean over() {
        return at.epoch() == settings.epochs()
                || settings.patience() > 0 && at.epoch() > 0 && at.epoch() - at.best() >= settings.patience();
    }

    /** The weights that are judged and kept: averaged ones, if there are any. */
    private Parameters shown() {
        return ema.map(Ema::weights).orElse(weights);
    }

    /** Learns from what is left of an epoch and judges; {@return the judgement}. */
    private Evaluation epoch(Consumer<Event> listener) {
        steps(listener);
        boolean whole = at.batch() == loader.batches();
        int epoch = at.epoch() + 1;
        Evaluation val = judge();
        finite(val.loss(), "validation loss", listener);
        boolean improved = best.offer(epoch, val, shown());
        Event.EpochEnd end = new Event.EpochEnd(epoch, settings.epochs(), rate, at.loss() / at.images(), val, at.imagesPerSecond(),
                seconds(), improved, model(epoch, val, shown()));
        listener.accept(end);
        if (whole) {
            history.add(end.result());
            at = at.next(best.epoch(), seconds());
            listener.accept(new Event.Save(checkpoint()));
        }
        return val;
    }

    /** The epoch's steps from where the training stands: load, forward and backward, step. */
    private void steps(Consumer<Event> listener) {
        int steps = loader.batches();
        try (Loader.Epoch batches = loader.epoch(at.epoch(), at.batch())) {
            while (batches.hasNext()) {
                long start = System.nanoTime();
                Batch batch = batches.next();
                if (at.equals(Position.START)) {
                    listener.accept(new Event.FirstBatch(batch, data.classes(), normalization));
                }
                rate = rate(batch.number());
                double loss = learn(batch, listener);
                finite(loss, "loss", listener);
                at = at.step(batch.n(), loss, System.nanoTime() - start, state.steps(), seconds());
                listener.accept(new Event.Progress(at.epoch() + 1, at.batch(), steps, at.loss() / at.images(), rate,
                        at.imagesPerSecond(), (at.epoch() + (double) at.batch() / steps) / settings.epochs(), at.seconds()));
                if (stop || at.batch() < steps && settings.saving().due(at.batch())) {
                    listener.accept(new Event.Save(checkpoint()));
                }
                if (stop) {
                    return;
                }
            }
        }
    }

    /**
     * Learns at other rates than the schedule's and judges nothing, instead of {@link #fit}: for {@link RateFinder}.
     *
     * @param rates by batch; after the last it ends
     * @param go    told the loss of each batch, answers whether to go on; a loss that is no number has made no step
     */
    void probe(double[] rates, DoublePredicate go) {
        int done = 0;
        for (int epoch = 0; done < rates.length; epoch++) {
            try (Loader.Epoch batches = loader.epoch(epoch)) {
                while (batches.hasNext() && done < rates.length) {
                    rate = rates[done++];
                    if (!go.test(learn(batches.next(), e -> {}))) {
                        return;
                    }
                }
            }
        }
    }

    /** Forward, backward and, if it is time for one, a step; {@return the mean loss of the batch}. */
    private double learn(Batch batch, Consumer<Event> listener) {
        plan.images().copyFrom(batch.images());
        settings.objective().targets(batch, plan.labels());
        int gathered = batch.number() % settings.updates().accumulate();
        if (gathered == 0) {
            plan.gradients().fill(0);
        }
        plan.draw(Rng.key(Rng.key(dropout, at.epoch()), batch.number()));
        double loss = plan.forwardBackward(batch.n());
        if (Double.isFinite(loss) && !gathering(batch.number() + 1)) {
            List<LayerSample> layers = step(gathered + 1);
            if (!layers.isEmpty()) {
                listener.accept(new Event.Layers(at.epoch() + 1, at.batch() + 1, rate, loss, layers));
            }
        }
        return loss;
    }

    /** Whether after so many batches of the epoch there are gradients that have made no step yet. */
    private boolean gathering(int batches) {
        return batches % settings.updates().accumulate() != 0 && batches != loader.batches();
    }

    /** One step along the mean gradient of so many batches; {@return how the layers moved, empty if it was not looked at}. */
    private List<LayerSample> step(int gathered) {
        watch.before(state.steps());
        state.mean(gathered);
        settings.updates().clip().ifPresent(state::clip);
        settings.optimizer().step(state, rate);
        ema.ifPresent(e -> e.update(state.steps()));
        return watch.after(state.scale());
    }

    /** The learning rate of a batch of the epoch: that of the first batch of its step. */
    private double rate(int batch) {
        int first = batch - batch % settings.updates().accumulate();
        return settings.schedule().rate(settings.rate(), at.epoch() + (double) first / loader.batches(), settings.epochs(),
                history);
    }

    private Evaluation judge() {
        judge.refresh();
        return Evaluation.of(judge, heldOut, data.test(), settings.tta(), seen -> {});
    }

    /**
     * All tensors that steps change, by name: what a checkpoint saves, and what {@link #restore} writes back. Whatever else a
     * training comes to remember between steps (averaged weights, say) is one more line here.
     */
    private SequencedMap<String, Parameters> parts() {
        SequencedMap<String, Parameters> parts = new LinkedHashMap<>();
        parts.put("weights", weights);
        for (int k = 0; k < settings.optimizer().moments(); k++) {
            parts.put("moment" + k, state.moment(k));
        }
        ema.ifPresent(e -> parts.put("ema", e.weights()));
        if (gathering(at.batch())) {
            parts.put("gradients", plan.gradients());
        }
        if (at.best() > 0) {
            parts.put("best", best.weights());
        }
        return parts;
    }

    private Checkpoint checkpoint() {
        return new Checkpoint(at, history, origin, parts());
    }

    private void restore(Checkpoint from) {
        at = from.at();
        history.addAll(from.history());
        state.resume(at.updates());
        if (at.best() > 0) {
            shown().copyFrom(from.part("best"));
            best.resume(at.best(), judge());
        }
        parts().forEach((name, tensors) -> tensors.copyFrom(from.part(name)));
        rate = at.batch() > 0 ? rate(at.batch() - 1) : rate;
    }

    /** What makes two trainings the same: all that decides a bit of the result. */
    private Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("data_sha256", dataSha256);
        origin.put("network_sha256", Checkpoint.sha256(network.nodes().toString()));
        initial.ifPresent(i -> origin.put(INITIAL, i.sha256()));
        settings.recipe().fields().forEach((key, value) -> origin.put(key, value.text()));
        return origin;
    }

    private void finite(double loss, String what, Consumer<Event> listener) {
        if (!Double.isFinite(loss)) {
            int epoch = at.epoch() + 1;
            int step = at.batch() + 1;
            String where = "epoch " + epoch + (step > loader.batches() ? "" : ", step " + step + " of " + loader.batches());
            String message = "the " + what + " became " + loss + " in " + where + " at learning rate " + rate
                    + "; try a smaller one (--lr)" + (epoch > 1 ? "; the model of epoch " + (epoch - 1) + " is kept" : "");
            listener.accept(new Event.Failed(message, epoch, step));
            throw new ArithmeticException(message);
        }
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Over all steps of the training. */
    private double imagesPerSecond() {
        return ((long) at.epoch() * data.train().size() + at.images()) * 1e9 / (at.earlier() + at.nanos());
    }

    private Model model(int epoch, Evaluation val, Parameters weights) {
        return new Model(Path.of(settings.model()).getFileName().toString().replaceFirst("\\.json$", ""), network, weights,
                data.classes(), normalization, provenance(epoch, val));
    }

    /** Nothing that differs between runs of the same settings: no times, threads or paths. */
    private Map<String, String> provenance(int epoch, Evaluation val) {
        Map<String, String> p = new LinkedHashMap<>();
        p.put("cortado", Code.version());
        p.put("data", Path.of(data.name()).getFileName().toString());
        p.put("data_sha256", dataSha256);
        Optional.ofNullable(origin.get(INITIAL)).ifPresent(sha256 -> p.put(INITIAL, sha256));
        settings.recipe().fields().forEach((k, v) -> p.put(k, v instanceof Json.Str s ? s.value() : v.text()));
        p.put("epoch", Integer.toString(epoch));
        p.put("val_top1", Double.toString(val.top1()));
        p.put("val_loss", Double.toString(val.loss()));
        return p;
    }

    @Override
    public void close() {
        plan.close();
        judge.close();
    }
}
