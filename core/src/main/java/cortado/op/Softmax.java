package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Softmax over the classes of each row.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x (f), y (P)</td><td>{@code N K}</td></tr>
 * </table>
 *
 * <pre>
 * P_k   = e^(f_k − max f) / Σ_j e^(f_j − max f)                                                            N11
 * df_k += P_k · (dy_k − Σ_j dy_j · P_j)
 * </pre>
 *
 * Subtracting the row's maximum changes nothing but keeps e^x finite. Goodfellow et al., section 6.2.2.3.
 * Derivation: {@code docs/backprop.md#softmax}.
 */
public record Softmax() implements Op {

    @Override
    public Shape output(Shape... x) {
        return x[0].expectRank(2, "softmax takes scores N×K");
    }

    @Override
    public long flops(Shape... x) {
        return 4L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(df -> backward(df, o.dy(), o.y()));
    }

    private static void forward(Tensor y, Tensor f) {
        for (int n = 0; n < f.shape().n(); n++) {
            double logSum = logSumExp(f, n);
            for (int k = 0; k < f.shape().dim(1); k++) {
                y.set(n, k, Math.exp(f.get(n, k) - logSum));
            }
        }
    }

    private static void backward(Tensor df, Tensor dy, Tensor y) {
        for (int n = 0; n < y.shape().n(); n++) {
            double dot = 0;
            for (int k = 0; k < y.shape().dim(1); k++) {
                dot += dy.get(n, k) * y.get(n, k);
            }
            for (int k = 0; k < y.shape().dim(1); k++) {
                df.add(n, k, y.get(n, k) * (dy.get(n, k) - dot));
            }
        }
    }

    /**
     * log Σ_k e^(f_k), safe for large scores.
     *
     * @param f scores {@code N K}
     * @param n row
     * @return the logarithm
     */
    static double logSumExp(Tensor f, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < f.shape().dim(1); k++) {
            max = Math.max(max, f.get(n, k));
        }
        double sum = 0;
        for (int k = 0; k < f.shape().dim(1); k++) {
            sum += Math.exp(f.get(n, k) - max);
        }
        return max + Math.log(sum);
    }
}
