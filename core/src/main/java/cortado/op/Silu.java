package cortado.op;

/**
 * Sigmoid linear unit, also called swish, elementwise on any shape.
 *
 * <pre>
 * y   = x · σ(x)                            σ(x) = 1 / (1 + e^−x)
 * dx += dy · σ(x) · (1 + x · (1 − σ(x)))
 * </pre>
 *
 * Elfwing, Uchibe, Doya, Neural Networks 107, 2018. Derivation: {@code docs/backprop.md#activations}.
 */
public record Silu() implements Elementwise {

    @Override
    public double value(double x) {
        return x * Sigmoid.of(x);
    }

    @Override
    public double slope(double x) {
        double s = Sigmoid.of(x);
        return s * (1 + x * (1 - s));
    }
}
