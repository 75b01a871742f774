package cortado.op;

import cortado.tensor.Shape;

/**
 * Binary cross-entropy of sigmoid, for yes-or-no questions that each have a score (a logit).
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>f, t</td><td>{@code N …}, scores and targets 0 … 1; t has no gradient</td></tr>
 * <tr><td>L</td><td>{@code N}</td></tr>
 * </table>
 *
 * <pre>
 * ℓ   = −t · log σ(f) − (1 − t) · log(1 − σ(f)) = max(f, 0) − f·t + log(1 + e^(−|f|)),  σ(f) = 1/(1 + e^(−f))
 * L_i = 1/m · Σ ℓ(f, t)         over the m elements of image i
 * df += dL_i · 1/m · (σ(f) − t)
 * </pre>
 *
 * The second form of ℓ neither overflows nor loses digits. Derivation: {@code docs/backprop.md#losses-of-single-values}.
 */
public record BinaryCrossEntropy() implements Loss {

    @Override
    public Shape output(Shape... x) {
        return Pointwise.output("binarycrossentropy", x);
    }

    @Override
    public long flops(Shape... x) {
        return 6L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        Pointwise.forward(o, BinaryCrossEntropy::loss);
    }

    @Override
    public void backward(Operands o) {
        Pointwise.backward(o, BinaryCrossEntropy::slope);
    }

    static double loss(double f, double t) {
        return Math.max(f, 0) - f * t + Math.log1p(Math.exp(-Math.abs(f)));
    }

    static double slope(double f, double t) {
        return 1 / (1 + Math.exp(-f)) - t;
    }
}
