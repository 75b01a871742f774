package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Average pooling.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y</td><td>{@code N C P Q}</td></tr>
 * </table>
 *
 * <pre>
 * y[n,c,p,q]   = 1/m(p,q) · Σ_rs x[n, c, p·stride−pad+r, q·stride−pad+s]
 * dx[n,c,h,w] += Σ 1/m(p,q) · dy[n,c,p,q] over the windows that hold (h, w)                             N10
 * </pre>
 *
 * m(p,q) counts the window's elements: those inside the padded input if {@code countPadding}, those inside the input
 * otherwise; what hangs over the padded end ({@code ceilMode}) never counts. As in PyTorch.
 * Derivation: {@code docs/backprop.md#average-pooling}.
 *
 * @param window       kernel, stride, padding (at most half the kernel); no dilation
 * @param ceilMode     whether a last window may hang over the end
 * @param countPadding PyTorch's {@code count_include_pad}
 */
public record AvgPool2d(Window window, boolean ceilMode, boolean countPadding) implements Op {

    /** Checks padding and dilation; throws {@link ShapeException}. */
    public AvgPool2d {
        checkPadding("avgpool2d", window);
        if (window.h().dilation() != 1 || window.w().dilation() != 1) {
            throw new ShapeException("avgpool2d: dilation is not defined for average pooling, received " + window.text());
        }
    }

    /**
     * {@return pooling without overlap}
     * @param kernel rows and columns; also the stride
     */
    public static AvgPool2d of(int kernel) {
        return new AvgPool2d(Window.of(kernel, kernel, 0), false, true);
    }

    static void checkPadding(String op, Window window) {
        for (Window.Axis a : new Window.Axis[] {window.h(), window.w()}) {
            if (2 * Math.max(a.before(), a.after()) > a.kernel()) {
                throw new ShapeException(
                        op + ": padding may be at most half the kernel (else a window holds nothing but padding), received "
                                + window.text());
            }
        }
    }

    static Shape output(String op, Window window, boolean ceilMode, Shape x) {
        x.expectRank(4, op + " takes images N×C×H×W");
        return Shape.of(x.n(), x.c(), ceilMode ? window.h().outputCeil(x.h()) : window.h().output(x.h()),
                ceilMode ? window.w().outputCeil(x.w()) : window.w().output(x.w()));
    }

    @Override
    public Shape output(Shape... x) {
        return output("avgpool2d", window, ceilMode, x[0]);
    }

    @Override
    public long flops(Shape... x) {
        return (long) output(x).size() * window.size();
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
        Conv2d.each(y.shape(), (n, c, p, q) -> {
            double[] sum = {0};
            inside(p, q, x.shape(), (h, w) -> sum[0] += x.get(n, c, h, w));
            y.set(n, c, p, q, sum[0] / count(p, q, x.shape()));
        });
    }

    /** N10: each element of the window gets its even share. */
    private void backward(Tensor dx, Tensor dy) {
        Conv2d.each(dy.shape(), (n, c, p, q) -> inside(p, q, dx.shape(),
                (h, w) -> dx.add(n, c, h, w, dy.get(n, c, p, q) / count(p, q, dx.shape()))));
    }

    /**
     * m(p,q): what a window's sum is divided by.
     *
     * @param p output row
     * @param q output column
     * @param x shape of the input
     * @return elements that count, at least 1
     */
    int count(int p, int q, Shape x) {
        return count(window.h(), p, x.h()) * count(window.w(), q, x.w());
    }

    private int count(Window.Axis a, int p, int in) {
        int from = a.at(p, 0);
        int to = Math.min(from + a.kernel(), in + a.after());
        return countPadding ? to - from : Math.min(to, in) - Math.max(from, 0);
    }

    private void inside(int p, int q, Shape x, Linear.Element f) {
        for (int h = Math.max(0, window.h().at(p, 0)); h < Math.min(x.h(), window.h().at(p, window.h().kernel())); h++) {
            for (int w = Math.max(0, window.w().at(q, 0)); w < Math.min(x.w(), window.w().at(q, window.w().kernel())); w++) {
                f.at(h, w);
            }
        }
    }
}
