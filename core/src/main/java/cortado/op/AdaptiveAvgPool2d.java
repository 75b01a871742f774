package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Average pooling to a given size: windows as even as the input allows, which may overlap by a row or column.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y</td><td>{@code N C P Q}</td></tr>
 * </table>
 *
 * <pre>
 * rows of output p: ⌊p·H/P⌋ … ⌈(p+1)·H/P⌉ − 1, columns alike
 * y[n,c,p,q]   = 1/m(p,q) · Σ x[n,c,h,w] over the window
 * dx[n,c,h,w] += Σ 1/m(p,q) · dy[n,c,p,q] over the windows that hold (h, w)                             N10
 * </pre>
 *
 * As in PyTorch. Derivation: {@code docs/backprop.md#average-pooling}.
 *
 * @param h P, rows of the output, at least 1
 * @param w Q, columns of the output, at least 1
 */
public record AdaptiveAvgPool2d(int h, int w) implements Op {

    /** Checks the sizes; throws {@link ShapeException}. */
    public AdaptiveAvgPool2d {
        if (h < 1 || w < 1) {
            throw new ShapeException("adaptiveavgpool2d: rows and columns must be at least 1, received " + h + "×" + w);
        }
    }

    @Override
    public Shape output(Shape... x) {
        x[0].expectRank(4, "adaptiveavgpool2d takes images N×C×H×W");
        return Shape.of(x[0].n(), x[0].c(), h, w);
    }

    @Override
    public long flops(Shape... x) {
        return Math.max(x[0].size(), output(x).size());
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
            inside(p, q, x.shape(), (i, j) -> sum[0] += x.get(n, c, i, j));
            y.set(n, c, p, q, sum[0] / count(p, q, x.shape()));
        });
    }

    /** N10: each element of the window gets its even share. */
    private void backward(Tensor dx, Tensor dy) {
        Conv2d.each(dy.shape(), (n, c, p, q) -> inside(p, q, dx.shape(),
                (i, j) -> dx.add(n, c, i, j, dy.get(n, c, p, q) / count(p, q, dx.shape()))));
    }

    private int count(int p, int q, Shape x) {
        return (to(p, h, x.h()) - from(p, h, x.h())) * (to(q, w, x.w()) - from(q, w, x.w()));
    }

    private void inside(int p, int q, Shape x, Linear.Element f) {
        for (int i = from(p, h, x.h()); i < to(p, h, x.h()); i++) {
            for (int j = from(q, w, x.w()); j < to(q, w, x.w()); j++) {
                f.at(i, j);
            }
        }
    }

    /** {@return the first input position of output p, of {@code out}} */
    static int from(int p, int out, int in) {
        return (int) ((long) p * in / out);
    }

    /** {@return one past the last} */
    static int to(int p, int out, int in) {
        return (int) Math.ceilDiv((p + 1L) * in, (long) out);
    }
}
