package cortado.tensor;

import java.util.Arrays;

/** The sizes of a tensor, outermost first: {@code N C H W}, {@code K C R S}, {@code N}. Every size is at least 1; a scalar has rank 0. */
public final class Shape {
    private final int[] dims;
    private final int size;

    private Shape(int[] dims) {
        long size = 1;
        for (int d : dims) {
            if (d < 1) {
                throw new ShapeException("a size must be at least 1, but the shape is " + text(dims));
            }
            size *= d;
            if (size > Integer.MAX_VALUE) {
                throw new ShapeException("a tensor holds at most 2147483647 elements, but the shape is " + text(dims));
            }
        }
        this.dims = dims;
        this.size = (int) size;
    }

    /**
     * {@return the shape}
     * @param dims sizes, outermost first
     * @throws ShapeException for a size below 1 or more than 2³¹−1 elements
     */
    public static Shape of(int... dims) {
        return new Shape(dims.clone());
    }

    /** {@return the number of dimensions} */
    public int rank() {
        return dims.length;
    }

    /** {@return the number of elements} */
    public int size() {
        return size;
    }

    /**
     * {@return the size along that axis}
     * @param axis 0 is the outermost
     */
    public int dim(int axis) {
        return dims[axis];
    }

    /** {@return a copy of the sizes} */
    public int[] dims() {
        return dims.clone();
    }

    /** {@return the outermost size: images in a batch} */
    public int n() {
        return dims[0];
    }

    /** {@return channels of an {@code N C H W} shape} */
    public int c() {
        return dims[1];
    }

    /** {@return rows of an {@code N C H W} shape} */
    public int h() {
        return dims[2];
    }

    /** {@return columns of an {@code N C H W} shape} */
    public int w() {
        return dims[3];
    }

    /**
     * {@return this shape with its outermost size replaced}
     * @param n a new outermost size
     */
    public Shape withN(int n) {
        int[] d = dims.clone();
        d[0] = n;
        return new Shape(d);
    }

    /**
     * {@return this shape as one example of a batch of {@code n}}
     * @param n a size to put in front
     */
    public Shape batch(int n) {
        int[] d = new int[dims.length + 1];
        d[0] = n;
        System.arraycopy(dims, 0, d, 1, dims.length);
        return new Shape(d);
    }

    /** {@return this shape without its outermost size} */
    public Shape example() {
        return new Shape(Arrays.copyOfRange(dims, 1, dims.length));
    }

    /**
     * {@return this shape as images {@code N C H W}; vectors {@code N C} are images of a single pixel}
     * @param what who asks, for the message
     * @throws ShapeException for any other rank
     */
    public Shape images(String what) {
        if (dims.length == 2) {
            return of(dims[0], dims[1], 1, 1);
        }
        if (dims.length != 4) {
            throw new ShapeException(what + " takes images N×C×H×W or vectors N×C, received " + this);
        }
        return this;
    }

    /**
     * Checks the rank.
     *
     * @param rank expected
     * @param what who asks and what the axes mean, for the message
     * @return this
     * @throws ShapeException if the rank differs
     */
    public Shape expectRank(int rank, String what) {
        if (dims.length != rank) {
            throw new ShapeException(what + ": expected " + rank + " dimensions, received " + dims.length + " (" + this + ")");
        }
        return this;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** {@return sizes joined by ×, as in {@code 64×1×28×28}; {@code scalar} for rank 0} */
    @Override
    public String toString() {
        return text(dims);
    }

    private static String text(int[] dims) {
        if (dims.length == 0) {
            return "scalar";
        }
        StringBuilder s = new StringBuilder();
        for (int d : dims) {
            s.append(s.isEmpty() ? "" : "×").append(d);
        }
        return s.toString();
    }
}
