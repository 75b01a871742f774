package cortado.simd;

import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A matrix product over blocks of 16 channels whose left side is gathered: the one inner loop of convolutions and linear layers in
 * {@link cortado.tensor.Layout#CHANNELS}, of their gradients, and of Winograd's gradient of w; its other products have
 * {@link Dense}.
 *
 * <pre>
 * y[yAt[r] + j·yBlock] = start + Σ_t x[xAt[r] + taps[t]] · w[t·wStep + j·wBlock]        each element of y and w a block of 16 lanes
 * </pre>
 *
 * Forward: r are pixels, t runs over channel and window, w are weights in panels of up to four blocks. For the gradient of w the
 * roles change: r are channel and window, t runs over pixels, "w" is dy. The mirror of {@link Taps}, which broadcasts weights.
 *
 * <p>Strategies: 24 of 32 registers hold a tile of rows × blocks while t goes by, 6×4, 8×3 or 12×2 as the panel has blocks, or 16 of
 * them 16×1 ({@link TileLoops}). Where a tile's rows lie equally far apart in x, as neighbouring pixels or channels do, loops are taken that know
 * this distance; else its places are gathered. Where rows follow each other in x and y and taps are channels, as in a 1×1 convolution,
 * {@link Dense} needs no places. Rows past the last repeat it, and store the same again; only
 * a last row all alone has a loop of its own ({@link OneRow}). Java cannot ask memory for what it will need; so each tap of a tile reads
 * an element of what comes next of w, which is in cache when its turn comes. Every element is
 * one chain of fma in the order of t: the same bits whatever the tile or the vector width.
 */
public final class Tile implements Product {
    /** Fewer tiles read nothing ahead: they would leave lines out, which is worse than none. */
    private static final int FEW = 4;
    /** Blocks of a panel, at most. */
    public static final int BLOCKS = 4;

    /** What loops know as constants: how far rows lie apart in x, 0 for anywhere, and blocks in w, 0 for any distance. */
    record Distance(int row, int wBlock) {
    }

    /** Loops over taps, for a tile of rows from {@code row} on, but none after {@code last}. */
    interface Loops {
        float run(Tile t, int blocks, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w, int wo,
                int wStep, float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep);
    }

    private static final List<Distance> DISTANCES = List.of(new Distance(0, 0), new Distance(0, WIDTH), new Distance(1, 0),
            new Distance(1, WIDTH), new Distance(2, WIDTH), new Distance(WIDTH, WIDTH), new Distance(2 * WIDTH, WIDTH));
    private static final List<Loops> LOOPS = DISTANCES.stream()
            .map(d -> Lanes.load(Loops.class, "TileLoops.class", d)).toList();

    final int[] taps;
    final int[] xAt;
    final int[] yAt;
    final int yBlock;
    final int wBlock;
    /** How many rows from each on are equally far apart, which the loops {@link #near} know. */
    private final int[] even;
    private final Loops near;
    /** Whether taps are channels of blocks, {@link #tapBlock} apart, and rows follow each other in x and y, where {@link #even}. */
    private final boolean dense;
    private final int tapBlock;
    private final Loops any;
    /** What was read ahead, of no meaning: kept so that the compiler keeps reading. */
    private float seen;

    /**
     * Distances are in floats.
     *
     * @param taps   where each tap reads, relative to the row's own place in x
     * @param xAt    each row's place in x
     * @param yAt    each row's place in y
     * @param yBlock between blocks of y
     * @param wBlock between blocks of w
     */
    public Tile(int[] taps, int[] xAt, int[] yAt, int yBlock, int wBlock) {
        this.taps = taps;
        this.xAt = xAt;
        this.yAt = yAt;
        this.yBlock = yBlock;
        this.wBlock = wBlock;
        int step = xAt.length > 1 ? xAt[1] - xAt[0] : 0;
        any = loops(0, wBlock);
        near = loops(step, wBlock);
        tapBlock = taps.length > WIDTH ? taps[WIDTH] - taps[0] : 0;
        dense = step == WIDTH && wBlock == WIDTH && taps.length > 0
                && IntStream.range(0, taps.length).allMatch(t -> taps[t] == taps[0] + t / WIDTH * tapBlock + t % WIDTH);
        even = new int[xAt.length];
        for (int r = xAt.length - 1; r >= 0; r--) {
            boolean follows = r + 1 < xAt.length && xAt[r + 1] - xAt[r] == step && (!dense || yAt[r + 1] - yAt[r] == WIDTH);
            even[r] = follows ? even[r + 1] + 1 : 1;
        }
    }

    /** The loops that know most of some distances. */
    private static Loops loops(int row, int wBlock) {
        int best = Math.max(0, DISTANCES.indexOf(new Distance(0, wBlock)));
        int exact = DISTANCES.indexOf(new Distance(row, wBlock));
        return LOOPS.get(exact < 0 ? best : exact);
    }

    /**
     * {@return rows of a register tile}
     *
     * @param blocks of the panel, 1 … {@link #BLOCKS}
     */
    public static int rows(int blocks) {
        return blocks == 4 ? 6 : blocks == 3 ? 8 : blocks == 2 ? 12 : 16;
    }

    @Override
    public Product transposed(int yRow, int yBlock, int wBlock) {
        return new Tile(xAt, taps, IntStream.range(0, taps.length).map(r -> r * yRow).toArray(), yBlock, wBlock);
    }

    @Override
    public void run(int blocks, float[] y, int yo, int row, int end, float[] x, int xo, int from, int to, float[] w, int wo,
            int wStep, float[] b, int bo, boolean add, int ahead) {
        float[] s = add ? y : b;
        int so = add ? yo : bo;
        int sRow = add ? 1 : 0; // no branch inside a tile, which would be compiled anew when first taken the other way
        int sBlock = add ? yBlock : WIDTH;
        boolean close = wBlock > WIDTH || wStep == blocks * WIDTH;
        int rows = rows(blocks);
        int one = (end - row) % rows == 1 ? end - 1 : end; // a tile for a single last row would do the work of all its rows
        int tiles = Math.ceilDiv(one - row, Dense.rows(blocks));
        boolean knows = ahead >= 0 && tiles >= FEW && ahead + wStep * (to - from) <= w.length;
        int aheadStep = knows ? wStep / tiles : 0;
        int next = knows ? ahead : 0;
        float seen = 0;
        for (int r = row; r < one;) {
            int near = close ? Math.min(even[r], one - r) : 0;
            int many = near / Dense.rows(blocks) * Dense.rows(blocks);
            if (dense && many > 0 && from % WIDTH == 0) {
                seen += Dense.START.run(blocks, many, x, xo + xAt[r] + taps[from], tapBlock, to - from, w, wo + from * wStep, y,
                        yo + yAt[r], yBlock, s, so + sRow * yAt[r], sRow * WIDTH, sBlock, next, aheadStep);
                next += many / Dense.rows(blocks) * (to - from) * aheadStep;
                r += many;
                continue;
            }
            for (int lane = 0; lane < WIDTH; lane += V) {
                seen += (near >= rows ? this.near : any).run(this, blocks, y, yo + lane, x, xo, r, one - 1, from, to, w, wo + lane,
                        wStep, s, so + lane, sRow, sBlock, next, aheadStep);
            }
            next += (to - from) * aheadStep;
            r += rows;
        }
        this.seen = seen;
        if (one < end) {
            OneRow.run(blocks, y, yo + yAt[one], yBlock, x, xo + xAt[one], taps, from, to, w, wo, wStep, wBlock, s,
                    so + sRow * yAt[one], sBlock);
        }
    }
}
