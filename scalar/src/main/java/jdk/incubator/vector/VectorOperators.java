package jdk.incubator.vector;

/** Names of operations. */
public final class VectorOperators {
    public static final Comparison EQ = Comparison.EQ;
    public static final Comparison NE = Comparison.NE;
    public static final Comparison LT = Comparison.LT;
    public static final Comparison LE = Comparison.LE;
    public static final Comparison GT = Comparison.GT;
    public static final Comparison GE = Comparison.GE;
    public static final Test IS_NAN = Test.IS_NAN;
    public static final Binary LSHL = Binary.LSHL;
    public static final Conversion<Float, Integer> F2I = new Conversion<>();

    private VectorOperators() {
    }

    /** Of two numbers. */
    public enum Comparison {
        EQ, NE, LT, LE, GT, GE;

        boolean holds(float x, float y) {
            return switch (this) {
                case EQ -> x == y;
                case NE -> x != y;
                case LT -> x < y;
                case LE -> x <= y;
                case GT -> x > y;
                case GE -> x >= y;
            };
        }

        boolean holds(int x, int y) {
            return switch (this) {
                case EQ -> x == y;
                case NE -> x != y;
                case LT -> x < y;
                case LE -> x <= y;
                case GT -> x > y;
                case GE -> x >= y;
            };
        }
    }

    /** Of one number. */
    public enum Test {
        IS_NAN
    }

    /** From two numbers to one. */
    public enum Binary {
        LSHL
    }

    /**
     * From a type to another.
     *
     * @param <E> from
     * @param <F> to
     */
    public static final class Conversion<E, F> {
        private Conversion() {
        }
    }
}
