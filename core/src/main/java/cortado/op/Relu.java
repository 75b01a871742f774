package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Rectified linear unit, elementwise on any shape.
 *
 * <pre>
 * y  = max(x, 0)
 * dx += dy where x &gt; 0, else 0                                                                        N8
 * </pre>
 *
 * The derivative at 0 is 0, as in PyTorch; a NaN stays NaN. Nair, Hinton, ICML 2010.
 * Derivation: {@code docs/backprop.md#relu}.
 */
public record Relu() implements Op {

    @Override
    public Shape output(Shape... x) {
        return x[0];
    }

    @Override
    public long flops(Shape... x) {
        return x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> backward(dx, o.dy(), o.x()));
    }

    private static void forward(Tensor y, Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, Math.max(x.get(i), 0));
        }
    }

    private static void backward(Tensor dx, Tensor dy, Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            dx.add(i, x.get(i) > 0 ? dy.get(i) : 0);
        }
    }
}
