package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * The weight gradient of a convolution over a block of 16 lanes: every weight is a dot product of dy with a shifted x.
 *
 * <pre>
 * dw[k, t] = Σ_pq Σ_lanes dy[k, p, q] · x[p·xRow + q·xStep + taps[t]]
 * </pre>
 *
 * <p>Strategies: a tile of filters × taps is held in registers while the pixels go by, so that a load of x serves all filters
 * and one of dy all taps: 6×4, 4×4 and 1×4, and 1×1 where there are fewer than four taps. The last tile of taps is moved back
 * to fit. The lanes are added at the end.
 *
 * <p>Every weight is, per lane, pixels in order by fma, and then the fixed tree over lanes: the same bits whatever the tile or
 * vector width.
 */
public final class Dots {
    /** Floats of room that {@link #run} needs. */
    public static final int SUMS = 24 * WIDTH;

    private final int[] taps;
    private final int filters;
    private final int rows;
    private final int columns;
    private final int dyFilter;
    private final int dyRow;
    private final int xRow;
    private final int xStep;

    /**
     * Distances are in floats.
     *
     * @param taps    where each tap reads, relative to the output's own place in x
     * @param filters K
     * @param rows    P
     * @param columns Q
     * @param dy      distances between filters and rows of dy; columns lie side by side
     * @param x       distances that rows and columns of dy mean in x
     */
    public Dots(int[] taps, int filters, int rows, int columns, int[] dy, int[] x) {
        this.taps = taps;
        this.filters = filters;
        this.rows = rows;
        this.columns = columns;
        this.dyFilter = dy[0];
        this.dyRow = dy[1];
        this.xRow = x[0];
        this.xStep = x[1];
    }

    /**
     * Sets dw, filters by taps, to the sums (or adds them) over one block of images.
     *
     * @param dw   weights' gradient
     * @param dwo  its first element
     * @param add  whether dw keeps what it holds; only where taps come in fours
     * @param dy   output gradient
     * @param dyo  its first element
     * @param x    input memory
     * @param xo   the element that taps are relative to
     * @param sums room for {@link #SUMS} floats
     * @param so   where it begins
     */
    public void run(float[] dw, int dwo, boolean add, float[] dy, int dyo, float[] x, int xo, float[] sums, int so) {
        int width = taps.length < 4 ? 1 : 4;
        int sixes = width == 1 ? 0 : Taps.sixes(filters);
        for (int k = 0; k < filters;) {
            int tile = width == 1 ? 1 : sixes-- > 0 ? 6 : filters - k >= 4 ? 4 : 1;
            for (int t = 0; t < taps.length; t += width) {
                int at = Math.min(t, taps.length - width);
                for (int lane = 0; lane < WIDTH; lane += V) {
                    tile(tile * width, dy, dyo + lane + k * dyFilter, x, xo + lane, at, sums, so + lane);
                }
                for (int i = 0, from = so; i < tile; i++) {
                    int to = dwo + (k + i) * taps.length + at;
                    for (int j = 0; j < width; j++, from += WIDTH) {
                        dw[to + j] = add ? dw[to + j] + Lanes.sum(sums, from) : Lanes.sum(sums, from);
                    }
                }
            }
            k += tile;
        }
    }

    private void tile(int size, float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        switch (size) {
            case 24 -> tile6x4(dy, dyo, x, xo, t, sums, so);
            case 16 -> tile4x4(dy, dyo, x, xo, t, sums, so);
            case 4 -> tile1x4(dy, dyo, x, xo, t, sums, so);
            default -> tile1x1(dy, dyo, x, xo, t, sums, so);
        }
    }

    private void tile6x4(float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        int t0 = taps[t], t1 = taps[t + 1], t2 = taps[t + 2], t3 = taps[t + 3];
        FloatVector a00 = FloatVector.zero(F), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = a00, a11 = a00, a12 = a00, a13 = a00;
        FloatVector a20 = a00, a21 = a00, a22 = a00, a23 = a00;
        FloatVector a30 = a00, a31 = a00, a32 = a00, a33 = a00;
        FloatVector a40 = a00, a41 = a00, a42 = a00, a43 = a00;
        FloatVector a50 = a00, a51 = a00, a52 = a00, a53 = a00;
        for (int p = 0; p < rows; p++) {
            int d = dyo + p * dyRow;
            int o = xo + p * xRow;
            for (int q = 0; q < columns; q++, d += WIDTH, o += xStep) {
                FloatVector x0 = FloatVector.fromArray(F, x, o + t0);
                FloatVector x1 = FloatVector.fromArray(F, x, o + t1);
                FloatVector x2 = FloatVector.fromArray(F, x, o + t2);
                FloatVector x3 = FloatVector.fromArray(F, x, o + t3);
                FloatVector f = FloatVector.fromArray(F, dy, d);
                a00 = f.fma(x0, a00);
                a01 = f.fma(x1, a01);
                a02 = f.fma(x2, a02);
                a03 = f.fma(x3, a03);
                f = FloatVector.fromArray(F, dy, d + dyFilter);
                a10 = f.fma(x0, a10);
                a11 = f.fma(x1, a11);
                a12 = f.fma(x2, a12);
                a13 = f.fma(x3, a13);
                f = FloatVector.fromArray(F, dy, d + 2 * dyFilter);
                a20 = f.fma(x0, a20);
                a21 = f.fma(x1, a21);
                a22 = f.fma(x2, a22);
                a23 = f.fma(x3, a23);
                f = FloatVector.fromArray(F, dy, d + 3 * dyFilter);
                a30 = f.fma(x0, a30);
                a31 = f.fma(x1, a31);
                a32 = f.fma(x2, a32);
                a33 = f.fma(x3, a33);
                f = FloatVector.fromArray(F, dy, d + 4 * dyFilter);
                a40 = f.fma(x0, a40);
                a41 = f.fma(x1, a41);
                a42 = f.fma(x2, a42);
                a43 = f.fma(x3, a43);
                f = FloatVector.fromArray(F, dy, d + 5 * dyFilter);
                a50 = f.fma(x0, a50);
                a51 = f.fma(x1, a51);
                a52 = f.fma(x2, a52);
                a53 = f.fma(x3, a53);
            }
        }
        a00.intoArray(sums, so);
        a01.intoArray(sums, so + WIDTH);
        a02.intoArray(sums, so + 2 * WIDTH);
        a03.intoArray(sums, so + 3 * WIDTH);
        a10.intoArray(sums, so + 4 * WIDTH);
        a11.intoArray(sums, so + 5 * WIDTH);
        a12.intoArray(sums, so + 6 * WIDTH);
        a13.intoArray(sums, so + 7 * WIDTH);
        a20.intoArray(sums, so + 8 * WIDTH);
        a21.intoArray(sums, so + 9 * WIDTH);
        a22.intoArray(sums, so + 10 * WIDTH);
        a23.intoArray(sums, so + 11 * WIDTH);
        a30.intoArray(sums, so + 12 * WIDTH);
        a31.intoArray(sums, so + 13 * WIDTH);
        a32.intoArray(sums, so + 14 * WIDTH);
        a33.intoArray(sums, so + 15 * WIDTH);
        a40.intoArray(sums, so + 16 * WIDTH);
        a41.intoArray(sums, so + 17 * WIDTH);
        a42.intoArray(sums, so + 18 * WIDTH);
        a43.intoArray(sums, so + 19 * WIDTH);
        a50.intoArray(sums, so + 20 * WIDTH);
        a51.intoArray(sums, so + 21 * WIDTH);
        a52.intoArray(sums, so + 22 * WIDTH);
        a53.intoArray(sums, so + 23 * WIDTH);
    }

    private void tile4x4(float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        int t0 = taps[t], t1 = taps[t + 1], t2 = taps[t + 2], t3 = taps[t + 3];
        FloatVector a00 = FloatVector.zero(F), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = a00, a11 = a00, a12 = a00, a13 = a00;
        FloatVector a20 = a00, a21 = a00, a22 = a00, a23 = a00;
        FloatVector a30 = a00, a31 = a00, a32 = a00, a33 = a00;
        for (int p = 0; p < rows; p++) {
            int d = dyo + p * dyRow;
            int o = xo + p * xRow;
            for (int q = 0; q < columns; q++, d += WIDTH, o += xStep) {
                FloatVector x0 = FloatVector.fromArray(F, x, o + t0);
                FloatVector x1 = FloatVector.fromArray(F, x, o + t1);
                FloatVector x2 = FloatVector.fromArray(F, x, o + t2);
                FloatVector x3 = FloatVector.fromArray(F, x, o + t3);
                FloatVector f = FloatVector.fromArray(F, dy, d);
                a00 = f.fma(x0, a00);
                a01 = f.fma(x1, a01);
                a02 = f.fma(x2, a02);
                a03 = f.fma(x3, a03);
                f = FloatVector.fromArray(F, dy, d + dyFilter);
                a10 = f.fma(x0, a10);
                a11 = f.fma(x1, a11);
                a12 = f.fma(x2, a12);
                a13 = f.fma(x3, a13);
                f = FloatVector.fromArray(F, dy, d + 2 * dyFilter);
                a20 = f.fma(x0, a20);
                a21 = f.fma(x1, a21);
                a22 = f.fma(x2, a22);
                a23 = f.fma(x3, a23);
                f = FloatVector.fromArray(F, dy, d + 3 * dyFilter);
                a30 = f.fma(x0, a30);
                a31 = f.fma(x1, a31);
                a32 = f.fma(x2, a32);
                a33 = f.fma(x3, a33);
            }
        }
        a00.intoArray(sums, so);
        a01.intoArray(sums, so + WIDTH);
        a02.intoArray(sums, so + 2 * WIDTH);
        a03.intoArray(sums, so + 3 * WIDTH);
        a10.intoArray(sums, so + 4 * WIDTH);
        a11.intoArray(sums, so + 5 * WIDTH);
        a12.intoArray(sums, so + 6 * WIDTH);
        a13.intoArray(sums, so + 7 * WIDTH);
        a20.intoArray(sums, so + 8 * WIDTH);
        a21.intoArray(sums, so + 9 * WIDTH);
        a22.intoArray(sums, so + 10 * WIDTH);
        a23.intoArray(sums, so + 11 * WIDTH);
        a30.intoArray(sums, so + 12 * WIDTH);
        a31.intoArray(sums, so + 13 * WIDTH);
        a32.intoArray(sums, so + 14 * WIDTH);
        a33.intoArray(sums, so + 15 * WIDTH);
    }

    private void tile1x4(float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        int t0 = taps[t], t1 = taps[t + 1], t2 = taps[t + 2], t3 = taps[t + 3];
        FloatVector a00 = FloatVector.zero(F), a01 = a00, a02 = a00, a03 = a00;
        for (int p = 0; p < rows; p++) {
            int d = dyo + p * dyRow;
            int o = xo + p * xRow;
            for (int q = 0; q < columns; q++, d += WIDTH, o += xStep) {
                FloatVector x0 = FloatVector.fromArray(F, x, o + t0);
                FloatVector x1 = FloatVector.fromArray(F, x, o + t1);
                FloatVector x2 = FloatVector.fromArray(F, x, o + t2);
                FloatVector x3 = FloatVector.fromArray(F, x, o + t3);
                FloatVector f = FloatVector.fromArray(F, dy, d);
                a00 = f.fma(x0, a00);
                a01 = f.fma(x1, a01);
                a02 = f.fma(x2, a02);
                a03 = f.fma(x3, a03);
            }
        }
        a00.intoArray(sums, so);
        a01.intoArray(sums, so + WIDTH);
        a02.intoArray(sums, so + 2 * WIDTH);
        a03.intoArray(sums, so + 3 * WIDTH);
    }

    private void tile1x1(float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        int t0 = taps[t];
        FloatVector a00 = FloatVector.zero(F);
        for (int p = 0; p < rows; p++) {
            int d = dyo + p * dyRow;
            int o = xo + p * xRow;
            for (int q = 0; q < columns; q++, d += WIDTH, o += xStep) {
                FloatVector x0 = FloatVector.fromArray(F, x, o + t0);
                FloatVector f = FloatVector.fromArray(F, dy, d);
                a00 = f.fma(x0, a00);
            }
        }
        a00.intoArray(sums, so);
    }
}
