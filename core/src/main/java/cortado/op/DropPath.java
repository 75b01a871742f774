package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Drops whole images of a residual branch with chance p in training, and scales the others so that the mean stays: stochastic
 * depth; on any shape.
 *
 * <pre>
 * m[n] = 1/(1−p) with chance 1−p, else 0, drawn for each image
 * y    = m[n] · x
 * dx  += m[n] · dy
 * </pre>
 *
 * For inference y = x. Drawn as in {@link Dropout}. Huang et al., ECCV 2016. Derivation: {@code docs/backprop.md#dropout}.
 *
 * @param p 0 … 1, below 1
 */
public record DropPath(double p) implements Op {

    /** Checks p; throws {@link cortado.tensor.ShapeException}. */
    public DropPath {
        Dropout.check("droppath", p);
    }

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
        Tensor x = o.x();
        for (int i = 0; i < x.size(); i++) {
            o.y().set(i, mask(o, i / (x.size() / x.shape().n())) * x.get(i));
        }
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> {
            for (int i = 0; i < dx.size(); i++) {
                dx.add(i, mask(o, i / (dx.size() / dx.shape().n())) * o.dy().get(i));
            }
        });
    }

    /** {@return m[n]} */
    double mask(Operands o, int n) {
        return !o.training() ? 1 : o.uniform(n, 0) < p ? 0 : 1 / (1 - p);
    }
}
