package cortado.plan;

import cortado.op.Kernel;
import cortado.op.Operands;
import cortado.tensor.Tensor;
import java.util.List;

/** One op of a plan with its kernel on the tensors of one shard, image or batch. */
final class Step {
    private final Kernel kernel;
    private final Operands operands;
    private final Tensor[] zeros;
    private final boolean learns;

    /**
     * @param kernel   how to compute
     * @param operands on what
     * @param zeros    gradients to clear before backward
     */
    Step(Kernel kernel, Operands operands, List<Tensor> zeros) {
        this.kernel = kernel;
        this.operands = operands;
        this.zeros = zeros.toArray(Tensor[]::new);
        this.learns = operands.learns();
    }

    /** Whether backward computes anything. */
    boolean learns() {
        return learns;
    }

    void forward() {
        kernel.forward(operands);
    }

    void backward() {
        for (Tensor t : zeros) {
            t.fill(0);
        }
        kernel.backward(operands);
    }
}
