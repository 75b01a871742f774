package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * A learned factor for each channel: ConvNeXt's layer scale.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, y</td><td>{@code N C H W}</td></tr>
 * <tr><td>w (layer_scale)</td><td>{@code C 1 1}</td></tr>
 * </table>
 *
 * <pre>
 * y      = w[c] · x
 * dx    += w[c] · dy
 * dw[c] += Σ_nhw dy · x
 * </pre>
 *
 * Touvron et al., Going deeper with image transformers, ICCV 2021. Derivation: {@code docs/backprop.md#products}.
 *
 * @param initial what the factors begin as, in ConvNeXt 10⁻⁶; finite
 */
public record ChannelScale(double initial) implements Op {

    /** Checks the beginning; throws {@link ShapeException}. */
    public ChannelScale {
        if (!Double.isFinite(initial)) {
            throw new ShapeException("channelscale: the factors must begin as a finite number, usually 1e-6, received " + initial);
        }
    }

    @Override
    public Shape output(Shape... x) {
        return x[0].expectRank(4, "channelscale takes images N×C×H×W");
    }

    @Override
    public List<Param> params(Shape... x) {
        return List.of(new Param("layer_scale", Shape.of(x[0].c(), 1, 1), initial, initial));
    }

    @Override
    public long flops(Shape... x) {
        return x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x(), o.w());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> input(dx, o.dy(), o.w()));
        o.dw().ifPresent(dw -> factors(dw, o.dy(), o.x()));
    }

    private static void forward(Tensor y, Tensor x, Tensor w) {
        Conv2d.each(y.shape(), (n, c, h, v) -> y.set(n, c, h, v, w.get(c) * x.get(n, c, h, v)));
    }

    private static void input(Tensor dx, Tensor dy, Tensor w) {
        Conv2d.each(dy.shape(), (n, c, h, v) -> dx.add(n, c, h, v, w.get(c) * dy.get(n, c, h, v)));
    }

    private static void factors(Tensor dw, Tensor dy, Tensor x) {
        Conv2d.each(dy.shape(), (n, c, h, v) -> dw.add(c, dy.get(n, c, h, v) * x.get(n, c, h, v)));
    }
}
