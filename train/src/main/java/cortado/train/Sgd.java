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
        Ranges.positive("weight decay", weightDecay);
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
        update(state.w(), state.g(), state.m(0), (float) rate, (float) momentum, (float) weightDecay);
        state.end();
    }

    /** Nesterov adds μ·m to d; the classical form steps along m alone, so two loops. */
    private void update(float[] w, float[] g, float[] m, float r, float mu, float decay) {
        if (nesterov) {
            for (int i = 0; i < w.length; i++) {
                float d = g[i] + decay * w[i];
                float v = mu * m[i] + d;
                m[i] = v;
                w[i] -= r * (d + mu * v);
            }
        } else {
            for (int i = 0; i < w.length; i++) {
                float d = g[i] + decay * w[i];
                float v = mu * m[i] + d;
                m[i] = v;
                w[i] -= r * v;
            }
        }
    }
}
