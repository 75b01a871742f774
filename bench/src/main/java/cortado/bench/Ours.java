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

/** Cortado's side of a race: steps as the trainer does them, from batches that a loader has laid out. */
final class Ours implements Worker {
    private final boolean training;
    private final Parameters initial;
    private final Parameters weights;
    private final Plan plan;
    private final Optimizer optimizer;
    private final double rate;
    private final List<Tensor> images;
    private final List<Tensor> labels;
    private OptimizerState state;
    private final long learned;
    private double loss;

    Ours(Job job) {
        Model model = ModelFile.read(job.model());
        this.training = job.mode() == Mode.TRAIN;
        this.initial = model.parameters();
        this.weights = initial.copy();
        List<Tensor> rows = batches(job, "images");
        int batch = rows.getFirst().shape().n();
        this.plan = training ? Plan.training(model.graph(), weights, batch, Backend.vector(), job.threads())
                : Plan.inference(model.graph(), weights, batch, Backend.vector(), job.threads());
        this.images = rows.stream().map(t -> as(t, plan.images().layout())).toList();
        this.labels = training ? batches(job, "labels") : List.of();
        this.optimizer = Optimizer.named(job.optimizer(), 0.9, 0);
        this.rate = job.rate();
        this.learned = model.graph().learned();
        this.state = optimizer.start(weights, training ? plan.gradients() : weights);
    }

    /** Tensors {@code name.0}, {@code name.1} …, in rows. */
    static List<Tensor> batches(Job job, String name) {
        Safetensors file = Safetensors.read(job.batches());
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; file.tensors().containsKey(name + "." + i); i++) {
            all.add(file.tensors().get(name + "." + i));
        }
        return all;
    }

    /** In the layout that the plan wants, as a loader fills it. */
    private static Tensor as(Tensor rows, Layout layout) {
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
        state = optimizer.start(weights, training ? plan.gradients() : weights);
    }

    @Override
    public void step(int i) {
        Tensor x = images.get(i % images.size());
        plan.images().copyFrom(x);
        if (training) {
            plan.labels().copyFrom(labels.get(i % labels.size()));
            plan.gradients().fill(0);
            loss = plan.forwardBackward(x.shape().n());
            optimizer.step(state, rate);
        } else {
            plan.forward(x.shape().n());
        }
    }

    @Override
    public double[] outcome() {
        return training ? new double[] {loss} : plan.scores().slice(0, 1).toDoubles();
    }
}
