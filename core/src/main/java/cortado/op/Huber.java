package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;

/**
 * Huber's loss: a parabola near the target and a straight line beyond δ, so that outliers pull no harder than δ.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>f, t</td><td>{@code N …}, values and what they should be; t has no gradient</td></tr>
 * <tr><td>L</td><td>{@code N}</td></tr>
 * </table>
 *
 * <pre>
 * ℓ   = ½ (f − t)²  if |f − t| ≤ δ,  else δ · (|f − t| − δ/2)
 * L_i = 1/m · Σ ℓ(f, t)         over the m elements of image i
 * df += dL_i · 1/m · (f − t), cut to −δ … δ
 * </pre>
 *
 * Huber, Robust Estimation of a Location Parameter, 1964. Derivation: {@code docs/backprop.md#losses-of-single-values}.
 *
 * @param delta δ, above 0; PyTorch's usual one is 1
 */
public record Huber(double delta) implements Loss {

    /** Checks the range; throws {@link ShapeException}. */
    public Huber {
        if (!(delta > 0) || Double.isInfinite(delta)) {
            throw new ShapeException("huber: delta must be above 0, usually 1, received " + delta);
        }
    }

    @Override
    public Shape output(Shape... x) {
        return Pointwise.output("huber", x);
    }

    @Override
    public long flops(Shape... x) {
        return 4L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        Pointwise.forward(o, this::loss);
    }

    @Override
    public void backward(Operands o) {
        Pointwise.backward(o, this::slope);
    }

    private double loss(double f, double t) {
        double d = Math.abs(f - t);
        return d <= delta ? d * d / 2 : delta * (d - delta / 2);
    }

    private double slope(double f, double t) {
        return Math.clamp(f - t, -delta, delta);
    }
}
