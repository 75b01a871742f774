package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.Layout;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What an optimizer remembers between steps. All tensors lie one after the other in flat arrays with one common index, so that an
 * update is one plain loop, which the JIT compiler turns into vector instructions.
 */
public final class OptimizerState {
    private final Tensor[] weights;
    private final Tensor[] gradients;
    private final Parameters names;
    private final float[] w;
    private final float[] g;
    private final float[][] moments;
    private long steps;

    OptimizerState(Parameters weights, Parameters gradients, int moments) {
        this.names = weights;
        this.weights = weights.map().values().toArray(Tensor[]::new);
        this.gradients = weights.map().keySet().stream().map(gradients::get).toArray(Tensor[]::new);
        for (int t = 0; t < this.weights.length; t++) {
            if (!this.weights[t].shape().equals(this.gradients[t].shape())) {
                throw new ShapeException("a gradient of " + this.gradients[t].shape() + " for weights of "
                        + this.weights[t].shape());
            }
        }
        int total = Math.toIntExact(weights.count());
        this.w = new float[total];
        this.g = new float[total];
        this.moments = new float[moments][total];
    }

    /** Counts a step and collects weights and gradients. */
    void begin() {
        steps++;
        int at = 0;
        for (int t = 0; t < weights.length; t++) {
            int n = weights[t].size();
            System.arraycopy(weights[t].floats(), weights[t].offset(), w, at, n);
            System.arraycopy(gradients[t].floats(), gradients[t].offset(), g, at, n);
            at += n;
        }
    }

    /** Hands the new weights out. */
    void end() {
        int at = 0;
        for (Tensor t : weights) {
            System.arraycopy(w, at, t.floats(), t.offset(), t.size());
            at += t.size();
        }
    }

    float[] w() {
        return w;
    }

    float[] g() {
        return g;
    }

    float[] m(int k) {
        return moments[k];
    }

    /** {@return steps taken} */
    public long steps() {
        return steps;
    }

    /**
     * Goes on from a saved state.
     *
     * @param taken steps; the moments are written into {@link #moment}
     */
    public void resume(long taken) {
        this.steps = taken;
    }

    /**
     * A moment by the parameters' names: momentum of SGD; first and second moment of Adam.
     *
     * @param k 0 … {@link Optimizer#moments()}−1
     * @return views, sharing memory
     */
    public Parameters moment(int k) {
        SequencedMap<String, Tensor> views = new LinkedHashMap<>();
        int at = 0;
        for (var e : names.map().entrySet()) {
            views.put(e.getKey(), Tensor.over(moments[k], at, e.getValue().shape(), Layout.ROWS));
            at += e.getValue().size();
        }
        return Parameters.of(views);
    }
}
