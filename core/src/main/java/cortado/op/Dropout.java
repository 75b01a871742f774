package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Sets each element to 0 with chance p in training, and scales the others so that the mean stays; on any shape.
 *
 * <pre>
 * m   = 1/(1−p) with chance 1−p, else 0, drawn for each element
 * y   = m · x
 * dx += m · dy
 * </pre>
 *
 * For inference y = x. The mask is a function of step, image and element ({@link Operands#uniform}), so backward draws it
 * again and nothing is kept. Srivastava et al., JMLR 15, 2014. Derivation: {@code docs/backprop.md#dropout}.
 *
 * @param p 0 … 1, below 1
 */
public record Dropout(double p) implements Op {

    /** Checks p; throws {@link ShapeException}. */
    public Dropout {
        check("dropout", p);
    }

    static void check(String op, double p) {
        if (!(p >= 0 && p < 1)) {
            throw new ShapeException(op + ": the chance to drop must be 0 … 1, below 1, received " + p);
        }
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
            o.y().set(i, mask(o, i) * x.get(i));
        }
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> {
            for (int i = 0; i < dx.size(); i++) {
                dx.add(i, mask(o, i) * o.dy().get(i));
            }
        });
    }

    private double mask(Operands o, int i) {
        int per = o.x().size() / o.x().shape().n();
        return !o.training() ? 1 : o.uniform(i / per, i % per) < p ? 0 : 1 / (1 - p);
    }
}
