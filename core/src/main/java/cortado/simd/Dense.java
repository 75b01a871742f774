package cortado.simd;

/**
 * A matrix product over blocks of 16 channels whose places follow from numbers: a 1×1 convolution, and the 36 products of
 * {@link Winograd}.
 *
 * <pre>
 * m[k, row] = s[k, row] + Σ_c v[c, row] · u[c, k]        c and k in blocks of 16 lanes
 * </pre>
 *
 * <p>What {@link Tile} does for any places. Nothing is looked up, which counts where few channels make a short loop: for 16 channels
 * the tables took half of the time, for 32 a quarter. The same chains of fma.
 */
public interface Dense {
    /** What the count of rows of a product that begins with 0 is rounded up to in v and m: rows of every register tile. */
    int ROWS = 24;

    /** Sums begin with 0. */
    Dense ZERO = Lanes.load(Dense.class, "DenseLoops.class", true);
    /** Sums begin with what s holds. */
    Dense START = Lanes.load(Dense.class, "DenseLoops.class", false);

    /**
     * {@return rows of a register tile}
     *
     * @param blocks of outputs, 1 … 4
     */
    static int rows(int blocks) {
        return blocks == 4 ? 6 : blocks == 3 ? 8 : 12;
    }

    /**
     * The product of some rows. Up to a multiple of a register tile's rows what lies behind is read and written too.
     *
     * @param blocks of outputs, 1 … 4
     * @param count  rows, at least 1
     * @param v      inputs: blocks of channels, {@code vBlock} floats apart, of rows of 16 lanes
     * @param vo     the first
     * @param vBlock floats from block to block
     * @param c      channels
     * @param u      weights: for each channel {@code blocks} blocks
     * @param uo     the first
     * @param m      receives blocks of outputs, {@code mBlock} floats apart, of rows of 16 lanes
     * @param mo     the first
     * @param mBlock floats from block to block
     * @param s      what sums begin with, may be m; not read by {@link #ZERO}
     * @param so     the first
     * @param sRow   floats from row to row, 0 where all begin with the same
     * @param sBlock floats from block to block
     * @param ahead  what is read next of u, by {@link #START} only; 0 if not known
     * @param aheadStep floats of it for each channel of a register tile; 0 if not known
     * @return some number: whoever keeps it keeps the compiler from leaving reading ahead out
     */
    float run(int blocks, int count, float[] v, int vo, int vBlock, int c, float[] u, int uo, float[] m, int mo, int mBlock,
            float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep);
}
