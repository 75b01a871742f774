package cortado.op;

import cortado.tensor.Tensor;
import java.util.List;

/**
 * A kernel that shares the work of a whole batch among threads itself, for activations in
 * {@link cortado.tensor.Layout#CHANNELS}. It is bound once to the tensors of a plan; a pass runs its phases in order.
 * Images past {@link Operands#n()} are left alone. Gradients of parameters are added to; {@code dx} is overwritten unless
 * {@link Operands#accumulates}.
 */
public interface Wide extends Kernel {

    /** {@return F32 elements that each worker needs for itself} */
    default int room() {
        return 0;
    }

    /** {@return F32 elements that {@link #prepare} fills} */
    default int prepared() {
        return 0;
    }

    /**
     * The phases that depend on parameters only, such as transforming filters. In training they run before each forward pass, for
     * inference when weights have changed. They fill {@link Operands#prepared()}, which the forward pass reads.
     *
     * @param o    as in forward
     * @param room per worker, {@link #room()} elements
     * @return in order
     */
    default List<Phase> prepare(Operands o, List<Tensor> room) {
        return List.of();
    }

    /**
     * The phases of the forward pass.
     *
     * @param o    tensors of the whole batch; {@link Operands#scratch()} is shared by all parts and lasts for the pass of this step
     * @param room per worker, {@link #room()} elements; what it holds is lost between parts
     * @return in order
     */
    List<Phase> forward(Operands o, List<Tensor> room);

    /**
     * The phases of the backward pass.
     *
     * @param o    as in forward, with gradients
     * @param room per worker, {@link #room()} elements
     * @return in order
     */
    List<Phase> backward(Operands o, List<Tensor> room);

    /** Runs the phases on the calling thread. */
    @Override
    default void forward(Operands o) {
        List<Tensor> room = List.of(Tensor.f32(Math.max(1, room())));
        run(prepare(o, room));
        run(forward(o, room));
    }

    /** Runs the phases on the calling thread. */
    @Override
    default void backward(Operands o) {
        run(backward(o, List.of(Tensor.f32(Math.max(1, room())))));
    }

    @Override
    default boolean overwrites() {
        return true;
    }

    private static void run(List<Phase> phases) {
        for (Phase p : phases) {
            for (int part = 0; part < p.parts(); part++) {
                p.run(part, 0);
            }
        }
    }
}
