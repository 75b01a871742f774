package cortado.plan;

import cortado.graph.Node;
import cortado.op.Kernel;
import cortado.op.Operands;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;

/** One op of a plan with its kernel, and the tensors it touches for each worker and shard. */
final class Step {
    private final Node node;
    private final Kernel kernel;
    private final Shape y;
    private final long flops;
    private final Operands[][] operands;
    private final Tensor[][][] zeros;

    /**
     * @param node     what is computed
     * @param kernel   how
     * @param y        shape of the output for the whole batch
     * @param flops    of one forward pass over the batch
     * @param operands by worker and shard
     * @param zeros    by worker and shard, the gradients to clear before backward
     */
    Step(Node node, Kernel kernel, Shape y, long flops, Operands[][] operands, List<List<List<Tensor>>> zeros) {
        this.node = node;
        this.kernel = kernel;
        this.y = y;
        this.flops = flops;
        this.operands = operands;
        this.zeros = zeros.stream().map(w -> w.stream().map(s -> s.toArray(Tensor[]::new)).toArray(Tensor[][]::new))
                .toArray(Tensor[][][]::new);
    }

    void forward(int worker, int shard) {
        kernel.forward(operands[worker][shard]);
    }

    void backward(int worker, int shard) {
        for (Tensor t : zeros[worker][shard]) {
            t.fill(0);
        }
        kernel.backward(operands[worker][shard]);
    }

    Node node() {
        return node;
    }

    Kernel kernel() {
        return kernel;
    }

    Shape y() {
        return y;
    }

    long flops() {
        return flops;
    }
}
