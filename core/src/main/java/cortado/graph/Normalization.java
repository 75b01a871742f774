package cortado.graph;

import cortado.tensor.ShapeException;
import java.util.List;

/**
 * How pixels become inputs: {@code x = (pixel/255 − mean[c]) / std[c]}.
 *
 * @param mean per channel, of pixels scaled to 0–1
 * @param std  per channel, positive
 */
public record Normalization(List<Double> mean, List<Double> std) {
    /** Checks lengths and ranges; throws {@link ShapeException}. */
    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != std.size() || mean.isEmpty() || std.stream().anyMatch(s -> !(s > 0))
                || mean.stream().anyMatch(m -> m.isNaN())) {
            throw new ShapeException(
                    "normalization needs one mean and one positive std per channel, received mean " + mean + ", std " + std);
        }
    }

    /**
     * Leaves pixels at 0–1.
     *
     * @param channels C
     * @return mean 0, std 1
     */
    public static Normalization none(int channels) {
        return new Normalization(java.util.Collections.nCopies(channels, 0.0), java.util.Collections.nCopies(channels, 1.0));
    }
}
