package cortado.op;

import cortado.tensor.ShapeException;

/**
 * Exponential linear unit, elementwise on any shape.
 *
 * <pre>
 * y   = x where x &gt; 0, else α · (e^x − 1)
 * dx += dy where x &gt; 0, else dy · α · e^x
 * </pre>
 *
 * Clevert, Unterthiner, Hochreiter, ICLR 2016. Derivation: {@code docs/backprop.md#activations}.
 *
 * @param alpha α, usually 1; finite
 */
public record Elu(double alpha) implements Elementwise {

    /** Checks α; throws {@link ShapeException}. */
    public Elu {
        if (!Double.isFinite(alpha)) {
            throw new ShapeException("elu: alpha must be a finite number, usually 1, received " + alpha);
        }
    }

    @Override
    public double value(double x) {
        return x > 0 ? x : alpha * Math.expm1(x);
    }

    @Override
    public double slope(double x) {
        return x > 0 ? 1 : alpha * Math.exp(x);
    }
}
