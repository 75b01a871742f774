package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * Correlation over a block of 16 lanes: the one inner loop of convolution forward, of its input gradient, and of linear layers.
 *
 * <pre>
 * y[k, p, q] = b[k] + Σ_t w[k, t] · x[p·xRow + q·xStep + taps[t]]        each element a block of 16 lanes
 * </pre>
 *
 * <p>Strategies: a tile of filters × neighbouring pixels is held in registers while the taps go by, so that a load of x serves
 * all filters and a broadcast weight serves all pixels. 6×4 fills 24 of 32 registers; 4×4 takes the filters that 6 leaves; 1×4
 * the rest; 8×1 and 1×1 serve rows of fewer than four pixels, such as linear layers. A row's last tile of pixels is moved back
 * to fit, and computes a few outputs twice. Nothing is packed: lanes already lie as the registers want them.
 *
 * <p>Every output is bias, then taps in order, each by one fma: the same bits whatever the tile or vector width.
 */
public final class Taps {
    private final int[] taps;
    private final int filters;
    private final int rows;
    private final int columns;
    private final int yFilter;
    private final int yRow;
    private final int yStep;
    private final int xRow;
    private final int xStep;
    private final int wFilter;
    private final int wTap;
    private final int sixes;
    private final int[] from;
    private final int[] to;

    /**
     * All taps for every row.
     *
     * @param taps    where each tap reads, relative to the output's own place in x
     * @param filters K
     * @param rows    P
     * @param columns Q
     * @param y       distances between filters, rows and columns of y
     * @param x       distances that rows and columns of y mean in x
     * @param w       distances between filters and taps of w
     */
    public Taps(int[] taps, int filters, int rows, int columns, int[] y, int[] x, int[] w) {
        this(taps, filters, rows, columns, y, x, w, new int[rows], IntStream.range(0, rows).map(p -> taps.length).toArray());
    }

    /**
     * Distances are in floats.
     *
     * @param taps    where each tap reads, relative to the output's own place in x
     * @param filters K
     * @param rows    P
     * @param columns Q
     * @param y       distances between filters, rows and columns of y
     * @param x       distances that rows and columns of y mean in x
     * @param w       distances between filters and taps of w
     * @param from    for each row, the first tap that meets the input
     * @param to      for each row, one past the last
     */
    public Taps(int[] taps, int filters, int rows, int columns, int[] y, int[] x, int[] w, int[] from, int[] to) {
        this.taps = taps;
        this.from = from;
        this.to = to;
        this.filters = filters;
        this.rows = rows;
        this.columns = columns;
        this.yFilter = y[0];
        this.yRow = y[1];
        this.yStep = y[2];
        this.xRow = x[0];
        this.xStep = x[1];
        this.wFilter = w[0];
        this.wTap = w[1];
        this.sixes = columns >= 4 ? sixes(filters) : 0;
    }

    /**
     * Computes all outputs of one block of images.
     *
     * @param y   output memory
     * @param yo  its first element
     * @param x   input memory
     * @param xo  the element that taps are relative to
     * @param w   weights
     * @param wo  the first weight
     * @param b   biases; empty for none
     * @param bo  the first bias
     */
    public void run(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo) {
        int width = columns < 4 ? 1 : 4;
        for (int lane = 0; lane < WIDTH; lane += V) {
            int k = 0;
            int sixes = this.sixes;
            while (k < filters) {
                int tile = width == 1 ? filters - k >= 8 ? 8 : 1 : sixes-- > 0 ? 6 : filters - k >= 4 ? 4 : 1;
                for (int p = 0; p < rows; p++) {
                    for (int q = 0; q < columns; q += width) {
                        int at = Math.min(q, columns - width);
                        tile(tile * width, y, yo + lane + k * yFilter + p * yRow + at * yStep, x, xo + lane + p * xRow + at * xStep,
                                w, wo + k * wFilter, b, bo + k, p);
                    }
                }
                k += tile;
            }
        }
    }

    /** As many tiles of six filters as leave a multiple of four, or else fewer than four. */
    static int sixes(int filters) {
        int most = filters / 6;
        return most > 0 && (filters - 6 * most) % 4 != 0 && (filters - 6 * (most - 1)) % 4 == 0 ? most - 1 : most;
    }

    private void tile(int size, float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        switch (size) {
            case 24 -> tile6x4(y, yo, x, xo, w, wo, b, bo, p);
            case 16 -> tile4x4(y, yo, x, xo, w, wo, b, bo, p);
            case 8 -> tile8x1(y, yo, x, xo, w, wo, b, bo, p);
            case 4 -> tile1x4(y, yo, x, xo, w, wo, b, bo, p);
            default -> tile1x1(y, yo, x, xo, w, wo, b, bo, p);
        }
    }

    private static FloatVector start(float[] b, int bo) {
        return b.length == 0 ? FloatVector.zero(F) : FloatVector.broadcast(F, b[bo]);
    }

    private void tile6x4(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        FloatVector a00 = start(b, bo), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = start(b, bo + 1), a11 = a10, a12 = a10, a13 = a10;
        FloatVector a20 = start(b, bo + 2), a21 = a20, a22 = a20, a23 = a20;
        FloatVector a30 = start(b, bo + 3), a31 = a30, a32 = a30, a33 = a30;
        FloatVector a40 = start(b, bo + 4), a41 = a40, a42 = a40, a43 = a40;
        FloatVector a50 = start(b, bo + 5), a51 = a50, a52 = a50, a53 = a50;
        int end = to[p];
        wo += from[p] * wTap;
        for (int t = from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            FloatVector x1 = FloatVector.fromArray(F, x, o + xStep);
            FloatVector x2 = FloatVector.fromArray(F, x, o + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(F, x, o + 3 * xStep);
            FloatVector f = FloatVector.broadcast(F, w[wo]);
            a00 = f.fma(x0, a00);
            a01 = f.fma(x1, a01);
            a02 = f.fma(x2, a02);
            a03 = f.fma(x3, a03);
            f = FloatVector.broadcast(F, w[wo + wFilter]);
            a10 = f.fma(x0, a10);
            a11 = f.fma(x1, a11);
            a12 = f.fma(x2, a12);
            a13 = f.fma(x3, a13);
            f = FloatVector.broadcast(F, w[wo + 2 * wFilter]);
            a20 = f.fma(x0, a20);
            a21 = f.fma(x1, a21);
            a22 = f.fma(x2, a22);
            a23 = f.fma(x3, a23);
            f = FloatVector.broadcast(F, w[wo + 3 * wFilter]);
            a30 = f.fma(x0, a30);
            a31 = f.fma(x1, a31);
            a32 = f.fma(x2, a32);
            a33 = f.fma(x3, a33);
            f = FloatVector.broadcast(F, w[wo + 4 * wFilter]);
            a40 = f.fma(x0, a40);
            a41 = f.fma(x1, a41);
            a42 = f.fma(x2, a42);
            a43 = f.fma(x3, a43);
            f = FloatVector.broadcast(F, w[wo + 5 * wFilter]);
            a50 = f.fma(x0, a50);
            a51 = f.fma(x1, a51);
            a52 = f.fma(x2, a52);
            a53 = f.fma(x3, a53);
        }
        a00.intoArray(y, yo);
        a01.intoArray(y, yo + yStep);
        a02.intoArray(y, yo + 2 * yStep);
        a03.intoArray(y, yo + 3 * yStep);
        a10.intoArray(y, yo + yFilter);
        a11.intoArray(y, yo + yFilter + yStep);
        a12.intoArray(y, yo + yFilter + 2 * yStep);
        a13.intoArray(y, yo + yFilter + 3 * yStep);
        a20.intoArray(y, yo + 2 * yFilter);
        a21.intoArray(y, yo + 2 * yFilter + yStep);
        a22.intoArray(y, yo + 2 * yFilter + 2 * yStep);
        a23.intoArray(y, yo + 2 * yFilter + 3 * yStep);
        a30.intoArray(y, yo + 3 * yFilter);
        a31.intoArray(y, yo + 3 * yFilter + yStep);
        a32.intoArray(y, yo + 3 * yFilter + 2 * yStep);
        a33.intoArray(y, yo + 3 * yFilter + 3 * yStep);
        a40.intoArray(y, yo + 4 * yFilter);
        a41.intoArray(y, yo + 4 * yFilter + yStep);
        a42.intoArray(y, yo + 4 * yFilter + 2 * yStep);
        a43.intoArray(y, yo + 4 * yFilter + 3 * yStep);
        a50.intoArray(y, yo + 5 * yFilter);
        a51.intoArray(y, yo + 5 * yFilter + yStep);
        a52.intoArray(y, yo + 5 * yFilter + 2 * yStep);
        a53.intoArray(y, yo + 5 * yFilter + 3 * yStep);
    }

    private void tile4x4(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        FloatVector a00 = start(b, bo), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = start(b, bo + 1), a11 = a10, a12 = a10, a13 = a10;
        FloatVector a20 = start(b, bo + 2), a21 = a20, a22 = a20, a23 = a20;
        FloatVector a30 = start(b, bo + 3), a31 = a30, a32 = a30, a33 = a30;
        int end = to[p];
        wo += from[p] * wTap;
        for (int t = from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            FloatVector x1 = FloatVector.fromArray(F, x, o + xStep);
            FloatVector x2 = FloatVector.fromArray(F, x, o + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(F, x, o + 3 * xStep);
            FloatVector f = FloatVector.broadcast(F, w[wo]);
            a00 = f.fma(x0, a00);
            a01 = f.fma(x1, a01);
            a02 = f.fma(x2, a02);
            a03 = f.fma(x3, a03);
            f = FloatVector.broadcast(F, w[wo + wFilter]);
            a10 = f.fma(x0, a10);
            a11 = f.fma(x1, a11);
            a12 = f.fma(x2, a12);
            a13 = f.fma(x3, a13);
            f = FloatVector.broadcast(F, w[wo + 2 * wFilter]);
            a20 = f.fma(x0, a20);
            a21 = f.fma(x1, a21);
            a22 = f.fma(x2, a22);
            a23 = f.fma(x3, a23);
            f = FloatVector.broadcast(F, w[wo + 3 * wFilter]);
            a30 = f.fma(x0, a30);
            a31 = f.fma(x1, a31);
            a32 = f.fma(x2, a32);
            a33 = f.fma(x3, a33);
        }
        a00.intoArray(y, yo);
        a01.intoArray(y, yo + yStep);
        a02.intoArray(y, yo + 2 * yStep);
        a03.intoArray(y, yo + 3 * yStep);
        a10.intoArray(y, yo + yFilter);
        a11.intoArray(y, yo + yFilter + yStep);
        a12.intoArray(y, yo + yFilter + 2 * yStep);
        a13.intoArray(y, yo + yFilter + 3 * yStep);
        a20.intoArray(y, yo + 2 * yFilter);
        a21.intoArray(y, yo + 2 * yFilter + yStep);
        a22.intoArray(y, yo + 2 * yFilter + 2 * yStep);
        a23.intoArray(y, yo + 2 * yFilter + 3 * yStep);
        a30.intoArray(y, yo + 3 * yFilter);
        a31.intoArray(y, yo + 3 * yFilter + yStep);
        a32.intoArray(y, yo + 3 * yFilter + 2 * yStep);
        a33.intoArray(y, yo + 3 * yFilter + 3 * yStep);
    }

    private void tile1x4(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        FloatVector a00 = start(b, bo), a01 = a00, a02 = a00, a03 = a00;
        int end = to[p];
        wo += from[p] * wTap;
        for (int t = from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            FloatVector x1 = FloatVector.fromArray(F, x, o + xStep);
            FloatVector x2 = FloatVector.fromArray(F, x, o + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(F, x, o + 3 * xStep);
            FloatVector f = FloatVector.broadcast(F, w[wo]);
            a00 = f.fma(x0, a00);
            a01 = f.fma(x1, a01);
            a02 = f.fma(x2, a02);
            a03 = f.fma(x3, a03);
        }
        a00.intoArray(y, yo);
        a01.intoArray(y, yo + yStep);
        a02.intoArray(y, yo + 2 * yStep);
        a03.intoArray(y, yo + 3 * yStep);
    }

    private void tile8x1(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        FloatVector a0 = start(b, bo);
        FloatVector a1 = start(b, bo + 1);
        FloatVector a2 = start(b, bo + 2);
        FloatVector a3 = start(b, bo + 3);
        FloatVector a4 = start(b, bo + 4);
        FloatVector a5 = start(b, bo + 5);
        FloatVector a6 = start(b, bo + 6);
        FloatVector a7 = start(b, bo + 7);
        int end = to[p];
        wo += from[p] * wTap;
        for (int t = from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            a0 = FloatVector.broadcast(F, w[wo]).fma(x0, a0);
            a1 = FloatVector.broadcast(F, w[wo + wFilter]).fma(x0, a1);
            a2 = FloatVector.broadcast(F, w[wo + 2 * wFilter]).fma(x0, a2);
            a3 = FloatVector.broadcast(F, w[wo + 3 * wFilter]).fma(x0, a3);
            a4 = FloatVector.broadcast(F, w[wo + 4 * wFilter]).fma(x0, a4);
            a5 = FloatVector.broadcast(F, w[wo + 5 * wFilter]).fma(x0, a5);
            a6 = FloatVector.broadcast(F, w[wo + 6 * wFilter]).fma(x0, a6);
            a7 = FloatVector.broadcast(F, w[wo + 7 * wFilter]).fma(x0, a7);
        }
        a0.intoArray(y, yo);
        a1.intoArray(y, yo + yFilter);
        a2.intoArray(y, yo + 2 * yFilter);
        a3.intoArray(y, yo + 3 * yFilter);
        a4.intoArray(y, yo + 4 * yFilter);
        a5.intoArray(y, yo + 5 * yFilter);
        a6.intoArray(y, yo + 6 * yFilter);
        a7.intoArray(y, yo + 7 * yFilter);
    }

    private void tile1x1(float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        FloatVector a0 = start(b, bo);
        int end = to[p];
        wo += from[p] * wTap;
        for (int t = from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            a0 = FloatVector.broadcast(F, w[wo]).fma(x0, a0);
        }
        a0.intoArray(y, yo);
    }
}
