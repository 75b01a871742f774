package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.Tensor;

/**
 * The exponential moving average of weights over the steps of a training (Polyak and Juditsky, 1992; as timm's {@code ModelEmaV2} and
 * PyTorch's {@code AveragedModel} with that rule): {@code e = d·e + (1 − d)·w} after every step, from {@code e = w} at the start.
 * All tensors of the network are averaged, running statistics too. It often judges better than the weights themselves.
 */
public final class Ema {
    /**
     * How to average.
     *
     * @param decay  d, 0 … 1; 0.999 looks back about 1,000 steps
     * @param warmup whether the first steps count more: after step t the decay is at most (1 + t) / (10 + t), so that an average over
     *               a short training does not remember where it started
     */
    public record Rule(double decay, boolean warmup) {
        /** Checks the range; throws {@link cortado.tensor.FormatException}. */
        public Rule {
            Ranges.share("the decay of the averaged weights (EMA)", decay);
        }

        /**
         * {@return the decay of one step}
         * @param step from 1
         */
        double at(long step) {
            return warmup ? Math.min(decay, (1.0 + step) / (10.0 + step)) : decay;
        }
    }

    private final Rule rule;
    private final Tensor[] from;
    private final Tensor[] to;
    private final Parameters average;

    /**
     * Begins with the weights as they are.
     *
     * @param rule    how to average
     * @param weights F32, read after every step
     */
    public Ema(Rule rule, Parameters weights) {
        this.rule = rule;
        this.average = weights.copy();
        this.from = weights.map().values().toArray(Tensor[]::new);
        this.to = average.map().values().toArray(Tensor[]::new);
    }

    /**
     * Takes the weights of a step in. Allocates nothing.
     *
     * @param step from 1
     */
    public void update(long step) {
        double keep = rule.at(step);
        for (int t = 0; t < to.length; t++) {
            Updates.average(to[t].floats(), to[t].offset(), from[t].floats(), from[t].offset(), to[t].size(), keep);
        }
    }

    /** {@return the averaged weights by name, shared: every update changes them; a saved average is written into them} */
    public Parameters weights() {
        return average;
    }
}
