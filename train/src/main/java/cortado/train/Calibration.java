package cortado.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether a network is right as often as it believes. Predictions are sorted by confidence, the probability of the predicted
 * class, into bins of equal width: bin m of M holds the confidences in ((m−1)/M, m/M] (Guo, Pleiss, Sun, Weinberger: On Calibration
 * of Modern Neural Networks, 2017).
 *
 * @param bins from the least confident to the most
 */
public record Calibration(List<Bin> bins) {
    /** Bins of the reliability diagram, as in the paper. */
    public static final int BINS = 15;

    /** Copies the list. */
    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * The predictions whose confidence falls into one bin.
     *
     * @param images     how many
     * @param confidence mean probability of the predicted class; 0 where there are no images
     * @param accuracy   share that is right; 0 where there are no images
     */
    public record Bin(int images, double confidence, double accuracy) {
    }

    /**
     * Sorts predictions into {@link #BINS} bins.
     *
     * @param confidence probability of the predicted class, 0 … 1
     * @param right      whether the prediction is the true class
     * @return the bins
     */
    public static Calibration of(double[] confidence, boolean[] right) {
        int[] images = new int[BINS];
        int[] hits = new int[BINS];
        double[] sum = new double[BINS];
        for (int i = 0; i < confidence.length; i++) {
            int m = bin(confidence[i]);
            images[m]++;
            hits[m] += right[i] ? 1 : 0;
            sum[m] += confidence[i];
        }
        return new Calibration(IntStream.range(0, BINS).mapToObj(m -> images[m] == 0 ? new Bin(0, 0, 0)
                : new Bin(images[m], sum[m] / images[m], (double) hits[m] / images[m])).toList());
    }

    private static int bin(double confidence) {
        int m = 0;
        while (m < BINS - 1 && confidence > (m + 1.0) / BINS) {
            m++;
        }
        return m;
    }

    /** {@return the expected calibration error Σ_m |B_m|/n · |accuracy − confidence|, 0 … 1} */
    public double error() {
        double images = bins.stream().mapToInt(Bin::images).sum();
        return bins.stream().filter(b -> b.images > 0).mapToDouble(b -> b.images / images * Math.abs(b.accuracy - b.confidence))
                .sum();
    }
}
