package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Puts a constant around images, also before and after their channels: the shortcut without parameters of ResNets.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y</td><td>{@code N before+C+after top+H+bottom left+W+right}</td></tr>
 * </table>
 *
 * <pre>
 * y[n, before+c, top+h, left+w] = x[n,c,h,w], else value
 * dx[n,c,h,w] += dy[n, before+c, top+h, left+w]
 * </pre>
 *
 * He, Zhang, Ren, Sun, CVPR 2016, option A. Derivation: {@code docs/backprop.md#moving-data}.
 *
 * @param channelsBefore channels put before those of x, from 0
 * @param channelsAfter channels put after them
 * @param top    rows put above
 * @param bottom rows put below
 * @param left   columns put left
 * @param right  columns put right
 * @param value  of what is put around
 */
public record Pad(int channelsBefore, int channelsAfter, int top, int bottom, int left, int right, double value) implements Op {

    /** Checks the ranges; throws {@link ShapeException}. */
    public Pad {
        if (Math.min(Math.min(Math.min(channelsBefore, channelsAfter), Math.min(top, bottom)), Math.min(left, right)) < 0
                || !Double.isFinite(value)) {
            throw new ShapeException(
                    "pad: expected sizes from 0 and a finite value, received channels " + channelsBefore + ", " + channelsAfter
                            + ", rows " + top + ", " + bottom + ", columns " + left + ", " + right + ", value " + value);
        }
    }

    @Override
    public Shape output(Shape... x) {
        Shape in = x[0].expectRank(4, "pad takes images N×C×H×W");
        return Shape.of(in.n(), sum(channelsBefore, in.c(), channelsAfter), sum(top, in.h(), bottom), sum(left, in.w(), right));
    }

    private static int sum(int before, int size, int after) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, (long) before + size + after));
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> backward(dx, o.dy()));
    }

    private void forward(Tensor y, Tensor x) {
        Conv2d.each(y.shape(), (n, c, h, w) -> y.set(n, c, h, w, value));
        Conv2d.each(x.shape(), (n, c, h, w) -> y.set(n, channelsBefore + c, top + h, left + w, x.get(n, c, h, w)));
    }

    private void backward(Tensor dx, Tensor dy) {
        Conv2d.each(dx.shape(), (n, c, h, w) -> dx.add(n, c, h, w, dy.get(n, channelsBefore + c, top + h, left + w)));
    }
}
