package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Logarithm of softmax over the classes of each row, or of each pixel.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x (f), y</td><td>{@code N K}, or {@code N K H W}</td></tr>
 * </table>
 *
 * <pre>
 * y_k   = f_k − log Σ_j e^(f_j)
 * df_k += dy_k − P_k · Σ_j dy_j,  P = e^y
 * </pre>
 *
 * Keeps digits where softmax would underflow. Derivation: {@code docs/backprop.md#softmax}.
 */
public record LogSoftmax() implements Op {

    @Override
    public Shape output(Shape... x) {
        x[0].images("logsoftmax");
        return x[0];
    }

    @Override
    public long flops(Shape... x) {
        return 3L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(Standardize.images(o.y()), Standardize.images(o.x()));
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(df -> backward(Standardize.images(df), Standardize.images(o.dy()), Standardize.images(o.y())));
    }

    private static void forward(Tensor y, Tensor f) {
        Softmax.pixels(f.shape(), (n, h, w) -> {
            double logSum = Softmax.logSumExp(f, n, h, w);
            for (int k = 0; k < f.shape().c(); k++) {
                y.set(n, k, h, w, f.get(n, k, h, w) - logSum);
            }
        });
    }

    private static void backward(Tensor df, Tensor dy, Tensor y) {
        Softmax.pixels(y.shape(), (n, h, w) -> {
            double sum = 0;
            for (int k = 0; k < y.shape().c(); k++) {
                sum += dy.get(n, k, h, w);
            }
            for (int k = 0; k < y.shape().c(); k++) {
                df.add(n, k, h, w, dy.get(n, k, h, w) - Math.exp(y.get(n, k, h, w)) * sum);
            }
        });
    }
}
