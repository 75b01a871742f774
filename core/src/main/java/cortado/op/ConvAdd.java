package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * A convolution and the residual sum that follows it: what the plan fuses for inference, where batch normalisation is no longer
 * between them, so that the activations are touched once. Its parameters are those of the convolution.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>r, y</td><td>{@code N K P Q}</td></tr>
 * <tr><td>w, b</td><td>as in {@link Conv2d}</td></tr>
 * </table>
 *
 * <pre>
 * y   = conv(x) + r
 * dr += dy;  dx, dw, db as in {@link Conv2d}
 * </pre>
 *
 * @param conv of the first input
 */
public record ConvAdd(Conv2d conv) implements Op {

    @Override
    public Shape output(Shape... x) {
        if (x.length != 2 || !conv.output(x[0]).equals(x[1])) {
            throw new ShapeException("conv2d+add takes an input and a sum of the output's shape, received " + List.of(x));
        }
        return x[1];
    }

    @Override
    public List<Param> params(Shape... x) {
        return conv.params(x[0]);
    }

    @Override
    public long flops(Shape... x) {
        return conv.flops(x[0]) + x[1].size();
    }

    @Override
    public String kind() {
        return conv.kind() + "+add";
    }

    @Override
    public void forward(Operands o) {
        conv.forward(o);
        add(o.y(), o.x(1));
    }

    @Override
    public void backward(Operands o) {
        o.dx(1).ifPresent(dr -> add(dr, o.dy()));
        conv.backward(o);
    }

    private static void add(Tensor sum, Tensor t) {
        for (int i = 0; i < t.size(); i++) {
            sum.add(i, t.get(i));
        }
    }
}
