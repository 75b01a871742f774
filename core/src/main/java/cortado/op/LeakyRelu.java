package cortado.op;

import cortado.tensor.ShapeException;

/**
 * ReLU that lets a little through below 0, elementwise on any shape.
 *
 * <pre>
 * y  = x where x &gt; 0, else slope · x
 * dx += dy where x &gt; 0, else slope · dy
 * </pre>
 *
 * Maas, Hannun, Ng, ICML 2013. Derivation: {@code docs/backprop.md#activations}.
 *
 * @param slope the slope below 0 and at 0, usually 0.01; finite
 */
public record LeakyRelu(double slope) implements Elementwise {

    /** Checks the slope; throws {@link ShapeException}. */
    public LeakyRelu {
        if (!Double.isFinite(slope)) {
            throw new ShapeException("leakyrelu: the slope must be a finite number, usually 0.01, received " + slope);
        }
    }

    @Override
    public double value(double x) {
        return x > 0 ? x : slope * x;
    }

    @Override
    public double slope(double x) {
        return x > 0 ? 1 : slope;
    }
}
