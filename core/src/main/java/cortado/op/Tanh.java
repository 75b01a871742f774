package cortado.op;

/**
 * Hyperbolic tangent, elementwise on any shape.
 *
 * <pre>
 * y   = (e^x − e^−x) / (e^x + e^−x)
 * dx += dy · (1 − y²)
 * </pre>
 *
 * LeCun, Bottou, Orr, Müller, Efficient BackProp, section 4.4. Derivation: {@code docs/backprop.md#activations}.
 */
public record Tanh() implements Elementwise {

    @Override
    public double value(double x) {
        return Math.tanh(x);
    }

    @Override
    public double slope(double x) {
        double y = Math.tanh(x);
        return 1 - y * y;
    }
}
