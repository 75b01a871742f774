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
        double excess = 0;
        int kinks = 0;
        for (int k = 0; k < count; k++) {
            int i = order.length > 0 ? order[k] : k;
            Off off = off(x, i, gradient.get(i), floor, loss, base);
            if (off == Off.KINK) {
                kinks++;
            } else {
                worst = Math.max(worst, off.error);
                excess = Math.max(excess, off.excess);
            }
        }
        return new Finding(name, x.shape(), worst, excess, count - kinks, kinks);
    }

    /** How far an element is off, relatively: in all, and beyond the rounding of the difference. */
    private record Off(double error, double excess) {
        static final Off KINK = new Off(-1, Double.POSITIVE_INFINITY);
    }

    /** The least over the step sizes; infinite if a number is not finite. */
    private static Off off(Tensor x, int i, double gradient, double floor, Loss loss, long base) {
        double v = x.get(i);
        Off best = Off.KINK;
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
                double size = Math.max(floor, Math.max(Math.abs(numeric), Math.abs(gradient)));
                double off = Math.abs(numeric - gradient);
                Off now = !Double.isFinite(off) ? new Off(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY)
                        : off == 0 ? new Off(0, 0) : new Off(off / size, Math.max(0, off - noise) / size);
                if (best == Off.KINK || now.excess < best.excess) {
                    best = now;
                }
                if (best.excess <= GOOD) {
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
