package cortado.bench;

import cortado.graph.Model;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.op.Backend;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.DoubleStream;

/**
 * Cortado's side of a race over one op alone: the kernel that a plan would take, shard by shard as in a plan, on several threads.
 * The gradient of the weights is left by each shard apart and added up in the end, as in a plan.
 */
final class OneOp implements Worker {
    private final Mode mode;
    private final Parameters weights;
    private final Kernel kernel;
    private final List<Callable<Void>> parts = new ArrayList<>();
    private final List<List<Tensor>> partial = new ArrayList<>();
    private final List<Tensor> results = new ArrayList<>();
    private final ExecutorService threads;
    private final boolean alone;

    OneOp(Job job) {
        Model model = ModelFile.read(job.model());
        Node node = model.graph().nodes().getLast();
        Backend backend = Backend.vector();
        Tensor images = Ours.batches(job, "images", backend).getFirst();
        int n = images.shape().n();
        List<Shape> shapes = model.graph().shapes(n);
        Tensor x = images.reshape(shapes.get(node.inputs().getFirst()));
        Tensor dy = Ours.batches(job, "dy", backend).getFirst();
        this.mode = job.mode();
        this.weights = model.parameters();
        this.kernel = backend.kernel(node.op(), x.shape().withN(Math.min(n, Layout.WIDTH)));
        Tensor y = Tensor.of(dy.shape(), dy.type(), backend.layout());
        Tensor dx = Tensor.of(x.shape(), x.type(), backend.layout());
        for (int from = 0; from < n; from += Layout.WIDTH) {
            int to = Math.min(n, from + Layout.WIDTH);
            part(node, x.slice(from, to), y.slice(from, to), dx.slice(from, to), dy.slice(from, to));
        }
        switch (mode) {
            case DX -> results.add(dx);
            case DW -> results.addAll(partial.getFirst());
            default -> results.add(y);
        }
        this.alone = job.threads() == 1 || parts.size() == 1;
        this.threads = Executors.newFixedThreadPool(job.threads());
    }

    private void part(Node node, Tensor x, Tensor y, Tensor dx, Tensor dy) {
        List<Tensor> params = List.copyOf(weights.map().values());
        List<Tensor> sums = params.stream().map(p -> Tensor.of(p.shape(), p.type())).toList();
        partial.add(sums);
        Op op = node.op();
        List<Tensor> saved = op.saved(x.shape()).stream().map(s -> Tensor.of(s, Type.I32, x.layout())).toList();
        Operands forward = Operands.of(List.of(x), y, params, saved).withScratch(Tensor.f32(Math.max(1, kernel.scratch())));
        Operands both = forward.withGradients(dy, List.of(mode == Mode.DX ? Optional.of(dx) : Optional.empty()), new boolean[1],
                sums.stream().map(t -> mode == Mode.DW ? Optional.of(t) : Optional.<Tensor>empty()).toList());
        parts.add(() -> {
            if (mode == Mode.FORWARD) {
                kernel.forward(forward);
            } else {
                kernel.backward(both);
            }
            return null;
        });
    }

    @Override
    public long parameters() {
        return weights.count();
    }

    @Override
    public void reset() {
        // Nothing is learned here.
    }

    @Override
    public void step(int i) {
        try {
            if (alone) {
                for (Callable<Void> part : parts) {
                    part.call();
                }
            } else {
                for (var done : threads.invokeAll(parts)) {
                    done.get();
                }
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a step of one op failed", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        for (int s = 1; s < partial.size() && mode == Mode.DW; s++) {
            for (int p = 0; p < partial.get(s).size(); p++) {
                add(partial.getFirst().get(p).floats(), partial.get(s).get(p).floats());
            }
        }
    }

    private static void add(float[] sum, float[] x) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += x[k];
        }
    }

    @Override
    public double[] outcome() {
        return results.stream().flatMapToDouble(t -> DoubleStream.of(Outcomes.summary(t.size(), t::get))).toArray();
    }
}
