package cortado.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A shape, an element type and a slice of memory. Views share memory. Indices are logical, outermost first, whatever the
 * {@link Layout}; the accessors compute in {@code double} for every type, so one source serves F64 and F32.
 * Kernels reach the raw array by {@link #floats()} and {@link #offset()}.
 */
public final class Tensor {
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};
    private static final int[] NO_INTS = {};

    private final Shape shape;
    private final Type type;
    private final Layout layout;
    private final float[] f;
    private final double[] d;
    private final int[] i;
    private final int offset;
    /** Distance in memory along each dimension; in LANES the first, in CHANNELS the second is that between blocks. */
    private final int[] stride;
    /** Whether channels lie in blocks. */
    private final boolean blocked;

    private Tensor(Shape shape, Type type, Layout layout, float[] f, double[] d, int[] i, int offset) {
        this.shape = shape;
        this.type = type;
        this.layout = layout;
        this.f = f;
        this.d = d;
        this.i = i;
        this.offset = offset;
        this.blocked = layout == Layout.CHANNELS && shape.rank() > 1;
        int step = layout == Layout.LANES || blocked ? Layout.WIDTH : 1;
        this.stride = new int[shape.rank()];
        for (int a = shape.rank() - 1; a >= 0; a--) {
            stride[a] = step;
            step *= blocked && a == 1 ? Math.ceilDiv(shape.dim(a), Layout.WIDTH) : shape.dim(a);
        }
        int have = f.length + d.length + i.length - offset;
        if (offset < 0 || layout.length(shape) > have) {
            throw new ShapeException("no room for " + shape + " at " + offset + ": the memory ends after " + have + " elements");
        }
    }

    /**
     * {@return a new tensor of zeros}
     * @param shape  sizes
     * @param type   element type
     * @param layout where elements lie
     */
    public static Tensor of(Shape shape, Type type, Layout layout) {
        int n = layout.length(shape);
        return new Tensor(shape, type, layout, type == Type.F32 ? new float[n] : NO_FLOATS,
                type == Type.F64 ? new double[n] : NO_DOUBLES, type == Type.I32 ? new int[n] : NO_INTS, 0);
    }

    /**
     * {@return a new tensor of zeros, in rows}
     * @param shape sizes
     * @param type  element type
     */
    public static Tensor of(Shape shape, Type type) {
        return of(shape, type, Layout.ROWS);
    }

    /**
     * {@return a new F32 tensor of zeros, in rows}
     * @param dims sizes, outermost first
     */
    public static Tensor f32(int... dims) {
        return of(Shape.of(dims), Type.F32);
    }

    /**
     * {@return a new F64 tensor of zeros, in rows}
     * @param dims sizes, outermost first
     */
    public static Tensor f64(int... dims) {
        return of(Shape.of(dims), Type.F64);
    }

    /**
     * {@return an F32 tensor over that memory}
     * @param memory shared, not copied
     * @param offset where the tensor begins
     * @param shape  sizes
     * @param layout where elements lie
     */
    public static Tensor over(float[] memory, int offset, Shape shape, Layout layout) {
        return new Tensor(shape, Type.F32, layout, memory, NO_DOUBLES, NO_INTS, offset);
    }

    /**
     * {@return a view inside this one's memory, whatever its own shape: how a plan hands out parts of one allocation}
     * @param from   where it begins, in elements after {@link #offset()}
     * @param shape  sizes
     * @param layout where elements lie
     */
    public Tensor view(int from, Shape shape, Layout layout) {
        if (from < 0 || from + layout.length(shape) > length()) {
            throw new ShapeException("no room for " + shape + " at " + from + " of " + length() + " elements");
        }
        return new Tensor(shape, type, layout, f, d, i, offset + from);
    }

    /**
     * {@return an F64 tensor in rows}
     * @param values in row order; copied
     * @param dims   sizes, outermost first
     */
    public static Tensor of(double[] values, int... dims) {
        Shape shape = Shape.of(dims);
        if (values.length != shape.size()) {
            throw new ShapeException("expected " + shape.size() + " values for " + shape + ", received " + values.length);
        }
        return new Tensor(shape, Type.F64, Layout.ROWS, NO_FLOATS, values.clone(), NO_INTS, 0);
    }

    /** {@return the sizes} */
    public Shape shape() {
        return shape;
    }

    /** {@return the element type} */
    public Type type() {
        return type;
    }

    /** {@return where elements lie} */
    public Layout layout() {
        return layout;
    }

    /** {@return the number of logical elements} */
    public int size() {
        return shape.size();
    }

    /** {@return the number of elements in memory, padding lanes included} */
    public int length() {
        return layout.length(shape);
    }

    /** {@return the memory of an F32 tensor, shared; this tensor begins at {@link #offset()}} */
    public float[] floats() {
        expect(Type.F32);
        return f;
    }

    /** {@return the memory of an F64 tensor, shared; this tensor begins at {@link #offset()}} */
    public double[] doubles() {
        expect(Type.F64);
        return d;
    }

    /** {@return the memory of an I32 tensor, shared; this tensor begins at {@link #offset()}} */
    public int[] ints() {
        expect(Type.I32);
        return i;
    }

    private void expect(Type t) {
        if (type != t) {
            throw new ShapeException("expected a tensor of " + t + ", received " + type + " " + shape);
        }
    }

    /** {@return where this tensor begins in its memory} */
    public int offset() {
        return offset;
    }

    private int at(int n, int rest) {
        return layout != Layout.LANES ? offset + n * stride[0] + rest
                : offset + n / Layout.WIDTH * stride[0] + n % Layout.WIDTH + rest;
    }

    private int channel(int c) {
        return blocked ? c / Layout.WIDTH * stride[1] + c % Layout.WIDTH : c * stride[1];
    }

    /**
     * Where an element lies in memory, counting logical elements in row order.
     *
     * @param index 0 … size−1
     * @return position in the array
     */
    public int position(int index) {
        if (layout != Layout.LANES && !blocked) {
            return offset + index;
        }
        int per = shape.size() / shape.n();
        if (blocked) {
            int inner = per / shape.dim(1);
            return at(index / per, channel(index % per / inner) + index % inner * Layout.WIDTH);
        }
        return at(index / per, index % per * Layout.WIDTH);
    }

    private double load(int p) {
        return type == Type.F32 ? f[p] : type == Type.F64 ? d[p] : i[p];
    }

    private void store(int p, double v) {
        switch (type) {
            case F32 -> f[p] = (float) v;
            case F64 -> d[p] = v;
            case I32 -> i[p] = (int) v;
        }
    }

    /**
     * {@return the element}
     * @param index in row order, 0 … size−1
     */
    public double get(int index) {
        return load(position(index));
    }

    /**
     * {@return the element of a matrix}
     * @param a outermost index
     * @param b index
     */
    public double get(int a, int b) {
        return load(at(a, channel(b)));
    }

    /**
     * {@return the element of a rank-4 tensor}
     * @param n outermost index
     * @param c index
     * @param h index
     * @param w innermost index
     */
    public double get(int n, int c, int h, int w) {
        return load(at(n, channel(c) + h * stride[2] + w * stride[3]));
    }

    /**
     * Sets an element.
     * @param index in row order
     * @param v     new value, rounded to the type
     */
    public void set(int index, double v) {
        store(position(index), v);
    }

    /**
     * Sets an element.
     * @param a outermost index
     * @param b index
     * @param v new value, rounded to the type
     */
    public void set(int a, int b, double v) {
        store(at(a, channel(b)), v);
    }

    /**
     * Sets an element.
     * @param n outermost index
     * @param c index
     * @param h index
     * @param w innermost index
     * @param v new value, rounded to the type
     */
    public void set(int n, int c, int h, int w, double v) {
        store(at(n, channel(c) + h * stride[2] + w * stride[3]), v);
    }

    /**
     * Adds to an element.
     * @param index in row order
     * @param v     added to the element
     */
    public void add(int index, double v) {
        int p = position(index);
        store(p, load(p) + v);
    }

    /**
     * Adds to an element.
     * @param a outermost index
     * @param b index
     * @param v added to the element
     */
    public void add(int a, int b, double v) {
        int p = at(a, channel(b));
        store(p, load(p) + v);
    }

    /**
     * Adds to an element.
     * @param n outermost index
     * @param c index
     * @param h index
     * @param w innermost index
     * @param v added to the element
     */
    public void add(int n, int c, int h, int w, double v) {
        int p = at(n, channel(c) + h * stride[2] + w * stride[3]);
        store(p, load(p) + v);
    }

    /**
     * {@return a view of some of the outermost entries: images {@code from … to−1} of a batch}
     * @param from first; a multiple of 16 in LANES
     * @param to   one past the last
     */
    public Tensor slice(int from, int to) {
        if (from < 0 || to > shape.n() || from >= to || layout == Layout.LANES && from % Layout.WIDTH != 0) {
            throw new ShapeException("no slice " + from + "…" + to + " of " + shape + " in " + layout);
        }
        return new Tensor(shape.withN(to - from), type, layout, f, d, i, at(from, 0));
    }

    /**
     * {@return a view with other sizes and the same elements in the same order} In LANES the outermost size must stay, in
     * CHANNELS also the second.
     * @param to new sizes
     */
    public Tensor reshape(Shape to) {
        if (to.size() != shape.size() || layout != Layout.ROWS && to.n() != shape.n()
                || blocked && (to.rank() < 2 || to.dim(1) != shape.dim(1))) {
            throw new ShapeException("cannot view " + shape + " as " + to);
        }
        return new Tensor(to, type, layout, f, d, i, offset);
    }

    /**
     * Sets every element, padding lanes included.
     *
     * @param v the value
     */
    public void fill(double v) {
        int end = offset + length();
        switch (type) {
            case F32 -> Arrays.fill(f, offset, end, (float) v);
            case F64 -> Arrays.fill(d, offset, end, v);
            case I32 -> Arrays.fill(i, offset, end, (int) v);
        }
    }

    /**
     * Copies all elements of another tensor of the same shape, converting type and layout.
     *
     * @param x source
     */
    public void copyFrom(Tensor x) {
        if (!x.shape.equals(shape)) {
            throw new ShapeException("cannot copy " + x.shape + " into " + shape);
        }
        if (type == x.type && layout == x.layout) {
            switch (type) {
                case F32 -> System.arraycopy(x.f, x.offset, f, offset, length());
                case F64 -> System.arraycopy(x.d, x.offset, d, offset, length());
                case I32 -> System.arraycopy(x.i, x.offset, i, offset, length());
            }
            return;
        }
        int per = shape.size() / (shape.rank() == 0 ? 1 : shape.n());
        per = blocked || x.blocked ? per / shape.dim(1) : per; // a run of elements that lie evenly in both
        int step = layout == Layout.LANES || blocked ? Layout.WIDTH : 1;
        int xStep = x.layout == Layout.LANES || x.blocked ? Layout.WIDTH : 1;
        for (int n = 0; n < shape.size() / per; n++) {
            int p = position(n * per);
            int q = x.position(n * per);
            for (int e = 0; e < per; e++, p += step, q += xStep) {
                store(p, x.load(q));
            }
        }
    }

    /**
     * {@return a new tensor in rows with the same elements, converted}
     * @param to element type
     */
    public Tensor to(Type to) {
        Tensor t = of(shape, to);
        t.copyFrom(this);
        return t;
    }

    /** {@return the elements in row order as doubles, copied} */
    public double[] toDoubles() {
        return IntStream.range(0, size()).mapToDouble(this::get).toArray();
    }

    /** {@return type, shape and layout, and the values when there are few} */
    @Override
    public String toString() {
        return type + " " + shape + (layout == Layout.ROWS ? "" : " in " + layout.name().toLowerCase(java.util.Locale.ROOT))
                + (size() <= 16 ? " " + Arrays.toString(toDoubles()) : "");
    }
}
