package cortado.train;

import cortado.tensor.FormatException;

/**
 * RMSProp (Hinton, 2012, lecture 6e), as PyTorch's {@code RMSprop}, not centred.
 *
 * <pre>
 * d = g + λ·w
 * v = α·v + (1 − α)·d²
 * b = μ·b + d / (√v + ε)
 * w = w − r·b
 * </pre>
 *
 * @param alpha       α, 0 … 1
 * @param momentum    μ, 0 … 1
 * @param epsilon     ε, outside the root
 * @param weightDecay λ, 0 or more
 */
public record RmsProp(double alpha, double momentum, double epsilon, double weightDecay) implements Optimizer {
    /** Checks ranges; throws {@link FormatException}. */
    public RmsProp {
        Ranges.share("RMSProp's α", alpha);
        Ranges.share("momentum", momentum);
        Ranges.above("RMSProp's ε (--opt-eps)", epsilon);
        Ranges.decay(weightDecay);
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void step(OptimizerState state, double rate) {
        state.begin();
        for (OptimizerState.Part p : state.parts()) {
            Updates.rmsProp(p, state.m(0), state.m(1), state.scale(), (float) rate, alpha, (float) momentum, (float) epsilon,
                    p.decays() ? (float) weightDecay : 0);
        }
        state.end();
    }
}
