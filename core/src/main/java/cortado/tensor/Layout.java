package cortado.tensor;

/**
 * Where the elements of a tensor lie in memory. Logical indices are the same in all, so an op written with
 * {@link Tensor#get(int, int, int, int)} runs on any.
 */
public enum Layout {
    /** Dense, outermost first: {@code N C H W}. Parameters, labels and everything a user hands in. */
    ROWS,
    /**
     * The batch in blocks of 16 lanes, innermost: {@code ⌈N/16⌉ C H W 16}. Sixteen images sit side by side, so every op
     * vectorises over them without tails or shuffles, whatever its window, and a block of 16 images is one stretch of
     * memory. Lanes past N hold numbers that no result depends on.
     */
    LANES,
    /**
     * Channels in blocks of 16, innermost: {@code N ⌈C/16⌉ H W 16}, and {@code N ⌈K/16⌉·16} for vectors. Sixteen channels of a
     * pixel sit side by side, so a single image fills the registers. Places past C hold numbers that no result depends on.
     * A tensor of rank 1 lies as in ROWS.
     */
    CHANNELS;

    /** Images in a block of {@link #LANES}, channels in one of {@link #CHANNELS}: the fixed virtual vector width. */
    public static final int WIDTH = 16;

    /**
     * Elements of memory that a tensor takes.
     *
     * @param shape sizes; LANES pads N to a multiple of 16, CHANNELS pads C
     * @return the number of elements
     */
    public int length(Shape shape) {
        if (this == ROWS || this == CHANNELS && shape.rank() < 2) {
            return shape.size();
        }
        if (this == CHANNELS) {
            return Math.toIntExact((long) Math.ceilDiv(shape.dim(1), WIDTH) * WIDTH * (shape.size() / shape.dim(1)));
        }
        if (shape.rank() == 0) {
            throw new ShapeException("a scalar has no batch to lay out in lanes");
        }
        return Math.toIntExact((long) Math.ceilDiv(shape.n(), WIDTH) * WIDTH * (shape.size() / shape.n()));
    }
}
