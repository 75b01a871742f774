package cortado.bench;

import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.plan.Folding;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures workloads. Both sides read the same weights and batches from files and must have the same number of parameters and,
 * over the first steps, the same outcomes. Each is warmed up until its rate no longer rises; of the peers and their settings the
 * fastest stays. Then they run in turns, each turn from the initial weights, and which one goes first alternates.
 *
 * @param ours     Cortado
 * @param peers    whom to race, of whom the fastest counts; may be empty
 * @param quick    fewer and shorter runs
 * @param progress told what is going on, a line at a time
 */
public record Race(Contestant ours, List<Contestant> peers, boolean quick, Consumer<String> progress) {
    /** Outcomes of as many steps are compared, of fewer for some workloads … */
    static final int CHECKED = 5;
    /** … and may differ by so much, absolutely below 1 and relatively above. */
    private static final double TOLERANCE = 1e-3;
    private static final int BATCHES = 4;
    private static final double RISE = 1.03;
    private static final double LONGEST_WARM_UP = 12;

    private double turn() {
        return quick ? 0.2 : 0.5;
    }

    private int pairs() {
        return quick ? 5 : 15;
    }

    private double warmUp() {
        return quick ? 1.0 : 2.5;
    }

    /** A warmed-up side: how many steps make a turn, and its rate in steps a second. */
    record Ready(Child child, int steps, double rate) {
    }

    /**
     * Measures one workload.
     *
     * @param w       what to do
     * @param threads on each side
     * @param peak    of the machine on as many threads, operations a second
     * @return what came of it
     * @throws IOException    if a process ends early; the message holds what it said last
     * @throws ShapeException if the two sides do not compute the same
     */
    public Result run(Workload w, int threads, double peak) throws IOException {
        Path folder = Files.createTempDirectory("cortado-bench");
        folder.toFile().deleteOnExit(); // and so are its files, for whoever stops it by Ctrl-C
        try {
            Job job = new Job(folder, w.mode(), w.optimizer(), w.rate(), threads, ours.settings().getFirst());
            write(w, job);
            try (Child us = new Child(ours, job)) {
                double[] outcome = us.check(w.checked());
                Ready ready = ready(us);
                if (peers.stream().noneMatch(p -> p.does(w.mode()))) {
                    return alone(w, ready, threads, peak);
                }
                Ready rival = best(job, us.parameters(), outcome, w.checked());
                try {
                    return pairs(w, ready, rival, threads, peak);
                } finally {
                    rival.child.close();
                }
            }
        } finally {
            delete(folder);
        }
    }

    /** Weights as training would begin with, and images of noise: a few batches in turns for training, else one. */
    private static void write(Workload w, Job job) {
        Rng rng = new Rng(1);
        Shape image = w.graph().input().example();
        int classes = w.graph().outputExample().size();
        model(w, job, rng);
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (int i = 0; i < (w.mode() == Mode.TRAIN ? BATCHES : 1); i++) {
            all.put("images." + i, noise(image.batch(w.batch()), rng.split("images").split(i)));
            Tensor labels = Tensor.of(Shape.of(w.batch()), Type.I32);
            for (int n = 0; n < w.batch(); n++) {
                labels.set(n, rng.split("labels").split(i).below(n, classes));
            }
            all.put("labels." + i, labels);
        }
        if (w.mode().single()) {
            all.put("dy.0", noise(w.graph().shapes(w.batch()).getLast(), rng.split("dy")));
        }
        Safetensors.write(job.batches(), all, Map.of());
        job.batches().toFile().deleteOnExit();
    }

    /** The graph that both sides read, and its initial weights. */
    static void model(Workload w, Job job, Rng rng) {
        Parameters weights = Parameters.init(w.graph(), rng.split("init"));
        Folding folding = w.mode() == Mode.INFER ? Folding.of(w.graph()) : new Folding(w.graph(), List.of()); // for both sides
        ModelFile.write(job.model(), new Model(w.network(), folding.graph(), folding.fold(weights), List.of(),
                Normalization.none(w.graph().input().example().dim(0)), Map.of()));
        job.model().toFile().deleteOnExit();
    }

    /** Uniform, with mean 0 and variance 1. */
    private static Tensor noise(Shape shape, Rng rng) {
        Tensor t = Tensor.of(shape, Type.F32);
        float[] x = t.floats();
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) ((2 * rng.uniform(i) - 1) * Math.sqrt(3));
        }
        return t;
    }

    /** The fastest of the peers and their settings, warm, after it has shown that it computes the same. */
    Ready best(Job job, long parameters, double[] outcome, int checked) throws IOException {
        Optional<Ready> best = Optional.empty();
        for (Contestant who : peers.stream().filter(p -> p.does(job.mode())).toList()) {
            for (String setting : who.settings()) {
                Child child = new Child(who,
                        new Job(job.folder(), job.mode(), job.optimizer(), job.rate(), job.threads(), setting));
                agree(child.toString(), parameters, child.parameters(), outcome, child.check(checked));
                Ready ready = ready(child);
                boolean faster = best.isEmpty() || ready.rate > best.get().rate;
                (faster ? best : Optional.of(ready)).ifPresent(slower -> slower.child.close());
                best = faster ? Optional.of(ready) : best;
            }
        }
        return best.orElseThrow();
    }

    private static void agree(String who, long parameters, long theirs, double[] ours, double[] other) {
        if (parameters != theirs || ours.length != other.length) {
            throw new ShapeException(
                    "the network has " + parameters + " parameters and " + ours.length + " outcomes here, with " + who
                            + " " + theirs + " and " + other.length);
        }
        for (int i = 0; i < ours.length; i++) {
            if (!(Math.abs(ours[i] - other[i]) <= TOLERANCE * Math.max(1, Math.abs(ours[i])))) {
                throw new ShapeException(
                        "outcome " + i + " of the first steps is " + ours[i] + " here, but " + other[i]
                                + " with " + who + ": not the same work");
            }
        }
    }

    /** Warms up until the rate no longer rises, for some seconds at least. */
    private Ready ready(Child child) throws IOException {
        int steps = 1;
        double seconds = child.run(steps);
        double spent = seconds;
        double best = 0;
        int still = 0;
        while (spent < warmUp() || still < 3 && spent < LONGEST_WARM_UP) {
            steps = Math.clamp(Math.round(steps * 0.2 / Math.max(1e-6, seconds)), 1, Math.min(10 * steps, 1_000_000));
            seconds = child.run(steps);
            spent += seconds;
            double rate = steps / seconds;
            still = rate < RISE * best ? still + 1 : 0;
            best = Math.max(best, rate);
        }
        progress.accept("warm after " + Math.round(spent) + " s: " + child);
        return new Ready(child, (int) Math.max(1, Math.round(best * turn())), best);
    }

    private Result alone(Workload w, Ready us, int threads, double peak) throws IOException {
        double[] rates = new double[pairs()];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = rate(w, us);
        }
        return new Result(w, threads, Sample.of(rates), peak, us.child.memory(), Optional.empty());
    }

    private Result pairs(Workload w, Ready us, Ready them, int threads, double peak) throws IOException {
        double[] ours = new double[pairs()];
        double[] theirs = new double[pairs()];
        double[] ratio = new double[pairs()];
        for (int i = 0; i < ratio.length; i++) {
            if (i % 2 == 0) {
                ours[i] = rate(w, us);
            }
            theirs[i] = rate(w, them);
            if (i % 2 == 1) {
                ours[i] = rate(w, us);
            }
            ratio[i] = ours[i] / theirs[i];
        }
        Result.Rival rival = new Result.Rival(them.child.name(), them.child.setting(), Sample.of(theirs), Sample.of(ratio),
                them.child.memory());
        return new Result(w, threads, Sample.of(ours), peak, us.child.memory(), Optional.of(rival));
    }

    /** Images a second over one turn. */
    private static double rate(Workload w, Ready side) throws IOException {
        return side.steps * (double) w.batch() / side.child.run(side.steps);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
