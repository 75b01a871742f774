package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Softmax over the classes of each row, or of each pixel.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x (f), y (P)</td><td>{@code N K}, or {@code N K H W}</td></tr>
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
        x[0].images("softmax");
        return x[0];
    }

    @Override
    public long flops(Shape... x) {
        return 4L * x[0].size();
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
        pixels(f.shape(), (n, h, w) -> {
            double logSum = logSumExp(f, n, h, w);
            for (int k = 0; k < f.shape().c(); k++) {
                y.set(n, k, h, w, Math.exp(f.get(n, k, h, w) - logSum));
            }
        });
    }

    private static void backward(Tensor df, Tensor dy, Tensor y) {
        pixels(y.shape(), (n, h, w) -> {
            double dot = 0;
            for (int k = 0; k < y.shape().c(); k++) {
                dot += dy.get(n, k, h, w) * y.get(n, k, h, w);
            }
            for (int k = 0; k < y.shape().c(); k++) {
                df.add(n, k, h, w, y.get(n, k, h, w) * (dy.get(n, k, h, w) - dot));
            }
        });
    }

    /** One pixel of a batch, which has a score for each class. */
    interface Pixel {
        void at(int n, int h, int w);
    }

    /** Walks the pixels of {@code N K H W}. */
    static void pixels(Shape f, Pixel each) {
        Conv2d.each(Shape.of(f.n(), 1, f.h(), f.w()), (n, zero, h, w) -> each.at(n, h, w));
    }

    /**
     * log Σ_k e^(f_k), safe for large scores.
     *
     * @param f scores {@code N K H W}
     * @param n image
     * @param h row
     * @param w column
     * @return the logarithm
     */
    static double logSumExp(Tensor f, int n, int h, int w) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < f.shape().c(); k++) {
            max = Math.max(max, f.get(n, k, h, w));
        }
        double sum = 0;
        for (int k = 0; k < f.shape().c(); k++) {
            sum += Math.exp(f.get(n, k, h, w) - max);
        }
        return max + Math.log(sum);
    }
}
