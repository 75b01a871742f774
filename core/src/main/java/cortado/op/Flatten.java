package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Views the images of a batch as vectors: {@code N C H W → N C·H·W}. The elements and their order stay, so a plan needs
 * no work for it; the kernels below copy.
 */
public record Flatten() implements Op {

    @Override
    public Shape output(Shape... x) {
        return Shape.of(x[0].n(), x[0].size() / x[0].n());
    }

    @Override
    public void forward(Operands o) {
        copy(o.y(), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> add(dx, o.dy()));
    }

    private static void copy(Tensor y, Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, x.get(i));
        }
    }

    private static void add(Tensor dx, Tensor dy) {
        for (int i = 0; i < dx.size(); i++) {
            dx.add(i, dy.get(i));
        }
    }
}
