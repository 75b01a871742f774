package cortado.op;

/**
 * Gaussian error linear unit, elementwise on any shape: x times the chance that a standard normal number is below x.
 *
 * <pre>
 * exact:  y = x · Φ(x)                                    Φ(x) = ½ · (1 + erf(x/√2))    φ(x) = e^(−x²/2) / √(2π)
 *         dx += dy · (Φ(x) + x · φ(x))
 * tanh:   y = ½ · x · (1 + t)                             t = tanh(u)    u = √(2/π) · (x + 0.044715 · x³)
 *         dx += dy · (½ · (1 + t) + ½ · x · (1 − t²) · u′)    u′ = √(2/π) · (1 + 3 · 0.044715 · x²)
 * </pre>
 *
 * Hendrycks, Gimpel, arXiv 1606.08415. Derivation: {@code docs/backprop.md#activations}.
 *
 * @param tanh whether by the approximation with tanh, off by at most 5·10⁻⁴; else exact
 */
public record Gelu(boolean tanh) implements Elementwise {
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBE = 0.044715;

    @Override
    public double value(double x) {
        return tanh ? x / 2 * (1 + Math.tanh(ROOT * (x + CUBE * x * x * x))) : x * normal(x);
    }

    @Override
    public double slope(double x) {
        if (!tanh) {
            return normal(x) + x * Math.exp(-x * x / 2) * ROOT / 2;
        }
        double t = Math.tanh(ROOT * (x + CUBE * x * x * x));
        return (1 + t) / 2 + x / 2 * (1 - t * t) * ROOT * (1 + 3 * CUBE * x * x);
    }

    /**
     * Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), all terms of one sign; within 10⁻¹⁵. Past ±8.5 it is 0 or 1 to that precision.
     * Marsaglia, Evaluating the normal distribution, J. Stat. Software 11(4), 2004.
     */
    private static double normal(double x) {
        if (Math.abs(x) > 8.5) {
            return x > 0 ? 1 : 0;
        }
        double sum = 0;
        double term = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) { // never where x is no number
            sum += term;
            term *= x * x / i;
        }
        return Double.isNaN(x) ? x : 0.5 + sum * Math.exp(-x * x / 2) * ROOT / 2;
    }
}
