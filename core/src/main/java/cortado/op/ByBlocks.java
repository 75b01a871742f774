package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import java.util.Arrays;

/**
 * A kernel of lanes on one image of channels in blocks: 16 channels stand where 16 images would, blocks where channels would. It
 * fits every op that treats channels all alike and each by itself.
 *
 * @param op    for an input that lies in rows, which only a network's first op meets
 * @param lanes the kernel
 */
record ByBlocks(Op op, Kernel lanes) implements Kernel {

    /** {@return the kernel for an op on inputs of those shapes} */
    static Kernel of(Op op, Shape... x) {
        return new ByBlocks(op, Backend.lanes().kernel(op, Arrays.stream(x).map(ByBlocks::turned).toArray(Shape[]::new)));
    }

    private static Shape turned(Shape x) {
        int[] dims = x.dims();
        dims[0] = WIDTH;
        dims[1] = Math.ceilDiv(dims[1], WIDTH);
        return Shape.of(dims);
    }

    @Override
    public String name() {
        return lanes.name().equals("lanes") ? "blocks" : lanes.name();
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public boolean apart() {
        return true;
    }

    @Override
    public int scratch() {
        return lanes.scratch();
    }

    @Override
    public void forward(Operands o) {
        if (blocked(o)) {
            lanes.forward(o);
        } else {
            op.forward(o);
        }
    }

    @Override
    public void backward(Operands o) {
        if (blocked(o) && lanes.overwrites()) {
            lanes.backward(o);
            return;
        }
        for (int i = 0; i < o.inputs(); i++) {
            if (o.dx(i).isPresent() && !o.accumulates(i)) {
                o.dx(i).get().fill(0);
            }
        }
        op.backward(o);
    }

    private static boolean blocked(Operands o) {
        for (int i = 0; i < o.inputs(); i++) {
            if (o.x(i).layout() != Layout.CHANNELS) {
                return false;
            }
        }
        return true;
    }
}
