package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;

/**
 * Makes images larger by whole factors.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y</td><td>{@code N C h·H w·W}</td></tr>
 * </table>
 *
 * <pre>
 * NEAREST    y[n,c,p,q] = x[n, c, ⌊p/h⌋, ⌊q/w⌋]
 * BILINEAR   y[n,c,p,q] = Σ_ij a_i(p) · b_j(q) · x[n,c,i,j], the four pixels around the place (s(p), s(q))
 *            s(p) = max((p + ½)/h − ½, 0), or p · (H−1)/(h·H−1) where corners are aligned
 *            a_i(p) = max(1 − |s(p) − i|, 0), past the last row that row again; b likewise along columns
 * dx[n,c,i,j] += Σ_pq a_i(p) · b_j(q) · dy[n,c,p,q]
 * </pre>
 *
 * Derivation: {@code docs/backprop.md#moving-data}. Cost: 8·N·C·P·Q FLOPs where bilinear.
 *
 * @param h            factor of the rows, at least 1
 * @param w            factor of the columns, at least 1
 * @param mode         which pixels make one
 * @param alignCorners whether the corners' middles stay where they are, else their outer edges; only where bilinear
 */
public record Upsample(int h, int w, Mode mode, boolean alignCorners) implements Op {

    /** Which pixels make one. */
    public enum Mode {
        /** The one that lies there. */
        NEAREST,
        /** The four around it, by their distance. */
        BILINEAR
    }

    /** Checks the ranges; throws {@link ShapeException}. */
    public Upsample {
        if (h < 1 || w < 1 || h > Short.MAX_VALUE || w > Short.MAX_VALUE) {
            throw new ShapeException("upsample: factors must be 1 … " + Short.MAX_VALUE + ", received " + h + ", " + w);
        }
        if (alignCorners && mode == Mode.NEAREST) {
            throw new ShapeException("upsample: corners can be aligned where bilinear only");
        }
    }

    /**
     * {@return each pixel h×w times}
     * @param factor of rows and columns
     */
    public static Upsample nearest(int factor) {
        return new Upsample(factor, factor, Mode.NEAREST, false);
    }

    @Override
    public Shape output(Shape... x) {
        Shape in = x[0].expectRank(4, "upsample takes images N×C×H×W");
        return Shape.of(in.n(), in.c(), Math.multiplyExact(h, in.h()), Math.multiplyExact(w, in.w()));
    }

    @Override
    public long flops(Shape... x) {
        return mode == Mode.NEAREST ? 0 : 8L * output(x).size();
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
        Axis rows = axis(h, x.shape().h());
        Axis columns = axis(w, x.shape().w());
        Conv2d.each(y.shape(), (n, c, p, q) -> y.set(n, c, p, q,
                rows.near(p) * (columns.near(q) * x.get(n, c, rows.first[p], columns.first[q])
                        + columns.far[q] * x.get(n, c, rows.first[p], columns.second[q]))
                        + rows.far[p] * (columns.near(q) * x.get(n, c, rows.second[p], columns.first[q])
                                + columns.far[q] * x.get(n, c, rows.second[p], columns.second[q]))));
    }

    private void backward(Tensor dx, Tensor dy) {
        Axis rows = axis(h, dx.shape().h());
        Axis columns = axis(w, dx.shape().w());
        Conv2d.each(dy.shape(), (n, c, p, q) -> {
            double g = dy.get(n, c, p, q);
            dx.add(n, c, rows.first[p], columns.first[q], rows.near(p) * columns.near(q) * g);
            dx.add(n, c, rows.first[p], columns.second[q], rows.near(p) * columns.far[q] * g);
            dx.add(n, c, rows.second[p], columns.first[q], rows.far[p] * columns.near(q) * g);
            dx.add(n, c, rows.second[p], columns.second[q], rows.far[p] * columns.far[q] * g);
        });
    }

    /**
     * Per output row (or column): the two input rows that make it, and the share of the second.
     *
     * @param first  the one before
     * @param second the one after, the same at the end
     * @param far    share of the second, 0 … 1
     */
    record Axis(int[] first, int[] second, double[] far) {
        /** The share of the first. */
        double near(int p) {
            return 1 - far[p];
        }
    }

    /** The rule along one axis of {@code size} pixels. */
    Axis axis(int factor, int size) {
        int outputs = factor * size;
        Axis a = new Axis(new int[outputs], new int[outputs], new double[outputs]);
        for (int p = 0; p < outputs; p++) {
            double at = mode == Mode.NEAREST ? p / factor
                    : !alignCorners ? Math.max((p + 0.5) / factor - 0.5, 0)
                    : outputs > 1 ? (double) p * (size - 1) / (outputs - 1) : 0;
            a.first[p] = (int) at;
            a.second[p] = Math.min(a.first[p] + 1, size - 1);
            a.far[p] = at - a.first[p];
        }
        return a;
    }
}
