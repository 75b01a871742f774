package cortado.bench;

import cortado.graph.Model;
import cortado.graph.Node;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Backend;
import cortado.plan.Single;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.stream.DoubleStream;

/** Cortado's side of a race over one op alone: the kernel and the threads that a plan would take. */
final class OneOp implements Worker {
    private final Mode mode;
    private final long parameters;
    private final Single op;

    OneOp(Job job) {
        Model model = ModelFile.read(job.model());
        Node node = model.graph().nodes().getLast();
        Safetensors file = Safetensors.read(job.batches());
        Tensor images = Ours.batches(file, "images").getFirst();
        int n = images.shape().n();
        Tensor x = images.reshape(model.graph().shapes(n).get(node.inputs().getFirst()));
        this.mode = job.mode();
        this.parameters = model.graph().learned();
        this.op = new Single(node.op(), Backend.vector().suiting(List.of(node.op()), n), x,
                List.copyOf(model.parameters().map().values()), Ours.batches(file, "dy").getFirst(), mode == Mode.DX,
                mode == Mode.DW, job.threads());
    }

    @Override
    public long parameters() {
        return parameters;
    }

    @Override
    public void reset() {
        // Nothing is learned here.
    }

    @Override
    public void step(int i) {
        if (mode == Mode.FORWARD) {
            op.forward();
        } else {
            op.backward();
        }
    }

    @Override
    public double[] outcome() {
        List<Tensor> results = switch (mode) {
            case DX -> List.of(op.dx().orElseThrow());
            case DW -> op.dparams();
            default -> List.of(op.y());
        };
        return results.stream().flatMapToDouble(t -> DoubleStream.of(Outcomes.summary(t.size(), t::get))).toArray();
    }
}
