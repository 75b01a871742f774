package cortado.train;

import cortado.tensor.Tensor;
import java.util.stream.IntStream;

/** What the numbers that a network gives one image say. In double and by {@link StrictMath}: the same on every machine. */
public final class Scores {
    private Scores() {
    }

    /**
     * Copies the scores of one image of a batch.
     *
     * @param scores {@code N K}
     * @param image  0 … N−1
     * @return K scores
     */
    public static double[] of(Tensor scores, int image) {
        double[] row = new double[scores.shape().dim(1)];
        for (int k = 0; k < row.length; k++) {
            row[k] = scores.get(image, k);
        }
        return row;
    }

    /**
     * Softmax: {@code P_k = exp(f_k − max f) / Σ_j exp(f_j − max f)}.
     *
     * @param f scores
     * @return probabilities, which sum to 1
     */
    public static double[] probabilities(double[] f) {
        double max = f[best(f)];
        double sum = 0;
        double[] p = new double[f.length];
        for (int k = 0; k < f.length; k++) {
            p[k] = StrictMath.exp(f[k] - max);
            sum += p[k];
        }
        for (int k = 0; k < f.length; k++) {
            p[k] /= sum;
        }
        return p;
    }

    /**
     * {@return {@code Σ_j exp(f_j − max f)}, 1 … K: the inverse of the greatest probability}
     * @param f scores
     */
    static double sum(double[] f) {
        double max = f[best(f)];
        double sum = 0;
        for (double v : f) {
            sum += StrictMath.exp(v - max);
        }
        return sum;
    }

    /**
     * Cross-entropy: {@code −log P_y}, computed as {@code log Σ_j exp(f_j − max f) − (f_y − max f)}.
     *
     * @param f scores
     * @param y true class
     * @return the loss of one image
     */
    public static double loss(double[] f, int y) {
        return loss(f, y, sum(f));
    }

    /** The same with the sum at hand. */
    static double loss(double[] f, int y, double sum) {
        return StrictMath.log(sum) - (f[y] - f[best(f)]);
    }

    /**
     * {@return the place of the greatest, the first of equals}
     * @param f scores or probabilities
     */
    public static int best(double[] f) {
        int best = 0;
        for (int k = 1; k < f.length; k++) {
            if (f[k] > f[best]) {
                best = k;
            }
        }
        return best;
    }

    /**
     * {@return how many classes come before it: those that are greater, and equal ones with a smaller number; K if a score is no
     * number, for then there is no order}
     * @param f scores or probabilities
     * @param y class
     */
    public static int rank(double[] f, int y) {
        int rank = 0;
        for (int k = 0; k < f.length; k++) {
            if (Double.isNaN(f[k])) {
                return f.length;
            }
            if (f[k] > f[y] || f[k] == f[y] && k < y) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * {@return the places of the greatest, in order}
     * @param f     scores or probabilities
     * @param count how many, at most K
     */
    public static int[] top(double[] f, int count) {
        return IntStream.range(0, f.length).boxed().sorted((a, b) -> Double.compare(f[b], f[a])).limit(count).mapToInt(k -> k)
                .toArray();
    }
}
