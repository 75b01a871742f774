package cortado.train;

import cortado.tensor.FormatException;

/**
 * Adam (Kingma and Ba, 2015), as PyTorch's {@code Adam}: the decay is part of the gradient.
 *
 * <pre>
 * d = g + λ·w
 * m = β1·m + (1 − β1)·d
 * v = β2·v + (1 − β2)·d²
 * w = w − r/(1 − β1ᵗ) · m / (√v / √(1 − β2ᵗ) + ε)
 * </pre>
 *
 * @param beta1       β1, 0 … 1
 * @param beta2       β2, 0 … 1
 * @param epsilon     ε, outside the root of the corrected second moment
 * @param weightDecay λ, 0 or more
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    /** Checks ranges; throws {@link FormatException}. */
    public Adam {
        Ranges.share("Adam's β1", beta1);
        Ranges.share("Adam's β2", beta2);
        Ranges.above("Adam's ε (--opt-eps)", epsilon);
        Ranges.decay(weightDecay);
    }

    /**
     * {@return β1 0.9, β2 0.999, ε 10⁻⁸}
     * @param weightDecay λ
     */
    public static Adam of(double weightDecay) {
        return new Adam(0.9, 0.999, 1e-8, weightDecay);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void step(OptimizerState state, double rate) {
        step(state, rate, beta1, beta2, epsilon, weightDecay, 0);
    }

    /** The step of Adam and AdamW: {@code decay} goes into the gradient, {@code shrink} is decoupled: w·(1 − r·shrink) beforehand. */
    static void step(OptimizerState state, double rate, double beta1, double beta2, double epsilon, double decay, double shrink) {
        state.begin();
        float r = (float) (rate / (1 - StrictMath.pow(beta1, state.steps())));
        float root = (float) Math.sqrt(1 - StrictMath.pow(beta2, state.steps()));
        for (OptimizerState.Part p : state.parts()) {
            Updates.adam(p, state.m(0), state.m(1), state.scale(), r, root, (float) epsilon, beta1, beta2,
                    p.decays() ? (float) decay : 0, p.decays() ? (float) (1 - rate * shrink) : 1);
        }
        state.end();
    }
}
