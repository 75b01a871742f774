package cortado.op;

import cortado.tensor.Shape;

/**
 * Mean squared error.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>f, t</td><td>{@code N …}, values and what they should be; t has no gradient</td></tr>
 * <tr><td>L</td><td>{@code N}</td></tr>
 * </table>
 *
 * <pre>
 * L_i = 1/m · Σ (f − t)²        over the m elements of image i
 * df += dL_i · 2/m · (f − t)
 * </pre>
 *
 * Derivation: {@code docs/backprop.md#losses-of-single-values}.
 */
public record MeanSquared() implements Loss {

    @Override
    public Shape output(Shape... x) {
        return Pointwise.output("meansquared", x);
    }

    @Override
    public long flops(Shape... x) {
        return 3L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        Pointwise.forward(o, MeanSquared::loss);
    }

    @Override
    public void backward(Operands o) {
        Pointwise.backward(o, MeanSquared::slope);
    }

    static double loss(double f, double t) {
        return (f - t) * (f - t);
    }

    static double slope(double f, double t) {
        return 2 * (f - t);
    }
}
