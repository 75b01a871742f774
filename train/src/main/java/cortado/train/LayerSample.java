package cortado.train;

import cortado.io.Checked;
import cortado.io.Json;

/**
 * How one layer's weights stood and moved in one step, by a sample of its elements.
 *
 * @param name      {@code conv1.weight}
 * @param weight    root of the mean square of the weights before the step
 * @param gradient  the same of their gradient as the step took it: the mean over its images, clipped if that was asked for
 * @param ratio     update to weight: ‖Δw‖ / ‖w‖ of the step; about 10⁻³ is usual. 0 where the weights are 0
 * @param weights   before the step
 * @param gradients as magnitudes
 */
public record LayerSample(String name, double weight, double gradient, double ratio, Histogram weights, Histogram gradients) {

    /**
     * {@return the sample}
     * @param name   {@code conv1.weight}
     * @param before the step
     * @param after  it
     * @param dw     gradients of the same elements
     */
    static LayerSample of(String name, double[] before, double[] after, double[] dw) {
        double[] update = new double[before.length];
        for (int i = 0; i < update.length; i++) {
            update[i] = after[i] - before[i];
        }
        double w = rms(before);
        return new LayerSample(name, w, rms(dw), w == 0 ? 0 : rms(update) / w, Histogram.of(before), Histogram.ofMagnitudes(dw));
    }

    /** {@return the layer's name} */
    String layer() {
        return name.replaceFirst("\\.weight$", "");
    }

    private static double rms(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v * v;
        }
        return Math.sqrt(sum / x.length);
    }

    /** {@return the numbers by name, exactly} */
    Json.Obj json() {
        return Json.object().with("name", name).with("weight_rms", weight).with("gradient_rms", gradient).with("ratio", ratio)
                .with("weights", weights.json()).with("gradients", gradients.json());
    }

    /** {@return what {@link #json} wrote}; throws {@link cortado.tensor.FormatException}. */
    static LayerSample of(Checked o) {
        return new LayerSample(o.text("name"), o.number("weight_rms"), o.number("gradient_rms"), o.number("ratio"),
                Histogram.of(o.object("weights")), Histogram.of(o.object("gradients")));
    }
}
