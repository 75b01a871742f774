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

    /** Loops over pixels, for a tile of filters and four taps from {@code t} on. */
    interface Loops {
        void run(Dots d, float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so);
    }

    private static final Loops SIX = Lanes.load(Loops.class, "DotLoops.class", 6);
    private static final Loops FOUR = Lanes.load(Loops.class, "DotLoops.class", 4);
    private static final Loops ONE = Lanes.load(Loops.class, "DotLoops.class", 1);

    final int[] taps;
    private final int filters;
    final int rows;
    final int columns;
    final int dyFilter;
    final int dyRow;
    final int xRow;
    final int xStep;

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
                    Loops loops = tile == 6 ? SIX : tile == 4 ? FOUR : ONE;
                    if (width == 1) {
                        tile1x1(dy, dyo + lane + k * dyFilter, x, xo + lane, at, sums, so + lane);
                    } else {
                        loops.run(this, dy, dyo + lane + k * dyFilter, x, xo + lane, at, sums, so + lane);
                    }
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
