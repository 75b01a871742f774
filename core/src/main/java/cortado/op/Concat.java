package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.Arrays;

/**
 * Puts tensors behind each other along the channels: the join of DenseNet and U-Net.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x(i)</td><td>{@code N Cᵢ H W}, or {@code N Cᵢ}; one or more</td></tr>
 * <tr><td>y</td><td>{@code N ΣCᵢ H W}, or {@code N ΣCᵢ}</td></tr>
 * </table>
 *
 * <pre>
 * y[n, C₀+…+Cᵢ₋₁+c, h, w] = xᵢ[n,c,h,w]
 * dxᵢ[n,c,h,w] += dy[n, C₀+…+Cᵢ₋₁+c, h, w]
 * </pre>
 *
 * Huang, Liu, van der Maaten, Weinberger, CVPR 2017. Derivation: {@code docs/backprop.md#moving-data}.
 */
public record Concat() implements Op {

    @Override
    public Shape output(Shape... x) {
        int[] dims = x[0].dims().clone();
        dims[1] = 0;
        for (Shape s : x) {
            s.images("concat");
            int[] other = s.dims().clone();
            dims[1] = Math.addExact(dims[1], s.dim(1));
            other[1] = dims[1];
            if (!Arrays.equals(dims, other)) {
                throw new ShapeException("concat takes tensors that differ in their channels only, received " + x[0] + " and " + s);
            }
        }
        return Shape.of(dims);
    }

    @Override
    public void forward(Operands o) {
        for (int i = 0, from = 0; i < o.inputs(); from += o.x(i).shape().dim(1), i++) {
            copy(o.y(), o.x(i), from);
        }
    }

    @Override
    public void backward(Operands o) {
        for (int i = 0, from = 0; i < o.inputs(); from += o.x(i).shape().dim(1), i++) {
            if (o.dx(i).isPresent()) {
                add(o.dx(i).get(), o.dy(), from);
            }
        }
    }

    private static void copy(Tensor y, Tensor x, int from) {
        int per = x.size() / x.shape().n();
        for (int i = 0; i < x.size(); i++) {
            y.set(at(y, i / per, i % per, from), x.get(i));
        }
    }

    private static void add(Tensor dx, Tensor dy, int from) {
        int per = dx.size() / dx.shape().n();
        for (int i = 0; i < dx.size(); i++) {
            dx.add(i, dy.get(at(dy, i / per, i % per, from)));
        }
    }

    /** Where element i of an input's n-th image lies in y, whose channels up to {@code from} are those of other inputs. */
    private static int at(Tensor y, int n, int i, int from) {
        int pixels = y.size() / y.shape().n() / y.shape().dim(1);
        return n * (y.size() / y.shape().n()) + from * pixels + i;
    }
}
