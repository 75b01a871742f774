package cortado.explain;

import cortado.explain.Part.Slope;
import cortado.tensor.Tensor;
import java.util.function.Supplier;

/**
 * The derivative of {@code L = Σ dy·y} in every element of one tensor, measured by stepping to either side. Where the two
 * sides disagree (a kink of ReLU or max pooling) any gradient between them is right.
 *
 * @param cells     one per element, in row order
 * @param step      h
 * @param tolerance what may lie between a gradient and its measurement: a millionth of the largest, and rounding
 */
record Slopes(Slope[] cells, double step, double tolerance) {
    private static final double RELATIVE = 1e-6;

    /** A step that suits numbers of this size: a power of ten, four digits below the largest. */
    static double step(Tensor t) {
        double max = largest(t);
        return max == 0 ? 1e-4 : Math.pow(10, Math.floor(Math.log10(max)) - 4);
    }

    /**
     * {@return the slopes}
     * @param forward  computes y from the present elements of {@code at}
     * @param dy       weights of y in L
     * @param at       stepped element by element, and left as it was
     * @param gradient what is held against the measurement
     * @param h        the step
     * @param size     of the largest number that is added up on the way to y, for the rounding
     * @param kinks    whether y consists of straight pieces, so that sides which disagree mean a kink and not a curve
     */
    static Slopes of(Supplier<Tensor> forward, Tensor dy, Tensor at, Tensor gradient, double h, double size, boolean kinks) {
        Tensor y = forward.get();
        double noise = 8 * Math.ulp(1.0) * size * total(dy) / h;
        double[] left = new double[at.size()];
        double[] right = new double[at.size()];
        double scale = largest(gradient);
        for (int i = 0; i < at.size(); i++) {
            double v = at.get(i);
            at.set(i, v + h);
            right[i] = dot(dy, forward.get(), y) / (at.get(i) - v);
            at.set(i, v - h);
            left[i] = dot(dy, y, forward.get()) / (v - at.get(i));
            at.set(i, v);
            scale = Math.max(scale, Math.max(Math.abs(left[i]), Math.abs(right[i])));
        }
        double tolerance = RELATIVE * scale + noise;
        Slope[] cells = new Slope[at.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = slope(gradient.get(i), left[i], right[i], kinks ? tolerance : Double.POSITIVE_INFINITY);
        }
        return new Slopes(cells, h, tolerance);
    }

    private static Slope slope(double gradient, double left, double right, double apart) {
        double middle = (left + right) / 2;
        if (!(Math.abs(right - left) > apart)) {
            return new Slope(middle, Math.abs(gradient - middle), false);
        }
        double below = Math.min(left, right) - gradient;
        double above = gradient - Math.max(left, right);
        return new Slope(middle, Math.max(0, Math.max(below, above)), true);
    }

    /** The largest difference. NaN if any is. */
    double worst() {
        double worst = 0;
        for (Slope s : cells) {
            worst = Math.max(worst, s.difference());
        }
        return worst;
    }

    boolean kinked() {
        for (Slope s : cells) {
            if (s.kink()) {
                return true;
            }
        }
        return false;
    }

    /** The check, worded for the gradient that has this name. */
    Part.Check check(String gradient) {
        return new Part.Check("`" + gradient + "` is what finite differences measure, `h = " + Numbers.text(step) + "`"
                + (kinked() ? ", or lies between the two sides of a kink" : ""), worst(), tolerance);
    }

    private static double dot(Tensor dy, Tensor a, Tensor b) {
        double sum = 0;
        for (int i = 0; i < dy.size(); i++) {
            sum += dy.get(i) * (a.get(i) - b.get(i));
        }
        return sum;
    }

    private static double total(Tensor t) {
        double sum = 0;
        for (int i = 0; i < t.size(); i++) {
            sum += Math.abs(t.get(i));
        }
        return sum;
    }

    static double largest(Tensor t) {
        double max = 0;
        for (int i = 0; i < t.size(); i++) {
            max = Math.max(max, Math.abs(t.get(i)));
        }
        return max;
    }
}
