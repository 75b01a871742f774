package cortado.simd;

/**
 * A product whose left side is gathered by two tables, rows and taps; y and w are blocks of 16 lanes. {@link Tile} broadcasts an
 * element of x over the lanes of w, {@link Depthwise} multiplies lane by lane.
 */
public sealed interface Product permits Tile, Depthwise {

    /**
     * {@return the product with rows and taps exchanged: row r reads what tap r does, and rows of y follow each other}
     * @param yRow   between rows of y
     * @param yBlock between blocks of y
     * @param wBlock between blocks of w
     */
    Product transposed(int yRow, int yBlock, int wBlock);

    /**
     * Computes rows {@code row … end−1} over taps {@code from … to−1}.
     *
     * @param blocks blocks of w and y, 1 … {@link Tile#BLOCKS}
     * @param y      output memory
     * @param yo     its first element
     * @param row    first row
     * @param end    one past the last
     * @param x      input memory
     * @param xo     its first element
     * @param from   first tap
     * @param to     one past the last
     * @param w      packed weights, or dy
     * @param wo     where tap 0 lies
     * @param wStep  from tap to tap
     * @param b      what y begins with, a block each; unused where it adds
     * @param bo     the first
     * @param add    whether y begins with what it holds
     * @param ahead  what is read next of w, as much as now: it is fetched from memory meanwhile; −1 if not known
     */
    void run(int blocks, float[] y, int yo, int row, int end, float[] x, int xo, int from, int to, float[] w, int wo, int wStep,
            float[] b, int bo, boolean add, int ahead);
}
