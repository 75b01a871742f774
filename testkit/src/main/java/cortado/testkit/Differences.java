package cortado.testkit;

import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Holds a gradient against central differences, (L(x+h) − L(x−h)) / 2h, element by element.
 *
 * <p>Kinks: ReLU and max pooling are linear on each branch they can take. Where x−h, x and x+h do not all take the same
 * branches the difference says nothing about the derivative; a smaller step is tried, and if none is small enough the
 * element is counted as a kink, not as passed. A wrong formula is wrong at every step size.
 */
final class Differences {
    /** Large steps first: least rounding. The error of the difference is about h², that of rounding 10⁻¹⁶/h. */
    private static final double[] STEPS = {1e-4, 1e-5, 1e-6};
    private static final double GOOD = 1e-7;
    private static final double ROUNDING = 32 * 0x1p-53;

    private Differences() {
    }

    /** A function of tensors that are changed in place. */
    interface Loss {
        /** Computes the function anew. */
        double value();

        /** Which branches the last computation took, as a hash. */
        long branches();
    }

    /**
     * {@return the worst error, relative to the element, or to a hundredth of the tensor's largest where that is larger}
     * @param name     for the finding
     * @param x        F64; elements are changed and put back
     * @param gradient dL/dx as backward computed it
     * @param rng      chooses elements
     * @param samples  how many elements, all if there are no more
     * @param loss     L
     */
    static Finding compare(String name, Tensor x, Tensor gradient, Rng rng, int samples, Loss loss) {
        loss.value();
        long base = loss.branches();
        double floor = 0;
        for (int i = 0; i < gradient.size(); i++) {
            floor = Math.max(floor, 0.01 * Math.abs(gradient.get(i)));
        }
        int[] order = x.size() > samples ? rng.permutation(x.size()) : new int[0];
        int count = Math.min(samples, x.size());
        double worst = 0;
        int kinks = 0;
        for (int k = 0; k < count; k++) {
            int i = order.length > 0 ? order[k] : k;
            double error = error(x, i, gradient.get(i), floor, loss, base);
            if (error < 0) {
                kinks++;
            } else {
                worst = Math.max(worst, error);
            }
        }
        return new Finding(name, x.shape(), worst, count - kinks, kinks);
    }

    /** The least relative error over the step sizes; −1 on a kink; infinite if a number is not finite. */
    private static double error(Tensor x, int i, double gradient, double floor, Loss loss, long base) {
        double v = x.get(i);
        double best = -1;
        for (double step : STEPS) {
            double h = step * Math.max(1, Math.abs(v));
            x.set(i, v + h);
            double up = loss.value();
            boolean smooth = loss.branches() == base;
            x.set(i, v - h);
            double down = loss.value();
            smooth &= loss.branches() == base;
            if (smooth) {
                double numeric = (up - down) / ((v + h) - (v - h));
                double noise = ROUNDING * Math.max(1, Math.abs(up)) / h;
                double off = Math.max(0, Math.abs(numeric - gradient) - noise);
                double error = off == 0 ? 0 : off / Math.max(floor, Math.max(Math.abs(numeric), Math.abs(gradient)));
                error = Double.isFinite(numeric) && Double.isFinite(gradient) ? error : Double.POSITIVE_INFINITY;
                best = best < 0 ? error : Math.min(best, error);
                if (best <= GOOD) {
                    break;
                }
            }
        }
        x.set(i, v);
        return best;
    }

    /**
     * Mixes the branches of one op into a hash: the signs a ReLU saw, the positions max pooling chose.
     *
     * @param hash so far
     * @param op   any op
     * @param o    its operands after forward
     * @return the hash with this op's branches
     */
    static long branches(long hash, Op op, Operands o) {
        long h = hash;
        if (op instanceof Relu || op instanceof Rectified) {
            for (int i = 0; i < o.y().size(); i++) {
                h = h * 0x5851F42D4C957F2DL + (o.y().get(i) > 0 ? 3 : 1);
            }
        }
        for (int s = 0; s < op.saved(shapes(o)).size(); s++) {
            for (int i = 0; i < o.saved(s).size(); i++) {
                h = h * 0x5851F42D4C957F2DL + (int) o.saved(s).get(i);
            }
        }
        return h;
    }

    private static Shape[] shapes(Operands o) {
        Shape[] x = new Shape[o.inputs()];
        for (int i = 0; i < x.length; i++) {
            x[i] = o.x(i).shape();
        }
        return x;
    }
}
