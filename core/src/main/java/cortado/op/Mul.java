package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Product of two tensors of one shape, or of images and one factor for each of their channels: the gate of squeeze-and-excitation.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>a, y</td><td>{@code N C H W}, or any shape</td></tr>
 * <tr><td>b</td><td>{@code N C 1 1}, or a's shape</td></tr>
 * </table>
 *
 * <pre>
 * y   = a · b
 * da += dy · b
 * db += dy · a, summed over the pixels that share a factor
 * </pre>
 *
 * Hu, Shen, Sun, CVPR 2018. Derivation: {@code docs/backprop.md#products}.
 */
public record Mul() implements Op {

    @Override
    public Shape output(Shape... x) {
        if (!x[0].equals(x[1]) && !(x[0].rank() == 4 && x[1].equals(Shape.of(x[0].n(), x[0].c(), 1, 1)))) {
            throw new ShapeException("mul takes images N×C×H×W and a gate N×C×1×1, or two tensors of one shape, received " + x[0]
                    + " and " + x[1]);
        }
        return x[0];
    }

    @Override
    public long flops(Shape... x) {
        return x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x(0), o.x(1));
    }

    @Override
    public void backward(Operands o) {
        o.dx(0).ifPresent(da -> images(da, o.dy(), o.x(1)));
        o.dx(1).ifPresent(db -> gate(db, o.dy(), o.x(0)));
    }

    private static void forward(Tensor y, Tensor a, Tensor b) {
        int share = a.size() / b.size();
        for (int i = 0; i < y.size(); i++) {
            y.set(i, a.get(i) * b.get(i / share));
        }
    }

    private static void images(Tensor da, Tensor dy, Tensor b) {
        int share = da.size() / b.size();
        for (int i = 0; i < dy.size(); i++) {
            da.add(i, dy.get(i) * b.get(i / share));
        }
    }

    private static void gate(Tensor db, Tensor dy, Tensor a) {
        int share = a.size() / db.size();
        for (int i = 0; i < dy.size(); i++) {
            db.add(i / share, dy.get(i) * a.get(i));
        }
    }
}
