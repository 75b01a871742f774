package jdk.incubator.vector;

/** Four floats. */
public final class FloatVector implements Vector<Float> {
    public static final VectorSpecies<Float> SPECIES_128 = new Four<>();
    public static final VectorSpecies<Float> SPECIES_PREFERRED = SPECIES_128;

    private final float a;
    private final float b;
    private final float c;
    private final float d;

    FloatVector(float a, float b, float c, float d) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    public static FloatVector fromArray(VectorSpecies<Float> species, float[] from, int at) {
        return new FloatVector(from[at], from[at + 1], from[at + 2], from[at + 3]);
    }

    public static FloatVector broadcast(VectorSpecies<Float> species, float v) {
        return new FloatVector(v, v, v, v);
    }

    public static FloatVector zero(VectorSpecies<Float> species) {
        return new FloatVector(0, 0, 0, 0);
    }

    public void intoArray(float[] to, int at) {
        to[at] = a;
        to[at + 1] = b;
        to[at + 2] = c;
        to[at + 3] = d;
    }

    public float lane(int i) {
        return switch (i) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            case 3 -> d;
            default -> throw new IndexOutOfBoundsException(i);
        };
    }

    public FloatVector add(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(a + o.a, b + o.b, c + o.c, d + o.d);
    }

    public FloatVector add(float v) {
        return new FloatVector(a + v, b + v, c + v, d + v);
    }

    public FloatVector sub(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(a - o.a, b - o.b, c - o.c, d - o.d);
    }

    public FloatVector sub(float v) {
        return new FloatVector(a - v, b - v, c - v, d - v);
    }

    public FloatVector mul(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(a * o.a, b * o.b, c * o.c, d * o.d);
    }

    public FloatVector mul(float v) {
        return new FloatVector(a * v, b * v, c * v, d * v);
    }

    public FloatVector div(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(a / o.a, b / o.b, c / o.c, d / o.d);
    }

    public FloatVector div(float v) {
        return new FloatVector(a / v, b / v, c / v, d / v);
    }

    public FloatVector fma(Vector<Float> times, Vector<Float> plus) {
        FloatVector t = (FloatVector) times;
        FloatVector p = (FloatVector) plus;
        return new FloatVector(Math.fma(a, t.a, p.a), Math.fma(b, t.b, p.b), Math.fma(c, t.c, p.c), Math.fma(d, t.d, p.d));
    }

    public FloatVector fma(float times, float plus) {
        return new FloatVector(Math.fma(a, times, plus), Math.fma(b, times, plus), Math.fma(c, times, plus),
                Math.fma(d, times, plus));
    }

    public FloatVector max(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(Math.max(a, o.a), Math.max(b, o.b), Math.max(c, o.c), Math.max(d, o.d));
    }

    public FloatVector max(float v) {
        return new FloatVector(Math.max(a, v), Math.max(b, v), Math.max(c, v), Math.max(d, v));
    }

    public FloatVector min(Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(Math.min(a, o.a), Math.min(b, o.b), Math.min(c, o.c), Math.min(d, o.d));
    }

    public FloatVector min(float v) {
        return new FloatVector(Math.min(a, v), Math.min(b, v), Math.min(c, v), Math.min(d, v));
    }

    public FloatVector neg() {
        return new FloatVector(-a, -b, -c, -d);
    }

    public FloatVector abs() {
        return new FloatVector(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
    }

    public FloatVector sqrt() {
        return new FloatVector((float) Math.sqrt(a), (float) Math.sqrt(b), (float) Math.sqrt(c), (float) Math.sqrt(d));
    }

    public VectorMask<Float> compare(VectorOperators.Comparison op, Vector<Float> v) {
        FloatVector o = (FloatVector) v;
        return new VectorMask<>(op.holds(a, o.a), op.holds(b, o.b), op.holds(c, o.c), op.holds(d, o.d));
    }

    public VectorMask<Float> compare(VectorOperators.Comparison op, float v) {
        return new VectorMask<>(op.holds(a, v), op.holds(b, v), op.holds(c, v), op.holds(d, v));
    }

    public VectorMask<Float> test(VectorOperators.Test op) {
        return switch (op) {
            case IS_NAN -> new VectorMask<>(Float.isNaN(a), Float.isNaN(b), Float.isNaN(c), Float.isNaN(d));
        };
    }

    public FloatVector blend(Vector<Float> v, VectorMask<Float> where) {
        FloatVector o = (FloatVector) v;
        return new FloatVector(where.a ? o.a : a, where.b ? o.b : b, where.c ? o.c : c, where.d ? o.d : d);
    }

    public FloatVector blend(float v, VectorMask<Float> where) {
        return new FloatVector(where.a ? v : a, where.b ? v : b, where.c ? v : c, where.d ? v : d);
    }

    /** Only to ints of the same lanes. */
    public <F> Vector<F> convertShape(VectorOperators.Conversion<Float, F> to, VectorSpecies<F> species, int part) {
        @SuppressWarnings("unchecked") // F2I is the only conversion there is
        Vector<F> ints = (Vector<F>) new IntVector((int) a, (int) b, (int) c, (int) d);
        return ints;
    }
}
