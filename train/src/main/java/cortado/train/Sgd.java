package cortado.train;

import cortado.tensor.FormatException;

/**
 * Stochastic gradient descent with momentum, as PyTorch's {@code SGD} with dampening 0.
 *
 * <pre>
 * d = g + λ·w
 * m = μ·m + d
 * w = w − r·(d + μ·m)   Nesterov        (Sutskever, Martens, Dahl, Hinton 2013)
 * w = w − r·m           classical
 * </pre>
 *
 * @param momentum    μ, 0 … 1
 * @param weightDecay λ, 0 or more: the gradient of λ/2·|w|²
 * @param nesterov    looks ahead along the momentum
 */
public record Sgd(double momentum, double weightDecay, boolean nesterov) implements Optimizer {
    /** Checks ranges; throws {@link FormatException}. */
    public Sgd {
        Ranges.share("momentum", momentum);
        Ranges.decay(weightDecay);
        if (nesterov && momentum == 0) {
            throw new FormatException("Nesterov's momentum needs a momentum above 0");
        }
    }

    @Override
    public String name() {
        return nesterov || momentum == 0 ? "sgd" : "momentum";
    }

    @Override
    public int moments() {
        return 1;
    }

    @Override
    public void step(OptimizerState state, double rate) {
        state.begin();
        for (OptimizerState.Part p : state.parts()) {
            float decay = p.decays() ? (float) weightDecay : 0;
            if (nesterov) {
                Updates.nesterov(p, state.m(0), state.scale(), (float) rate, (float) momentum, decay);
            } else {
                Updates.momentum(p, state.m(0), state.scale(), (float) rate, (float) momentum, decay);
            }
        }
        state.end();
    }
}
