package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Pass;
import cortado.op.Phase;
import cortado.tensor.Layout;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What compiling a graph yields: lists of phases over planned memory. In LANES a thread takes a shard of 16 images through all steps
 * ({@link Sharded}); in the other layouts all threads take one step of the whole batch after the other ({@link Whole}), for inference
 * perhaps of a few images of it ({@link Grouped}).
 *
 * @param batch     N
 * @param pass      what steps have in common, changed before each pass
 * @param steps     the steps one by one, for listings and for timing
 * @param prepare   phases that depend on parameters only; none in training, where they are part of the forward pass
 * @param forward   the forward pass
 * @param both      forward and backward, in training
 * @param images    the first input
 * @param labels    the second input, in training
 * @param scores    the network's output
 * @param losses    one per image, in training
 * @param dLoss     their gradients, in training
 * @param gradients of the learned parameters; empty for inference
 */
record Compiled(int batch, Pass pass, List<Stage> steps, List<Phase> prepare, List<Phase> forward, List<Phase> both,
        Tensor images, Optional<Tensor> labels, Tensor scores, Optional<Tensor> losses, Optional<Tensor> dLoss,
        Parameters gradients) {

    /**
     * A step's own phases.
     *
     * @param line     for listings
     * @param forward  its forward pass
     * @param backward its backward pass; empty where no gradient flows
     */
    record Stage(Plan.Line line, List<Phase> forward, List<Phase> backward) {
    }

    /** A way to compile: planned first, without allocating. */
    interface Compiler {
        Plan.Outline outline();

        /** Allocates and binds; once. */
        Compiled compile(Parameters weights);
    }

    static Compiler compiler(Graph graph, Type type, int batch, Backend backend, int workers, boolean training,
            Set<String> frozen) {
        if (batch < 1) {
            throw new ShapeException("batch size: expected at least 1, received " + batch);
        }
        Backend suiting = backend.suiting(graph.ops(), batch);
        Graph fused = Fusion.fuse(graph, !training && suiting.layout() == Layout.CHANNELS);
        if (!training && suiting.layout() == Layout.CHANNELS && Grouped.together(fused, batch, Layout.CHANNELS) < batch) {
            return new Grouped(fused, type, batch, suiting, workers);
        }
        return suiting.layout() == Layout.LANES ? new Sharded(fused, type, batch, suiting, workers, training, frozen)
                : new Whole(fused, type, batch, suiting, workers, training, frozen);
    }
}
