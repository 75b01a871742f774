package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * One row of a depthwise convolution with a window of three columns, on images as they lie, without a border.
 *
 * <pre>
 * y[q]  = start + Σ_r Σ_s x[r, q·stride − left + s] · w[r, s]        each element a block of 16 lanes
 * dw[r, s] += Σ_q x[r, q·stride − left + s] · dy[q]
 * </pre>
 *
 * Strategies: with stride 1 or 2 eight neighbours go by together, so that a block of x is loaded once a row and not three times; the
 * rest of a row, and other strides, by six, of which those past the last repeat it. Pixels whose window leaves the image go one by one.
 *
 * @param stride floats of x are {@code stride·16} from one output to the next
 * @param left   columns of zeros before x
 * @param w      columns of x
 * @param q      columns of y
 */
public record DepthwiseRow(int stride, int left, int w, int q) {
    /** Columns of the window. */
    public static final int S = 3;

    /** The first output whose window lies inside. */
    private int from() {
        return Math.min(q, Math.ceilDiv(left, stride));
    }

    /** One past the last such output. */
    private int to() {
        return Math.clamp(Math.floorDiv(w - S + left, stride) + 1, from(), q);
    }

    /**
     * Forward.
     *
     * @param y     a row of the output
     * @param yo    its first element
     * @param start what the outputs begin with: y itself, or 16 biases
     * @param so    its first element
     * @param sStep 16 for y, 0 for biases
     * @param x     rows of the input
     * @param xo    the first element of the first that the window meets
     * @param xRow  floats from row to row
     * @param rows  how many the window meets
     * @param f     filter, {@code rows × 3} blocks
     * @param fo    its first element
     */
    public void forward(float[] y, int yo, float[] start, int so, int sStep, float[] x, int xo, int xRow, int rows, float[] f,
            int fo) {
        int from = from();
        int to = to();
        int at = xo - left * WIDTH;
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int i = 0; i < from; i++) {
                edge(y, yo + lane, start, so + lane, sStep, x, xo + lane, xRow, rows, f, fo + lane, i);
            }
            for (int i = to; i < q; i++) {
                edge(y, yo + lane, start, so + lane, sStep, x, xo + lane, xRow, rows, f, fo + lane, i);
            }
            int i = from;
            for (; stride == 1 && i + 8 <= to; i += 8) {
                eight(y, yo + lane + i * WIDTH, start, so + lane + i * sStep, sStep, x, at + lane + i * WIDTH, xRow, rows, f,
                        fo + lane);
            }
            for (; stride == 2 && i + 8 <= to; i += 8) {
                eightOfTwo(y, yo + lane + i * WIDTH, start, so + lane + i * sStep, sStep, x, at + lane + i * 2 * WIDTH, xRow, rows, f,
                        fo + lane);
            }
            for (; i < to; i += 6) {
                six(y, yo + lane, start, so + lane, sStep, x, at + lane, xRow, rows, f, fo + lane, i, to - 1, stride * WIDTH);
            }
        }
    }

    private void edge(float[] y, int yo, float[] start, int so, int sStep, float[] x, int xo, int xRow, int rows, float[] f, int fo,
            int i) {
        FloatVector a = load(start, so + i * sStep);
        int first = i * stride - left;
        int from = Math.max(0, -first);
        if (Math.min(S, w - first) - from == 2) { // as with a border of 1
            int v = fo + from * WIDTH;
            int o = xo + (first + from) * WIDTH;
            for (int r = 0; r < rows; r++, v += S * WIDTH, o += xRow) {
                a = load(f, v + WIDTH).fma(load(x, o + WIDTH), load(f, v).fma(load(x, o), a));
            }
            a.intoArray(y, yo + i * WIDTH);
            return;
        }
        for (int r = 0; r < rows; r++) {
            for (int s = from; s < Math.min(S, w - first); s++) {
                a = load(f, fo + (r * S + s) * WIDTH).fma(load(x, xo + r * xRow + (first + s) * WIDTH), a);
            }
        }
        a.intoArray(y, yo + i * WIDTH);
    }

    private static void eight(float[] y, int yo, float[] start, int so, int sStep, float[] x, int xo, int xRow, int rows, float[] f,
            int fo) {
        FloatVector a0 = load(start, so), a1 = load(start, so + sStep), a2 = load(start, so + 2 * sStep);
        FloatVector a3 = load(start, so + 3 * sStep), a4 = load(start, so + 4 * sStep), a5 = load(start, so + 5 * sStep);
        FloatVector a6 = load(start, so + 6 * sStep), a7 = load(start, so + 7 * sStep);
        for (int r = 0, o = xo, v = fo; r < rows; r++, o += xRow, v += S * WIDTH) {
            FloatVector f0 = load(f, v), f1 = load(f, v + WIDTH), f2 = load(f, v + 2 * WIDTH);
            FloatVector c0 = load(x, o), c1 = load(x, o + WIDTH), c2 = load(x, o + 2 * WIDTH), c3 = load(x, o + 3 * WIDTH);
            FloatVector c4 = load(x, o + 4 * WIDTH), c5 = load(x, o + 5 * WIDTH), c6 = load(x, o + 6 * WIDTH);
            FloatVector c7 = load(x, o + 7 * WIDTH), c8 = load(x, o + 8 * WIDTH), c9 = load(x, o + 9 * WIDTH);
            a0 = f2.fma(c2, f1.fma(c1, f0.fma(c0, a0)));
            a1 = f2.fma(c3, f1.fma(c2, f0.fma(c1, a1)));
            a2 = f2.fma(c4, f1.fma(c3, f0.fma(c2, a2)));
            a3 = f2.fma(c5, f1.fma(c4, f0.fma(c3, a3)));
            a4 = f2.fma(c6, f1.fma(c5, f0.fma(c4, a4)));
            a5 = f2.fma(c7, f1.fma(c6, f0.fma(c5, a5)));
            a6 = f2.fma(c8, f1.fma(c7, f0.fma(c6, a6)));
            a7 = f2.fma(c9, f1.fma(c8, f0.fma(c7, a7)));
        }
        a0.intoArray(y, yo);
        a1.intoArray(y, yo + WIDTH);
        a2.intoArray(y, yo + 2 * WIDTH);
        a3.intoArray(y, yo + 3 * WIDTH);
        a4.intoArray(y, yo + 4 * WIDTH);
        a5.intoArray(y, yo + 5 * WIDTH);
        a6.intoArray(y, yo + 6 * WIDTH);
        a7.intoArray(y, yo + 7 * WIDTH);
    }

    /** With stride 2: what distances are is known, so few of them are checked, and more loads are on their way to memory at once. */
    private static void eightOfTwo(float[] y, int yo, float[] start, int so, int sStep, float[] x, int xo, int xRow, int rows,
            float[] f, int fo) {
        FloatVector a0 = load(start, so), a1 = load(start, so + sStep), a2 = load(start, so + 2 * sStep);
        FloatVector a3 = load(start, so + 3 * sStep), a4 = load(start, so + 4 * sStep), a5 = load(start, so + 5 * sStep);
        FloatVector a6 = load(start, so + 6 * sStep), a7 = load(start, so + 7 * sStep);
        for (int r = 0, o = xo, v = fo; r < rows; r++, o += xRow, v += S * WIDTH) {
            FloatVector f0 = load(f, v), f1 = load(f, v + WIDTH), f2 = load(f, v + 2 * WIDTH);
            FloatVector c2 = load(x, o + 2 * WIDTH), c4 = load(x, o + 4 * WIDTH), c6 = load(x, o + 6 * WIDTH);
            FloatVector c8 = load(x, o + 8 * WIDTH), c10 = load(x, o + 10 * WIDTH), c12 = load(x, o + 12 * WIDTH);
            FloatVector c14 = load(x, o + 14 * WIDTH);
            a0 = f2.fma(c2, f1.fma(load(x, o + WIDTH), f0.fma(load(x, o), a0)));
            a1 = f2.fma(c4, f1.fma(load(x, o + 3 * WIDTH), f0.fma(c2, a1)));
            a2 = f2.fma(c6, f1.fma(load(x, o + 5 * WIDTH), f0.fma(c4, a2)));
            a3 = f2.fma(c8, f1.fma(load(x, o + 7 * WIDTH), f0.fma(c6, a3)));
            a4 = f2.fma(c10, f1.fma(load(x, o + 9 * WIDTH), f0.fma(c8, a4)));
            a5 = f2.fma(c12, f1.fma(load(x, o + 11 * WIDTH), f0.fma(c10, a5)));
            a6 = f2.fma(c14, f1.fma(load(x, o + 13 * WIDTH), f0.fma(c12, a6)));
            a7 = f2.fma(load(x, o + 16 * WIDTH), f1.fma(load(x, o + 15 * WIDTH), f0.fma(c14, a7)));
        }
        a0.intoArray(y, yo);
        a1.intoArray(y, yo + WIDTH);
        a2.intoArray(y, yo + 2 * WIDTH);
        a3.intoArray(y, yo + 3 * WIDTH);
        a4.intoArray(y, yo + 4 * WIDTH);
        a5.intoArray(y, yo + 5 * WIDTH);
        a6.intoArray(y, yo + 6 * WIDTH);
        a7.intoArray(y, yo + 7 * WIDTH);
    }

    private static void six(float[] y, int yo, float[] start, int so, int sStep, float[] x, int xo, int xRow, int rows, float[] f,
            int fo, int i, int last, int step) {
        int i1 = Math.min(i + 1, last), i2 = Math.min(i + 2, last), i3 = Math.min(i + 3, last);
        int i4 = Math.min(i + 4, last), i5 = Math.min(i + 5, last);
        FloatVector a0 = load(start, so + i * sStep), a1 = load(start, so + i1 * sStep), a2 = load(start, so + i2 * sStep);
        FloatVector a3 = load(start, so + i3 * sStep), a4 = load(start, so + i4 * sStep), a5 = load(start, so + i5 * sStep);
        int x0 = xo + i * step, x1 = xo + i1 * step, x2 = xo + i2 * step;
        int x3 = xo + i3 * step, x4 = xo + i4 * step, x5 = xo + i5 * step;
        for (int r = 0, o = 0, v = fo; r < rows; r++, o += xRow, v += S * WIDTH) {
            FloatVector f0 = load(f, v), f1 = load(f, v + WIDTH), f2 = load(f, v + 2 * WIDTH);
            a0 = three(f0, f1, f2, x, x0 + o, a0);
            a1 = three(f0, f1, f2, x, x1 + o, a1);
            a2 = three(f0, f1, f2, x, x2 + o, a2);
            a3 = three(f0, f1, f2, x, x3 + o, a3);
            a4 = three(f0, f1, f2, x, x4 + o, a4);
            a5 = three(f0, f1, f2, x, x5 + o, a5);
        }
        a0.intoArray(y, yo + i * WIDTH);
        a1.intoArray(y, yo + i1 * WIDTH);
        a2.intoArray(y, yo + i2 * WIDTH);
        a3.intoArray(y, yo + i3 * WIDTH);
        a4.intoArray(y, yo + i4 * WIDTH);
        a5.intoArray(y, yo + i5 * WIDTH);
    }

    private static FloatVector three(FloatVector f0, FloatVector f1, FloatVector f2, float[] x, int o, FloatVector a) {
        return f2.fma(load(x, o + 2 * WIDTH), f1.fma(load(x, o + WIDTH), f0.fma(load(x, o), a)));
    }

    /**
     * Adds one row's part to the gradient of w.
     *
     * @param dw   {@code rows × 3} blocks
     * @param dwo  the first element
     * @param dy   a row of the output's gradient
     * @param dyo  its first element
     * @param x    as in forward
     * @param xo   as in forward
     * @param xRow as in forward
     * @param rows as in forward
     */
    public void gradient(float[] dw, int dwo, float[] dy, int dyo, float[] x, int xo, int xRow, int rows) {
        int from = from();
        int to = to();
        for (int lane = 0; lane < WIDTH; lane += V) {
            int done = from;
            if (rows == S && stride == 1) {
                done = to - (to - from) % 2;
                pairs(dw, dwo + lane, dy, dyo + lane, x, xo + lane - left * WIDTH, xRow, from, done);
            }
            for (int r = 0; r < rows; r++) {
                int o = xo + lane + r * xRow;
                int sums = dwo + lane + r * S * WIDTH;
                inside(dw, sums, dy, dyo + lane, x, o - left * WIDTH, done, to, stride * WIDTH);
                for (int i = 0; i < from; i++) {
                    corner(dw, sums, dy, dyo + lane, x, o, i);
                }
                for (int i = to; i < q; i++) {
                    corner(dw, sums, dy, dyo + lane, x, o, i);
                }
            }
        }
    }

    /** Whole windows with stride 1, a pair of neighbours at a time: dy is loaded once for nine taps, x once for two pixels. */
    private static void pairs(float[] dw, int dwo, float[] dy, int dyo, float[] x, int xo, int xRow, int from, int to) {
        FloatVector a0 = load(dw, dwo), a1 = load(dw, dwo + WIDTH), a2 = load(dw, dwo + 2 * WIDTH);
        FloatVector b0 = load(dw, dwo + 3 * WIDTH), b1 = load(dw, dwo + 4 * WIDTH), b2 = load(dw, dwo + 5 * WIDTH);
        FloatVector c0 = load(dw, dwo + 6 * WIDTH), c1 = load(dw, dwo + 7 * WIDTH), c2 = load(dw, dwo + 8 * WIDTH);
        for (int i = from; i < to; i += 2) {
            FloatVector d0 = load(dy, dyo + i * WIDTH), d1 = load(dy, dyo + (i + 1) * WIDTH);
            int o = xo + i * WIDTH;
            FloatVector x1 = load(x, o + WIDTH), x2 = load(x, o + 2 * WIDTH);
            a0 = d1.fma(x1, d0.fma(load(x, o), a0));
            a1 = d1.fma(x2, d0.fma(x1, a1));
            a2 = d1.fma(load(x, o + 3 * WIDTH), d0.fma(x2, a2));
            o += xRow;
            FloatVector y1 = load(x, o + WIDTH), y2 = load(x, o + 2 * WIDTH);
            b0 = d1.fma(y1, d0.fma(load(x, o), b0));
            b1 = d1.fma(y2, d0.fma(y1, b1));
            b2 = d1.fma(load(x, o + 3 * WIDTH), d0.fma(y2, b2));
            o += xRow;
            FloatVector z1 = load(x, o + WIDTH), z2 = load(x, o + 2 * WIDTH);
            c0 = d1.fma(z1, d0.fma(load(x, o), c0));
            c1 = d1.fma(z2, d0.fma(z1, c1));
            c2 = d1.fma(load(x, o + 3 * WIDTH), d0.fma(z2, c2));
        }
        a0.intoArray(dw, dwo);
        a1.intoArray(dw, dwo + WIDTH);
        a2.intoArray(dw, dwo + 2 * WIDTH);
        b0.intoArray(dw, dwo + 3 * WIDTH);
        b1.intoArray(dw, dwo + 4 * WIDTH);
        b2.intoArray(dw, dwo + 5 * WIDTH);
        c0.intoArray(dw, dwo + 6 * WIDTH);
        c1.intoArray(dw, dwo + 7 * WIDTH);
        c2.intoArray(dw, dwo + 8 * WIDTH);
    }

    private void corner(float[] dw, int dwo, float[] dy, int dyo, float[] x, int xo, int i) {
        int first = i * stride - left;
        FloatVector d = load(dy, dyo + i * WIDTH);
        for (int s = Math.max(0, -first); s < Math.min(S, w - first); s++) {
            d.fma(load(x, xo + (first + s) * WIDTH), load(dw, dwo + s * WIDTH)).intoArray(dw, dwo + s * WIDTH);
        }
    }

    private static void inside(float[] dw, int dwo, float[] dy, int dyo, float[] x, int xo, int from, int to, int step) {
        FloatVector a0 = load(dw, dwo), a1 = load(dw, dwo + WIDTH), a2 = load(dw, dwo + 2 * WIDTH);
        for (int i = from, o = xo + from * step; i < to; i++, o += step) {
            FloatVector d = load(dy, dyo + i * WIDTH);
            a0 = d.fma(load(x, o), a0);
            a1 = d.fma(load(x, o + WIDTH), a1);
            a2 = d.fma(load(x, o + 2 * WIDTH), a2);
        }
        a0.intoArray(dw, dwo);
        a1.intoArray(dw, dwo + WIDTH);
        a2.intoArray(dw, dwo + 2 * WIDTH);
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }
}
