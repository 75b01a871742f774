package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Transposed convolution, which enlarges where a strided convolution shrinks: forward is a convolution's gradient of its input.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>w</td><td>{@code C K/groups R S}</td></tr>
 * <tr><td>b</td><td>{@code K}, optional</td></tr>
 * <tr><td>y</td><td>{@code N K P Q}, P = (H − 1)·stride − pad + dilation·(R − 1) + 1 + outputPadding</td></tr>
 * </table>
 *
 * <pre>
 * y[n,k,p,q]    = b[k] + Σ x[n,c,h,v] · w[c,k,r,s] over the terms with p = h·stride−pad+r·dilation, q = v·stride−pad+s·dilation
 * dw[c,k,r,s]  += Σ_nhv x[n,c,h,v] · dy[n,k, h·stride−pad+r·dilation, v·stride−pad+s·dilation]
 * db[k]        += Σ_npq dy[n,k,p,q]
 * dx[n,c,h,v]  += Σ_krs w[c,k,r,s] · dy[n,k, h·stride−pad+r·dilation, v·stride−pad+s·dilation]
 * </pre>
 *
 * Group g joins the g-th part of the channels with the g-th part of the filters. Weights begin as PyTorch's, its fan-in being
 * K/groups·R·S. Dumoulin, Visin, 2016, chapter 4. Derivation: {@code docs/backprop.md#transposed-convolution}.
 * Cost: 2·N·C·H·W·(K/groups)·R·S FLOPs.
 *
 * @param filters        K, at least 1
 * @param window         kernel R×S, stride, padding that is cut off, dilation
 * @param outputPaddingH rows added below, less than stride or dilation
 * @param outputPaddingW columns added at the right, less than stride or dilation
 * @param groups         divides both C and K
 * @param bias           whether b is added
 */
public record ConvTranspose2d(int filters, Window window, int outputPaddingH, int outputPaddingW, int groups, boolean bias)
        implements
            Op {

    /** Checks the ranges; throws {@link ShapeException}. */
    public ConvTranspose2d {
        if (filters < 1 || groups < 1 || filters % groups != 0) {
            throw new ShapeException("convtranspose2d: filters must be at least 1 and divisible by groups, received " + filters
                    + " filters, " + groups + " groups");
        }
        checkPadding(outputPaddingH, window.h());
        checkPadding(outputPaddingW, window.w());
    }

    private static void checkPadding(int padding, Window.Axis a) {
        if (padding < 0 || padding >= Math.max(a.stride(), a.dilation())) {
            throw new ShapeException("convtranspose2d: output padding must be from 0 to less than stride or dilation ("
                    + Math.max(a.stride(), a.dilation()) + "), received " + padding);
        }
    }

    /**
     * One group, with bias, no output padding.
     *
     * @param filters K
     * @param window  kernel, stride, padding, dilation
     * @return the op
     */
    public static ConvTranspose2d of(int filters, Window window) {
        return new ConvTranspose2d(filters, window, 0, 0, 1, true);
    }

    @Override
    public Shape output(Shape... x) {
        Shape in = x[0].expectRank(4, "convtranspose2d takes images N×C×H×W");
        if (in.c() % groups != 0) {
            throw new ShapeException("convtranspose2d: " + groups + " groups do not divide the " + in.c() + " channels of " + in);
        }
        return Shape.of(in.n(), filters, size(window.h(), in.h(), outputPaddingH), size(window.w(), in.w(), outputPaddingW));
    }

    private static int size(Window.Axis a, int in, int outputPadding) {
        long size = (in - 1L) * a.stride() - a.before() - a.after() + a.extent() + outputPadding;
        if (size < 1) {
            throw new ShapeException("convtranspose2d: padding " + a.before() + "+" + a.after() + " leaves nothing of "
                    + (size + a.before() + a.after()) + " positions; use less padding or a larger kernel");
        }
        return Math.toIntExact(size);
    }

    @Override
    public List<Param> params(Shape... x) {
        int fanIn = filters / groups * window.size();
        Param w = Param.uniform("weight", fanIn, x[0].c(), filters / groups, window.h().kernel(), window.w().kernel());
        return bias ? List.of(w, Param.uniform("bias", fanIn, filters)) : List.of(w);
    }

    @Override
    public long flops(Shape... x) {
        return 2L * x[0].size() * (filters / groups) * window.size();
    }

    @Override
    public void forward(Operands o) {
        Conv2d.each(o.y().shape(), (n, k, p, q) -> o.y().set(n, k, p, q, o.b().map(b -> b.get(k)).orElse(0.0)));
        spread(o.y(), o.x(), o.w());
    }

    @Override
    public void backward(Operands o) {
        o.dw().ifPresent(dw -> weights(dw, o.dy(), o.x()));
        o.db().ifPresent(db -> Conv2d.each(o.dy().shape(), (n, k, p, q) -> db.add(k, o.dy().get(n, k, p, q))));
        o.dx().ifPresent(dx -> input(dx, o.dy(), o.w()));
    }

    /** Every input spreads over the outputs that its window meets. */
    private void spread(Tensor y, Tensor x, Tensor w) {
        Conv2d mirrored = mirrored(x.shape());
        Conv2d.each(x.shape(), (n, c, h, v) -> mirrored.meet(c, h, v, y.shape(),
                (kg, k, r, s, p, q) -> y.add(n, k, p, q, x.get(n, c, h, v) * w.get(c, kg, r, s))));
    }

    private void weights(Tensor dw, Tensor dy, Tensor x) {
        Conv2d mirrored = mirrored(x.shape());
        Conv2d.each(x.shape(), (n, c, h, v) -> mirrored.meet(c, h, v, dy.shape(),
                (kg, k, r, s, p, q) -> dw.add(c, kg, r, s, x.get(n, c, h, v) * dy.get(n, k, p, q))));
    }

    /** A plain convolution of dy. */
    private void input(Tensor dx, Tensor dy, Tensor w) {
        Conv2d mirrored = mirrored(dx.shape());
        Conv2d.each(dx.shape(), (n, c, h, v) -> mirrored.meet(c, h, v, dy.shape(),
                (kg, k, r, s, p, q) -> dx.add(n, c, h, v, w.get(c, kg, r, s) * dy.get(n, k, p, q))));
    }

    /**
     * The convolution whose transpose this is: it makes x out of y.
     *
     * @param x shape of the input
     * @return a convolution with C filters and no bias
     */
    Conv2d mirrored(Shape x) {
        return new Conv2d(x.c(), window, groups, false);
    }
}
