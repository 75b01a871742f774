package jdk.incubator.vector;

/** Four ints. */
public final class IntVector implements Vector<Integer> {
    private final int a;
    private final int b;
    private final int c;
    private final int d;

    IntVector(int a, int b, int c, int d) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    public static IntVector fromArray(VectorSpecies<Integer> species, int[] from, int at) {
        return new IntVector(from[at], from[at + 1], from[at + 2], from[at + 3]);
    }

    public static IntVector broadcast(VectorSpecies<Integer> species, int v) {
        return new IntVector(v, v, v, v);
    }

    public void intoArray(int[] to, int at) {
        to[at] = a;
        to[at + 1] = b;
        to[at + 2] = c;
        to[at + 3] = d;
    }

    public IntVector add(int v) {
        return new IntVector(a + v, b + v, c + v, d + v);
    }

    public IntVector lanewise(VectorOperators.Binary op, int v) {
        return switch (op) {
            case LSHL -> new IntVector(a << v, b << v, c << v, d << v);
        };
    }

    public VectorMask<Integer> compare(VectorOperators.Comparison op, int v) {
        return new VectorMask<>(op.holds(a, v), op.holds(b, v), op.holds(c, v), op.holds(d, v));
    }

    public IntVector blend(int v, VectorMask<Integer> where) {
        return new IntVector(where.a ? v : a, where.b ? v : b, where.c ? v : c, where.d ? v : d);
    }

    public FloatVector reinterpretAsFloats() {
        return new FloatVector(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c), Float.intBitsToFloat(d));
    }
}
