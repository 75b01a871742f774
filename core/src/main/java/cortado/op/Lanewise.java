package cortado.op;

/** A kernel that treats the lanes of a block all alike, one vector after the other, and overwrites what it computes. */
interface Lanewise extends Kernel {
    @Override
    default String name() {
        return "lanes";
    }

    @Override
    default boolean overwrites() {
        return true;
    }
}
