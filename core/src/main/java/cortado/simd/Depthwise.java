package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * The sum of products of depthwise convolution, where nothing is broadcast: an output channel sees its own input channel only.
 *
 * <pre>
 * y[yAt[r]] = start + Σ_t x[xAt[r] + taps[t]] · w[t·wStep]        each element a block of 16 lanes
 * </pre>
 *
 * Forward: r are pixels, t runs over the window. For the gradient of w r is the window, t runs over pixels, "w" is dy.
 *
 * <p>Strategy: nine rows in registers, as many as a 3×3 window has, and enough chains to hide the latency of fma. Rows past the
 * last repeat it.
 */
public final class Depthwise implements Product {
    private static final int ROWS = 9;

    private final int[] taps;
    private final int[] xAt;
    private final int[] yAt;

    /**
     * Distances are in floats.
     *
     * @param taps where each tap reads, relative to the row's own place in x
     * @param xAt  each row's place in x
     * @param yAt  each row's place in y
     */
    public Depthwise(int[] taps, int[] xAt, int[] yAt) {
        this.taps = taps;
        this.xAt = xAt;
        this.yAt = yAt;
    }

    @Override
    public Product transposed(int yRow, int yBlock, int wBlock) {
        return new Depthwise(xAt, taps, IntStream.range(0, taps.length).map(r -> r * yRow).toArray());
    }

    @Override
    public void run(int blocks, float[] y, int yo, int row, int end, float[] x, int xo, int from, int to, float[] w, int wo,
            int wStep, float[] b, int bo, boolean add, int ahead) {
        float[] s = add ? y : b;
        int so = add ? yo : bo;
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int r = row; r < end; r += ROWS) {
                tile9(y, yo + lane, x, xo + lane, r, end - 1, from, to, w, wo + lane, wStep, s, so + lane, add ? 1 : 0);
            }
        }
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }

    private static int at(int[] place, int row, int last) {
        return place[Math.min(row, last)];
    }

    private void tile9(float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w, int wo, int wStep,
            float[] s, int so, int sRow) {
        int x0 = xo + xAt[row], x1 = xo + at(xAt, row + 1, last), x2 = xo + at(xAt, row + 2, last);
        int x3 = xo + at(xAt, row + 3, last), x4 = xo + at(xAt, row + 4, last), x5 = xo + at(xAt, row + 5, last);
        int x6 = xo + at(xAt, row + 6, last), x7 = xo + at(xAt, row + 7, last), x8 = xo + at(xAt, row + 8, last);
        int y0 = yo + yAt[row], y1 = yo + at(yAt, row + 1, last), y2 = yo + at(yAt, row + 2, last);
        int y3 = yo + at(yAt, row + 3, last), y4 = yo + at(yAt, row + 4, last), y5 = yo + at(yAt, row + 5, last);
        int y6 = yo + at(yAt, row + 6, last), y7 = yo + at(yAt, row + 7, last), y8 = yo + at(yAt, row + 8, last);
        FloatVector a0 = load(s, so + sRow * (y0 - yo)), a1 = load(s, so + sRow * (y1 - yo)), a2 = load(s, so + sRow * (y2 - yo));
        FloatVector a3 = load(s, so + sRow * (y3 - yo)), a4 = load(s, so + sRow * (y4 - yo)), a5 = load(s, so + sRow * (y5 - yo));
        FloatVector a6 = load(s, so + sRow * (y6 - yo)), a7 = load(s, so + sRow * (y7 - yo)), a8 = load(s, so + sRow * (y8 - yo));
        for (int t = from, v = wo + from * wStep; t < to; t++, v += wStep) {
            int o = taps[t];
            FloatVector f = load(w, v);
            a0 = f.fma(load(x, x0 + o), a0);
            a1 = f.fma(load(x, x1 + o), a1);
            a2 = f.fma(load(x, x2 + o), a2);
            a3 = f.fma(load(x, x3 + o), a3);
            a4 = f.fma(load(x, x4 + o), a4);
            a5 = f.fma(load(x, x5 + o), a5);
            a6 = f.fma(load(x, x6 + o), a6);
            a7 = f.fma(load(x, x7 + o), a7);
            a8 = f.fma(load(x, x8 + o), a8);
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y1);
        a2.intoArray(y, y2);
        a3.intoArray(y, y3);
        a4.intoArray(y, y4);
        a5.intoArray(y, y5);
        a6.intoArray(y, y6);
        a7.intoArray(y, y7);
        a8.intoArray(y, y8);
    }
}
