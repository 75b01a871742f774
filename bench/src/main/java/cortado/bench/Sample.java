package cortado.bench;

import java.util.Arrays;

/**
 * What repeated measurements say: the median, and between which quartiles the middle half lies.
 *
 * @param median of all
 * @param low    lower quartile
 * @param high   upper quartile
 */
public record Sample(double median, double low, double high) {

    /**
     * Sorts and counts.
     *
     * @param values at least one
     * @return their sample
     */
    public static Sample of(double... values) {
        double[] v = values.clone();
        Arrays.sort(v);
        return new Sample(quantile(v, 0.5), quantile(v, 0.25), quantile(v, 0.75));
    }

    /** Between the two nearest of the sorted values, in proportion. */
    private static double quantile(double[] v, double share) {
        double at = share * (v.length - 1);
        int i = (int) at;
        return i + 1 < v.length ? v[i] + (at - i) * (v[i + 1] - v[i]) : v[i];
    }

    /** {@return how far the quartiles lie from the median at most, as a share of it} */
    public double spread() {
        return Math.max(high - median, median - low) / median;
    }
}
