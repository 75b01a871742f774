package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the layers in some sixty steps of a training, at equal distances. It only reads, and at most {@link #MOST} elements of a
 * tensor, so it costs about the same for any network and changes no bit. Which steps and elements follows from counts alone.
 */
final class Watch {
    /** Steps of a training that are looked at, about. */
    static final int LOOKS = 60;
    /** Elements of a tensor that are looked at. */
    static final int MOST = 4096;

    private final Parameters weights;
    private final Parameters gradients;
    private final List<String> names;
    private final long every;
    private final Map<String, double[]> before = new LinkedHashMap<>();

    /**
     * @param weights   that learn
     * @param gradients theirs
     * @param names     of the tensors that learn; those of one dimension, biases and norms, are passed over
     * @param steps     of the whole training
     */
    Watch(Parameters weights, Parameters gradients, List<String> names, long steps) {
        this.weights = weights;
        this.gradients = gradients;
        this.names = names.stream().filter(name -> weights.get(name).shape().rank() > 1).toList();
        this.every = Math.max(1, steps / LOOKS);
    }

    /** Whether the step after so many is one to look at. */
    boolean due(long steps) {
        return steps % every == 0;
    }

    /** Remembers the weights before a step, if it is one to look at. */
    void before(long steps) {
        before.clear();
        if (due(steps)) {
            names.forEach(name -> before.put(name, sample(weights.get(name))));
        }
    }

    /**
     * What the step did; the gradients must still be those that it followed.
     *
     * @param scale by which the step multiplied them
     * @return nothing if the step was not one to look at
     */
    List<LayerSample> after(double scale) {
        List<LayerSample> all = new ArrayList<>();
        before.forEach((name, w) -> {
            double[] dw = sample(gradients.get(name));
            Arrays.setAll(dw, i -> dw[i] * scale);
            all.add(LayerSample.of(name, w, sample(weights.get(name)), dw));
        });
        return all;
    }

    private static double[] sample(Tensor t) {
        double[] x = new double[Math.min(t.size(), MOST)];
        for (int i = 0; i < x.length; i++) {
            x[i] = t.get((int) ((long) i * t.size() / x.length));
        }
        return x;
    }
}
