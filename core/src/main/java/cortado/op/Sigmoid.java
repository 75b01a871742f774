package cortado.op;

/**
 * The logistic function, elementwise on any shape.
 *
 * <pre>
 * y   = 1 / (1 + e^−x)
 * dx += dy · y · (1 − y)
 * </pre>
 *
 * Goodfellow, Bengio, Courville, Deep Learning, section 3.10. Derivation: {@code docs/backprop.md#activations}.
 */
public record Sigmoid() implements Elementwise {

    @Override
    public double value(double x) {
        return of(x);
    }

    @Override
    public double slope(double x) {
        double y = of(x);
        return y * (1 - y);
    }

    static double of(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
