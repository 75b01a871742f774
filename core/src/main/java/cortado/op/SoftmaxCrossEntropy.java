package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Cross-entropy of softmax, per image. The plan takes the mean over the batch, so {@code dL} is 1/N.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>f</td><td>{@code N K} scores</td></tr>
 * <tr><td>y</td><td>{@code N} labels, I32, 0 … K−1</td></tr>
 * <tr><td>L</td><td>{@code N}</td></tr>
 * </table>
 *
 * <pre>
 * L_i      = −log P_(y_i),  P = softmax(f_i)                                                               N11
 * df_ik   += dL_i · (P_k − 1 if k = y_i, else P_k)                                                         N12
 * </pre>
 *
 * Derivation: {@code docs/backprop.md#softmax-cross-entropy}; Goodfellow et al., section 6.2.2.3.
 */
public record SoftmaxCrossEntropy() implements Op {

    @Override
    public Shape output(Shape... x) {
        x[0].expectRank(2, "softmaxcrossentropy takes scores N×K");
        if (!x[1].equals(Shape.of(x[0].n()))) {
            throw new ShapeException("softmaxcrossentropy takes one label per row: expected " + x[0].n() + ", received " + x[1]);
        }
        return x[1];
    }

    @Override
    public long flops(Shape... x) {
        return 4L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x(0), o.x(1));
    }

    @Override
    public void backward(Operands o) {
        o.dx(0).ifPresent(df -> backward(df, o.dy(), o.x(0), o.x(1)));
    }

    private static void forward(Tensor loss, Tensor f, Tensor y) {
        for (int i = 0; i < f.shape().n(); i++) {
            loss.set(i, Softmax.logSumExp(f, i) - f.get(i, label(y, i, f)));
        }
    }

    /** N12. */
    private static void backward(Tensor df, Tensor dLoss, Tensor f, Tensor y) {
        for (int i = 0; i < f.shape().n(); i++) {
            double logSum = Softmax.logSumExp(f, i);
            for (int k = 0; k < f.shape().dim(1); k++) {
                double p = Math.exp(f.get(i, k) - logSum);
                df.add(i, k, dLoss.get(i) * (k == label(y, i, f) ? p - 1 : p));
            }
        }
    }

    /** The class of image i, checked against the number of scores. */
    static int label(Tensor y, int i, Tensor f) {
        int k = (int) y.get(i);
        if (k < 0 || k >= f.shape().dim(1)) {
            throw new ShapeException("image " + i + " has label " + k + ", but the network has " + f.shape().dim(1)
                    + " classes, 0 … " + (f.shape().dim(1) - 1));
        }
        return k;
    }
}
