package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Batch normalisation and the residual sum that follows it: what the plan fuses so that the activations are touched once. Its
 * parameters are those of the normalisation.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, r, y</td><td>{@code N C H W}</td></tr>
 * <tr><td>w, b, running_mean, running_var</td><td>{@code C}, as in {@link BatchNorm2d}</td></tr>
 * </table>
 *
 * <pre>
 * y   = norm(x) + r
 * dr += dy;  dx, dw, db as in {@link BatchNorm2d}
 * </pre>
 *
 * @param norm of the first input
 */
public record BatchNormAdd(BatchNorm2d norm) implements Op {

    @Override
    public Shape output(Shape... x) {
        if (x.length != 2 || !x[0].equals(x[1])) {
            throw new ShapeException("batchnorm2d+add takes two inputs of one shape, received " + List.of(x));
        }
        return norm.output(x[0]);
    }

    @Override
    public List<Param> params(Shape... x) {
        return norm.params(x[0]);
    }

    @Override
    public List<Shape> saved(Shape... x) {
        return norm.saved(x[0]);
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public long flops(Shape... x) {
        return norm.flops(x[0]) + x[0].size();
    }

    @Override
    public String kind() {
        return norm.kind() + "+add";
    }

    @Override
    public void forward(Operands o) {
        norm.forward(o);
        add(o.y(), o.x(1), o.n());
    }

    @Override
    public void backward(Operands o) {
        o.dx(1).ifPresent(dr -> add(dr, o.dy(), o.n()));
        norm.backward(o);
    }

    private static void add(Tensor sum, Tensor t, int n) {
        for (int i = 0; i < n * (t.size() / t.shape().n()); i++) {
            sum.add(i, t.get(i));
        }
    }
}
