package jdk.incubator.vector;

/**
 * A yes or no for each lane.
 *
 * @param <E> of the lanes that it chooses among
 */
public final class VectorMask<E> {
    final boolean a;
    final boolean b;
    final boolean c;
    final boolean d;

    VectorMask(boolean a, boolean b, boolean c, boolean d) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    public VectorMask<E> or(VectorMask<E> o) {
        return new VectorMask<>(a | o.a, b | o.b, c | o.c, d | o.d);
    }

    public VectorMask<E> and(VectorMask<E> o) {
        return new VectorMask<>(a & o.a, b & o.b, c & o.c, d & o.d);
    }

    public VectorMask<E> andNot(VectorMask<E> o) {
        return new VectorMask<>(a & !o.a, b & !o.b, c & !o.c, d & !o.d);
    }

    public VectorMask<E> not() {
        return new VectorMask<>(!a, !b, !c, !d);
    }

    public <F> VectorMask<F> cast(VectorSpecies<F> to) {
        return new VectorMask<>(a, b, c, d);
    }
}
