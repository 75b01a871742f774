package cortado.train;

import cortado.tensor.FormatException;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as PyTorch's {@code AdamW}: first {@code w = w·(1 − r·λ)}, then
 * {@link Adam}'s step without decay.
 *
 * @param beta1       β1, 0 … 1
 * @param beta2       β2, 0 … 1
 * @param epsilon     ε, outside the root of the corrected second moment
 * @param weightDecay λ, 0 or more
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    /** Checks ranges; throws {@link FormatException}. */
    public AdamW {
        Ranges.share("AdamW's β1", beta1);
        Ranges.share("AdamW's β2", beta2);
        Ranges.above("AdamW's ε (--opt-eps)", epsilon);
        Ranges.decay(weightDecay);
    }

    /**
     * {@return β1 0.9, β2 0.999, ε 10⁻⁸}
     * @param weightDecay λ
     */
    public static AdamW of(double weightDecay) {
        return new AdamW(0.9, 0.999, 1e-8, weightDecay);
    }

    @Override
    public String name() {
        return "adamw";
    }

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void step(OptimizerState state, double rate) {
        Adam.step(state, rate, beta1, beta2, epsilon, 0, weightDecay);
    }
}
