package cortado.tensor;

/**
 * Where the elements of a tensor lie in memory. Logical indices are the same in both, so an op written with
 * {@link Tensor#get(int, int, int, int)} runs on either.
 */
public enum Layout {
    /** Dense, outermost first: {@code N C H W}. Parameters, labels and everything a user hands in. */
    ROWS,
    /**
     * The batch in blocks of 16 lanes, innermost: {@code ⌈N/16⌉ C H W 16}. Sixteen images sit side by side, so every op
     * vectorises over them without tails or shuffles, whatever its window, and a block of 16 images is one stretch of
     * memory. Lanes past N hold numbers that no result depends on.
     */
    LANES;

    /** Images in a block of {@link #LANES}: the fixed virtual vector width. */
    public static final int WIDTH = 16;

    /**
     * Elements of memory that a tensor takes.
     *
     * @param shape sizes; LANES pads N to a multiple of 16
     * @return the number of elements
     */
    public int length(Shape shape) {
        if (this == ROWS) {
            return shape.size();
        }
        if (shape.rank() == 0) {
            throw new ShapeException("a scalar has no batch to lay out in lanes");
        }
        return Math.toIntExact((long) Math.ceilDiv(shape.n(), WIDTH) * WIDTH * (shape.size() / shape.n()));
    }
}
