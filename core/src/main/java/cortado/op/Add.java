package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Sum of two tensors of one shape: the join of a residual network (He, Zhang, Ren, Sun, CVPR 2016).
 *
 * <pre>
 * y   = a + b
 * da += dy
 * db += dy
 * </pre>
 */
public record Add() implements Op {

    @Override
    public Shape output(Shape... x) {
        if (!x[0].equals(x[1])) {
            throw new ShapeException("add takes two tensors of one shape, received " + x[0] + " and " + x[1]);
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
        o.dx(0).ifPresent(da -> backward(da, o.dy()));
        o.dx(1).ifPresent(db -> backward(db, o.dy()));
    }

    private static void forward(Tensor y, Tensor a, Tensor b) {
        for (int i = 0; i < y.size(); i++) {
            y.set(i, a.get(i) + b.get(i));
        }
    }

    private static void backward(Tensor dx, Tensor dy) {
        for (int i = 0; i < dy.size(); i++) {
            dx.add(i, dy.get(i));
        }
    }
}
