package cortado.op;

import cortado.tensor.ShapeException;

/**
 * A smooth ReLU, elementwise on any shape.
 *
 * <pre>
 * y   = ln(1 + e^(β·x)) / β where β·x ≤ threshold, else x
 * dx += dy · σ(β·x) where β·x ≤ threshold, else dy            σ(z) = 1 / (1 + e^−z)
 * </pre>
 *
 * Dugas, Bengio et al., NIPS 2000. Derivation: {@code docs/backprop.md#activations}.
 *
 * @param beta      β, above 0, usually 1
 * @param threshold of β·x, from which the line is close enough, usually 20
 */
public record Softplus(double beta, double threshold) implements Elementwise {

    /** Checks the ranges; throws {@link ShapeException}. */
    public Softplus {
        if (!(beta > 0) || !Double.isFinite(beta) || !Double.isFinite(threshold)) {
            throw new ShapeException("softplus: beta must be above 0 and the threshold finite, usually 1 and 20, received " + beta
                    + " and " + threshold);
        }
    }

    @Override
    public double value(double x) {
        return beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta;
    }

    @Override
    public double slope(double x) {
        return beta * x > threshold ? 1 : Sigmoid.of(beta * x);
    }
}
