package cortado.op;

/**
 * A sigmoid of straight lines, elementwise on any shape.
 *
 * <pre>
 * y   = min(max(x + 3, 0), 6) / 6
 * dx += dy / 6 where −3 &lt; x &lt; 3, else 0
 * </pre>
 *
 * The derivative at ±3 is 0, as in PyTorch. Howard et al., ICCV 2019, section 5.2. Derivation: {@code docs/backprop.md#activations}.
 */
public record HardSigmoid() implements Elementwise {

    @Override
    public double value(double x) {
        return Math.clamp(x + 3, 0, 6) / 6;
    }

    @Override
    public double slope(double x) {
        return x > -3 && x < 3 ? 1.0 / 6 : 0;
    }
}
