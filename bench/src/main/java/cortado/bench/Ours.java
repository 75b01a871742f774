package cortado.bench;

import cortado.graph.Model;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.Layout;
import cortado.tensor.Tensor;
import cortado.train.Optimizer;
import cortado.train.OptimizerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Cortado's side of a race: steps as the trainer does them, from batches that a loader has laid out. */
final class Ours implements Learner {
    private final Job job;
    private final Model model;
    private final boolean training;
    private final Parameters initial;
    private final Parameters weights;
    private final Plan plan;
    private final Optimizer optimizer;
    private List<Double> rates;
    private List<Tensor> images;
    private List<Tensor> labels;
    private Optional<Course> course = Optional.empty();
    private final OptimizerState state;
    private final long learned;
    private double loss;

    Ours(Job job) {
        this.job = job;
        this.model = ModelFile.read(job.model());
        this.training = job.mode() == Mode.TRAIN;
        this.initial = model.parameters();
        this.weights = initial.copy();
        Safetensors file = Safetensors.read(job.batches());
        List<Tensor> rows = batches(file, "images");
        int batch = rows.getFirst().shape().n();
        this.plan = training ? Plan.training(model.graph(), weights, batch, Backend.vector(), job.threads())
                : Plan.inference(model.graph(), weights, batch, Backend.vector(), job.threads());
        this.images = rows.stream().map(t -> as(t, plan.images().layout())).toList();
        this.labels = training ? batches(file, "labels") : List.of();
        this.optimizer = Optimizer.named(job.optimizer(), 0.9, 0);
        this.rates = List.of(job.rate());
        this.learned = model.graph().learned();
        this.state = optimizer.start(weights, training ? plan.gradients() : Parameters.none());
    }

    /** Tensors {@code name.0}, {@code name.1} …, in rows. */
    static List<Tensor> batches(Safetensors file, String name) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; file.tensors().containsKey(name + "." + i); i++) {
            all.add(file.tensors().get(name + "." + i));
        }
        return all;
    }

    /** In the layout that the plan wants, as a loader fills it. */
    private static Tensor as(Tensor rows, Layout layout) {
        if (layout == Layout.ROWS) {
            return rows;
        }
        Tensor t = Tensor.of(rows.shape(), rows.type(), layout);
        t.copyFrom(rows);
        return t;
    }

    @Override
    public long parameters() {
        return learned;
    }

    @Override
    public void reset() {
        weights.copyFrom(initial);
        state.reset();
    }

    @Override
    public void step(int i) {
        Tensor x = images.get(i % images.size());
        if (training || i == 0) { // the one batch of inference then lies where it is read, as it does at the peers'
            plan.images().copyFrom(x);
        }
        if (training) {
            plan.labels().copyFrom(labels.get(i % labels.size()));
            plan.gradients().fill(0);
            loss = plan.forwardBackward(x.shape().n());
            optimizer.step(state, rates.get(i % rates.size()));
        } else {
            plan.forward(x.shape().n());
        }
    }

    @Override
    public int prepare(int epoch) {
        Course c = course();
        if (epoch == 0) {
            reset();
        }
        images = IntStream.range(0, c.steps()).mapToObj(s -> as(c.images(epoch, s), plan.images().layout())).toList();
        labels = IntStream.range(0, c.steps()).mapToObj(s -> c.labels(epoch, s)).toList();
        rates = IntStream.range(0, c.steps()).mapToObj(s -> c.rate(epoch, s)).toList();
        return c.steps();
    }

    @Override
    public int right() {
        Course c = course();
        int right = 0;
        int all = c.testImages().shape().n();
        try (Plan judge = Plan.inference(model.graph(), weights, c.batch(), Backend.vector(), job.threads())) {
            for (int from = 0; from < all; from += c.batch()) {
                int n = Math.min(c.batch(), all - from);
                judge.images().slice(0, n).copyFrom(c.testImages().slice(from, from + n));
                judge.forward(n);
                for (int k = 0; k < n; k++) {
                    right += best(judge.scores(), k) == (int) c.testLabels().get(from + k) ? 1 : 0;
                }
            }
        }
        return right;
    }

    private Course course() {
        Course c = course.orElseGet(() -> Course.read(job.course()));
        course = Optional.of(c);
        return c;
    }

    /** The class with the highest score, the first of equals. */
    private static int best(Tensor scores, int n) {
        int best = 0;
        for (int k = 1; k < scores.shape().dim(1); k++) {
            best = scores.get(n, k) > scores.get(n, best) ? k : best;
        }
        return best;
    }

    @Override
    public double[] outcome() {
        return training ? new double[] {loss} : plan.scores().slice(0, 1).toDoubles();
    }
}
