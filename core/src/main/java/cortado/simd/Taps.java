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
    /** All outputs of some filters, in tiles of four pixels. */
    interface Loops {
        void run(Taps t, float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo);
    }

    private static final Loops SIX = Lanes.load(Loops.class, "TapLoops.class", 6);
    private static final Loops FOUR = Lanes.load(Loops.class, "TapLoops.class", 4);
    private static final Loops ONE = Lanes.load(Loops.class, "TapLoops.class", 1);

    final int[] taps;
    private final int filters;
    final int rows;
    final int columns;
    final int yFilter;
    final int yRow;
    final int yStep;
    final int xRow;
    final int xStep;
    final int wFilter;
    final int wTap;
    private final int sixes;
    final int[] from;
    final int[] to;

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
        for (int lane = 0; lane < WIDTH; lane += V) {
            int sixes = this.sixes;
            int tile;
            for (int k = 0; k < filters; k += tile) {
                int first = yo + lane + k * yFilter;
                if (columns < 4) {
                    tile = filters - k >= 8 ? 8 : 1;
                    for (int p = 0; p < rows; p++) {
                        for (int q = 0; q < columns; q++) {
                            pixel(tile, y, first + p * yRow + q * yStep, x, xo + lane + p * xRow + q * xStep, w, wo + k * wFilter, b,
                                    bo + k, p);
                        }
                    }
                } else {
                    tile = sixes-- > 0 ? 6 : filters - k >= 4 ? 4 : 1;
                    (tile == 6 ? SIX : tile == 4 ? FOUR : ONE).run(this, y, first, x, xo + lane, w, wo + k * wFilter, b, bo + k);
                }
            }
        }
    }

    /** As many tiles of six filters as leave a multiple of four, or else fewer than four. */
    static int sixes(int filters) {
        int most = filters / 6;
        return most > 0 && (filters - 6 * most) % 4 != 0 && (filters - 6 * (most - 1)) % 4 == 0 ? most - 1 : most;
    }

    private void pixel(int filters, float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        if (filters == 8) {
            tile8x1(y, yo, x, xo, w, wo, b, bo, p);
        } else {
            tile1x1(y, yo, x, xo, w, wo, b, bo, p);
        }
    }

    static FloatVector start(float[] b, int bo) {
        return b.length == 0 ? FloatVector.zero(F) : FloatVector.broadcast(F, b[bo]);
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
