package cortado.train;

import cortado.tensor.FormatException;

/**
 * LAMB (You et al., 2020, version 3 of the paper, with bias correction as in timm's {@code Lamb}): Adam's direction, but each tensor
 * moves by a share of its own length, for large batches.
 *
 * <pre>
 * m = β1·m + (1 − β1)·g
 * v = β2·v + (1 − β2)·g²
 * u = m/(1 − β1ᵗ) / (√v / √(1 − β2ᵗ) + ε) + λ·w
 * w = w − r·φ·u          φ = |w| / |u| of the whole tensor, 1 where either is 0
 * </pre>
 *
 * Tensors that weight decay leaves alone have φ = 1, as in timm. The gradients' own length is not limited here; clip them for that.
 *
 * @param beta1       β1, 0 … 1
 * @param beta2       β2, 0 … 1
 * @param epsilon     ε, above 0
 * @param weightDecay λ, 0 or more
 */
public record Lamb(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    /** Checks ranges; throws {@link FormatException}. */
    public Lamb {
        Ranges.share("LAMB's β1", beta1);
        Ranges.share("LAMB's β2", beta2);
        Ranges.above("LAMB's ε (--opt-eps)", epsilon);
        Ranges.decay(weightDecay);
    }

    @Override
    public String name() {
        return "lamb";
    }

    @Override
    public int moments() {
        return 2;
    }

    /** {@return 1: the direction u} */
    @Override
    public int scratch() {
        return 1;
    }

    @Override
    public void step(OptimizerState state, double rate) {
        state.begin();
        float c = (float) (1 / (1 - StrictMath.pow(beta1, state.steps())));
        float root = (float) Math.sqrt(1 - StrictMath.pow(beta2, state.steps()));
        float[] u = state.m(2);
        OptimizerState.Part[] parts = state.parts();
        for (OptimizerState.Part p : parts) {
            Updates.lamb(p, state.m(0), state.m(1), u, state.scale(), c, root, (float) epsilon, beta1, beta2,
                    p.decays() ? (float) weightDecay : 0);
        }
        int next;
        for (int first = 0; first < parts.length; first = next) {
            double w = 0;
            double d = 0;
            for (next = first; next < parts.length && parts[next].tensor() == parts[first].tensor(); next++) {
                OptimizerState.Part p = parts[next];
                w += Updates.squares(p.w(), p.wo(), p.n());
                d += Updates.squares(u, p.mo(), p.n());
            }
            double trust = parts[first].decays() && w > 0 && d > 0 ? Math.sqrt(w) / Math.sqrt(d) : 1;
            for (int k = first; k < next; k++) {
                Updates.follow(parts[k], u, (float) (rate * trust));
            }
        }
        state.end();
    }
}
