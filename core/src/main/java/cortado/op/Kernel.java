package cortado.op;

/** How an op is computed on given shapes. Made once for a plan, shared by its threads, so it keeps no state between calls. */
public interface Kernel {

    /** {@return a name for listings: {@code reference}, {@code direct 6×4}} */
    String name();

    /**
     * Sets {@code y}, and what backward needs.
     *
     * @param o tensors of one step
     */
    void forward(Operands o);

    /**
     * Computes the gradients that are wanted. May use {@code dy} as room to work in.
     *
     * @param o tensors of one step
     */
    void backward(Operands o);

    /**
     * {@return whether backward overwrites the gradients that {@link Operands#accumulates} does not claim, and those of the
     * parameters; a kernel that always adds gets zeros to add to}
     */
    default boolean overwrites() {
        return false;
    }

    /** {@return whether blocks of 16 channels can be computed apart, each as an image of its own, in any layout that has them} */
    default boolean apart() {
        return false;
    }

    /** {@return F32 elements of {@link Operands#scratch()} that the kernel needs} */
    default int scratch() {
        return 0;
    }

    /**
     * The op as its own kernel.
     *
     * @param op what to compute
     * @return a kernel that calls it
     */
    static Kernel reference(Op op) {
        return new Kernel() {
            @Override
            public String name() {
                return "reference";
            }

            @Override
            public void forward(Operands o) {
                op.forward(o);
            }

            @Override
            public void backward(Operands o) {
                op.backward(o);
            }
        };
    }
}
