package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.Layout;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What an optimizer remembers between steps, and which tensors it may change: those that have a gradient.
 *
 * <p>Weights and gradients are changed and read where they lie. A tensor is walked in two parts: the elements up to the last
 * multiple of 16, and the rest, which stands padded with zeros in a memory of its own during a step. So an update is one loop over
 * whole vectors. Moments lie in flat arrays in which every tensor begins at a multiple of 16.
 */
public final class OptimizerState {
    private static final int LANES = 16;

    /**
     * A stretch of one tensor, a multiple of 16 elements.
     *
     * @param w      memory of the weights
     * @param wo     where they begin
     * @param g      memory of their gradients
     * @param go     where they begin
     * @param mo     where their moments begin
     * @param n      elements, a multiple of 16
     * @param tensor which tensor it belongs to, from 0
     * @param decays whether weight decay applies
     */
    record Part(float[] w, int wo, float[] g, int go, int mo, int n, int tensor, boolean decays) {
    }

    private final List<String> names = new ArrayList<>();
    private final Tensor[] weights;
    private final Tensor[] gradients;
    private final int[] offset;
    private final float[] restW;
    private final float[] restG;
    private final Part[] parts;
    private final float[][] moments;
    private long steps;
    private float scale = 1;

    OptimizerState(Parameters weights, Parameters gradients, int moments, boolean decayAll) {
        names.addAll(gradients.map().keySet());
        this.weights = names.stream().map(weights::get).toArray(Tensor[]::new);
        this.gradients = names.stream().map(gradients::get).toArray(Tensor[]::new);
        this.offset = new int[names.size()];
        this.restW = new float[LANES * names.size()];
        this.restG = new float[LANES * names.size()];
        List<Part> all = new ArrayList<>();
        long total = 0;
        for (int t = 0; t < names.size(); t++) {
            Tensor w = this.weights[t];
            Tensor g = this.gradients[t];
            if (!w.shape().equals(g.shape())) {
                throw new ShapeException("a gradient of " + g.shape() + " for weights of " + w.shape());
            }
            boolean decays = decayAll || !exempt(names.get(t), w);
            offset[t] = Math.toIntExact(total);
            int whole = whole(w);
            if (whole > 0) {
                all.add(new Part(w.floats(), w.offset(), g.floats(), g.offset(), offset[t], whole, t, decays));
            }
            if (whole < w.size()) {
                all.add(new Part(restW, LANES * t, restG, LANES * t, offset[t] + whole, LANES, t, decays));
            }
            total += (w.size() + LANES - 1) / LANES * LANES;
        }
        this.parts = all.toArray(Part[]::new);
        this.moments = new float[moments][Math.toIntExact(total)];
    }

    /** timm's rule for what weight decay leaves alone: biases, and what has one dimension, as the parameters of norms have. */
    static boolean exempt(String name, Tensor w) {
        return w.shape().rank() <= 1 || name.endsWith(".bias");
    }

    private static int whole(Tensor t) {
        return t.size() / LANES * LANES;
    }

    /** Counts a step and collects the rests. */
    void begin() {
        steps++;
        rests(restW, weights);
        rests(restG, gradients);
    }

    private static void rests(float[] rest, Tensor[] from) {
        for (int t = 0; t < from.length; t++) {
            int whole = whole(from[t]);
            System.arraycopy(from[t].floats(), from[t].offset() + whole, rest, LANES * t, from[t].size() - whole);
        }
    }

    /** Hands the rests of the new weights out. */
    void end() {
        for (int t = 0; t < weights.length; t++) {
            int whole = whole(weights[t]);
            System.arraycopy(restW, LANES * t, weights[t].floats(), weights[t].offset() + whole, weights[t].size() - whole);
        }
    }

    Part[] parts() {
        return parts;
    }

    int tensors() {
        return weights.length;
    }

    float[] m(int k) {
        return moments[k];
    }

    /** By what gradients are multiplied. */
    float scale() {
        return scale;
    }

    /**
     * The next step takes the mean of the gradients of several batches that were added up. The gradients are not touched: the step
     * multiplies them as it reads them.
     *
     * @param batches at least 1
     */
    public void mean(int batches) {
        this.scale = (float) (1.0 / batches);
    }

    /**
     * The next step takes the gradients shortened to a length, as PyTorch's {@code clip_grad_norm_}; after {@link #mean}.
     *
     * @param limit of the Euclidean length of all gradients together, above 0
     * @return their length before, the sums in double
     */
    public double clip(double limit) {
        rests(restG, gradients);
        double sum = 0;
        for (Part p : parts) {
            sum += Updates.squares(p.g(), p.go(), p.n());
        }
        double length = scale * Math.sqrt(sum);
        this.scale *= (float) Math.min(1, limit / (length + 1e-6));
        return length;
    }

    /** {@return steps taken} */
    public long steps() {
        return steps;
    }

    /** Forgets all steps: what was remembered is 0 again. */
    public void reset() {
        steps = 0;
        for (float[] m : moments) {
            Arrays.fill(m, 0);
        }
    }

    /**
     * Goes on from a saved state.
     *
     * @param taken steps; the moments are written into {@link #moment}
     */
    public void resume(long taken) {
        this.steps = taken;
    }

    /** {@return the names of the tensors that are trained, in order} */
    public List<String> names() {
        return List.copyOf(names);
    }

    /**
     * A moment by the parameters' names: momentum of SGD; first and second moment of Adam.
     *
     * @param k 0 … {@link Optimizer#moments()}−1
     * @return views, sharing memory
     */
    public Parameters moment(int k) {
        SequencedMap<String, Tensor> views = new LinkedHashMap<>();
        for (int t = 0; t < offset.length; t++) {
            views.put(names.get(t), Tensor.over(moments[k], offset[t], weights[t].shape(), Layout.ROWS));
        }
        return Parameters.of(views);
    }
}
