package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops over a plane: the pixels of 16 channels that lie side by side, {@code H W 16}. Nothing passes from lane to lane. What a plane
 * is scaled by stands in a table of seven rows of 16: mean, scale, shift, and for the gradient weight, r, constant and slope.
 */
public final class Planes {
    /** Floats of a table. */
    public static final int TABLE = 7 * WIDTH;
    private static final int SCALE = WIDTH;
    private static final int SHIFT = 2 * WIDTH;
    private static final int WEIGHT = 3 * WIDTH;
    private static final int R = 4 * WIDTH;
    private static final int CONSTANT = 5 * WIDTH;
    private static final int SLOPE = 6 * WIDTH;
    /** Pixels walked at a time, so that a second look finds them in the cache of the first level. */
    private static final int STRETCH = 256;

    private Planes() {
    }

    /**
     * Writes a channel's column of a table.
     *
     * @param t      the table
     * @param to     the channel's place in the first row
     * @param mean   μ
     * @param weight w
     * @param r      1/√(σ² + ε)
     * @param bias   b
     */
    public static void set(float[] t, int to, float mean, float weight, float r, float bias) {
        t[to] = mean;
        t[to + SCALE] = weight * r;
        t[to + SHIFT] = bias;
        t[to + WEIGHT] = weight;
        t[to + R] = r;
    }

    /**
     * {@return r of a channel}
     * @param t  the table
     * @param to the channel's place in the first row
     */
    public static float r(float[] t, int to) {
        return t[to + R];
    }

    /**
     * Writes what the gradients of a channel have in common.
     *
     * @param t        the table
     * @param to       the channel's place in the first row
     * @param constant subtracted from w·dy
     * @param slope    per x − mean, subtracted too
     */
    public static void slope(float[] t, int to, float constant, float slope) {
        t[to + CONSTANT] = -constant;
        t[to + SLOPE] = -slope;
    }

    /**
     * Each channel's mean, then 16 floats on its Σ (x − mean)². A stretch of pixels is walked twice, for mean and for squares, so that
     * a large mean costs no digits; stretches are merged by the formula of Chan, Golub, LeVeque, 1979.
     *
     * @param x      the plane
     * @param xo     its first element
     * @param pixels of the plane
     * @param out    means and sums
     * @param oo     the first
     */
    public static void moments(float[] x, int xo, int pixels, float[] out, int oo) {
        for (int from = 0; from < pixels; from += STRETCH) {
            for (int lane = 0; lane < WIDTH; lane += V) {
                stretch(x, xo + from * WIDTH + lane, from, Math.min(STRETCH, pixels - from), out, oo + lane);
            }
        }
    }

    private static void stretch(float[] x, int xo, int before, int m, float[] out, int oo) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int p = 0;
        for (; p + 3 < m; p += 4) {
            s0 = s0.add(FloatVector.fromArray(F, x, xo + p * WIDTH));
            s1 = s1.add(FloatVector.fromArray(F, x, xo + p * WIDTH + WIDTH));
            s2 = s2.add(FloatVector.fromArray(F, x, xo + p * WIDTH + 2 * WIDTH));
            s3 = s3.add(FloatVector.fromArray(F, x, xo + p * WIDTH + 3 * WIDTH));
        }
        for (; p < m; p++) {
            s0 = s0.add(FloatVector.fromArray(F, x, xo + p * WIDTH));
        }
        FloatVector mean = s0.add(s1).add(s2.add(s3)).div(m);
        FloatVector q0 = FloatVector.zero(F);
        FloatVector q1 = q0;
        for (p = 0; p + 1 < m; p += 2) {
            FloatVector d0 = FloatVector.fromArray(F, x, xo + p * WIDTH).sub(mean);
            FloatVector d1 = FloatVector.fromArray(F, x, xo + p * WIDTH + WIDTH).sub(mean);
            q0 = d0.fma(d0, q0);
            q1 = d1.fma(d1, q1);
        }
        for (; p < m; p++) {
            FloatVector d = FloatVector.fromArray(F, x, xo + p * WIDTH).sub(mean);
            q0 = d.fma(d, q0);
        }
        FloatVector squares = q0.add(q1);
        if (before > 0) {
            FloatVector old = FloatVector.fromArray(F, out, oo);
            FloatVector apart = mean.sub(old);
            float share = (float) m / (before + m);
            mean = apart.mul(share).add(old);
            squares = squares.add(FloatVector.fromArray(F, out, oo + WIDTH)).add(apart.mul(apart).mul(before * share));
        }
        mean.intoArray(out, oo);
        squares.intoArray(out, oo + WIDTH);
    }

    /**
     * {@code y = (x − mean)·scale + shift + r}, or the ReLU of it.
     *
     * @param y       output
     * @param yo      its first element
     * @param x       the plane
     * @param xo      its first element
     * @param pixels  of the plane
     * @param r       what is added, a plane; an array of no elements adds nothing
     * @param ro      its first element
     * @param t       the table
     * @param to      its first element
     * @param most    what is below 0 becomes 0 and what is above this becomes this, as ReLU (infinite) and ReLU6 do; 0 for neither
     */
    public static void scale(float[] y, int yo, float[] x, int xo, int pixels, float[] r, int ro, float[] t, int to, float most) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector mean = FloatVector.fromArray(F, t, to + lane);
            FloatVector scale = FloatVector.fromArray(F, t, to + SCALE + lane);
            FloatVector shift = FloatVector.fromArray(F, t, to + SHIFT + lane);
            if (r.length > 0) {
                for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                    FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(mean).fma(scale, shift)
                            .add(FloatVector.fromArray(F, r, ro + i));
                    (most > 0 ? v.blend(0f, v.compare(VectorOperators.LE, 0f)).blend(most, v.compare(VectorOperators.GT, most)) : v)
                            .intoArray(y, yo + i);
                }
            } else if (most > 0) {
                for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                    FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(mean).fma(scale, shift);
                    v.blend(0f, v.compare(VectorOperators.LE, 0f)).blend(most, v.compare(VectorOperators.GT, most)).intoArray(y,
                            yo + i);
                }
            } else {
                for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                    FloatVector.fromArray(F, x, xo + i).sub(mean).fma(scale, shift).intoArray(y, yo + i);
                }
            }
        }
    }

    /**
     * Each channel's Σ dy, then 16 floats on its Σ dy·(x − mean). With a ReLU after {@link #scale}, dy counts only where that was
     * positive: the same operations on x give the same sign.
     *
     * @param dy        gradient of the output
     * @param dyo       its first element
     * @param x         the plane
     * @param xo        its first element
     * @param pixels    of the plane
     * @param t         the table
     * @param to        its first element
     * @param most      as in {@link #scale}
     * @param gate      the output, where its sign cannot be computed from x alone; an array of no elements where it can
     * @param go        its first element
     * @param passed    receives the dy that count, with a gate; an array of no elements for none
     * @param po        its first element
     * @param out       sums
     * @param oo        the first
     */
    public static void sums(float[] dy, int dyo, float[] x, int xo, int pixels, float[] t, int to, float most, float[] gate,
            int go, float[] passed, int po, float[] out, int oo) {
        for (int from = 0; from < pixels; from += STRETCH) {
            int m = Math.min(STRETCH, pixels - from);
            for (int lane = 0; lane < WIDTH; lane += V) {
                int at = from * WIDTH + lane;
                sums(dy, dyo + at, x, xo + at, from, m, t, to + lane, most, gate, go + at, passed, po + at, out, oo + lane);
            }
        }
    }

    /** What an output must stay below for its gradient to pass; nothing is above NaN. */
    private static float bound(float most) {
        return most == Float.POSITIVE_INFINITY ? Float.NaN : most;
    }

    private static void sums(float[] dy, int dyo, float[] x, int xo, int before, int m, float[] t, int to, float most,
            float[] gate, int go, float[] passed, int po, float[] out, int oo) {
        boolean gated = most > 0 && gate.length > 0;
        boolean keep = gated && passed.length > 0;
        float bound = bound(most);
        FloatVector mean = FloatVector.fromArray(F, t, to);
        FloatVector scale = FloatVector.fromArray(F, t, to + SCALE);
        FloatVector shift = FloatVector.fromArray(F, t, to + SHIFT);
        FloatVector zero = FloatVector.zero(F);
        FloatVector sum = before > 0 ? FloatVector.fromArray(F, out, oo) : zero;
        FloatVector product = before > 0 ? FloatVector.fromArray(F, out, oo + WIDTH) : zero;
        FloatVector s0 = zero, s1 = zero, c0 = zero, c1 = zero;
        int p = 0;
        for (; p + 1 < m; p += 2) {
            FloatVector x0 = FloatVector.fromArray(F, x, xo + p * WIDTH).sub(mean);
            FloatVector x1 = FloatVector.fromArray(F, x, xo + p * WIDTH + WIDTH).sub(mean);
            FloatVector d0 = FloatVector.fromArray(F, dy, dyo + p * WIDTH);
            FloatVector d1 = FloatVector.fromArray(F, dy, dyo + p * WIDTH + WIDTH);
            if (gated) {
                FloatVector y0 = FloatVector.fromArray(F, gate, go + p * WIDTH);
                d0 = zero.blend(d0, y0.compare(VectorOperators.GT, 0f).andNot(y0.compare(VectorOperators.GE, bound)));
                FloatVector y1 = FloatVector.fromArray(F, gate, go + p * WIDTH + WIDTH);
                d1 = zero.blend(d1, y1.compare(VectorOperators.GT, 0f).andNot(y1.compare(VectorOperators.GE, bound)));
                if (keep) {
                    d0.intoArray(passed, po + p * WIDTH);
                    d1.intoArray(passed, po + p * WIDTH + WIDTH);
                }
            } else if (most > 0) {
                FloatVector y0 = x0.fma(scale, shift);
                d0 = zero.blend(d0, y0.compare(VectorOperators.GT, 0f).andNot(y0.compare(VectorOperators.GE, bound)));
                FloatVector y1 = x1.fma(scale, shift);
                d1 = zero.blend(d1, y1.compare(VectorOperators.GT, 0f).andNot(y1.compare(VectorOperators.GE, bound)));
            }
            s0 = s0.add(d0);
            s1 = s1.add(d1);
            c0 = d0.fma(x0, c0);
            c1 = d1.fma(x1, c1);
        }
        for (; p < m; p++) {
            FloatVector x0 = FloatVector.fromArray(F, x, xo + p * WIDTH).sub(mean);
            FloatVector d0 = FloatVector.fromArray(F, dy, dyo + p * WIDTH);
            if (gated) {
                FloatVector y0 = FloatVector.fromArray(F, gate, go + p * WIDTH);
                d0 = zero.blend(d0, y0.compare(VectorOperators.GT, 0f).andNot(y0.compare(VectorOperators.GE, bound)));
                if (keep) {
                    d0.intoArray(passed, po + p * WIDTH);
                }
            } else if (most > 0) {
                FloatVector y0 = x0.fma(scale, shift);
                d0 = zero.blend(d0, y0.compare(VectorOperators.GT, 0f).andNot(y0.compare(VectorOperators.GE, bound)));
            }
            s0 = s0.add(d0);
            c0 = d0.fma(x0, c0);
        }
        sum.add(s0.add(s1)).intoArray(out, oo);
        product.add(c0.add(c1)).intoArray(out, oo + WIDTH);
    }

    /**
     * {@code dx (+)= (w·dy − constant − (x − mean)·slope)·r}, dy as in {@link #sums}.
     *
     * @param dx        gradient of the plane
     * @param dxo       its first element
     * @param dy        gradient of the output
     * @param dyo       its first element
     * @param x         the plane
     * @param xo        its first element
     * @param pixels    of the plane
     * @param t         the table
     * @param to        its first element
     * @param most      as in {@link #scale}
     * @param gate      the output, where its sign cannot be computed from x alone; an array of no elements where it can
     * @param go        its first element
     * @param add       whether dx is added to, else overwritten
     */
    public static void gradient(float[] dx, int dxo, float[] dy, int dyo, float[] x, int xo, int pixels, float[] t, int to,
            float most, float[] gate, int go, boolean add) {
        boolean gated = most > 0 && gate.length > 0;
        float bound = bound(most);
        FloatVector zero = FloatVector.zero(F);
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector mean = FloatVector.fromArray(F, t, to + lane);
            FloatVector scale = FloatVector.fromArray(F, t, to + SCALE + lane);
            FloatVector shift = FloatVector.fromArray(F, t, to + SHIFT + lane);
            FloatVector weight = FloatVector.fromArray(F, t, to + WEIGHT + lane);
            FloatVector r = FloatVector.fromArray(F, t, to + R + lane);
            FloatVector constant = FloatVector.fromArray(F, t, to + CONSTANT + lane);
            FloatVector slope = FloatVector.fromArray(F, t, to + SLOPE + lane);
            for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                FloatVector v = FloatVector.fromArray(F, x, xo + i).sub(mean);
                FloatVector d = FloatVector.fromArray(F, dy, dyo + i);
                if (gated) {
                    FloatVector y = FloatVector.fromArray(F, gate, go + i);
                    d = zero.blend(d, y.compare(VectorOperators.GT, 0f).andNot(y.compare(VectorOperators.GE, bound)));
                } else if (most > 0) {
                    FloatVector y = v.fma(scale, shift);
                    d = zero.blend(d, y.compare(VectorOperators.GT, 0f).andNot(y.compare(VectorOperators.GE, bound)));
                }
                FloatVector g = v.fma(slope, d.fma(weight, constant)).mul(r);
                (add ? g.add(FloatVector.fromArray(F, dx, dxo + i)) : g).intoArray(dx, dxo + i);
            }
        }
    }
}
