package cortado.op;

/**
 * Swish with straight lines for the sigmoid, elementwise on any shape.
 *
 * <pre>
 * y   = x · min(max(x + 3, 0), 6) / 6
 * dx += 0 where x &lt; −3, dy where x ≥ 3, else dy · (x/3 + ½)
 * </pre>
 *
 * The derivative at −3 is −½ and at 3 it is 1, as in PyTorch. Howard et al., ICCV 2019, section 5.2.
 * Derivation: {@code docs/backprop.md#activations}.
 */
public record HardSwish() implements Elementwise {

    @Override
    public double value(double x) {
        return x * Math.clamp(x + 3, 0, 6) / 6;
    }

    @Override
    public double slope(double x) {
        return x < -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
    }
}
