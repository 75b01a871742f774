package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Convolution (the cross-correlation of deep learning), with stride, padding, dilation and groups.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>w</td><td>{@code K C/groups R S}</td></tr>
 * <tr><td>b</td><td>{@code K}, optional</td></tr>
 * <tr><td>y</td><td>{@code N K P Q}</td></tr>
 * </table>
 *
 * <pre>
 * y[n,k,p,q]   = b[k] + Σ_crs w[k,c,r,s] · x[n, c, p·stride−pad+r·dilation, q·stride−pad+s·dilation]      N1
 * dw[k,c,r,s] += Σ_npq dy[n,k,p,q] · x[n, c, p·stride−pad+r·dilation, …]           dw = conv(x, dy)       N2, N3
 * db[k]       += Σ_npq dy[n,k,p,q]                                                                        N4
 * dx[n,c,h,w] += Σ_krs dy[n,k,p,q] · w[k,c,r,s] over all p, q, r, s that meet (h, w)                      N5
 *              = conv(pad(dilate(dy)), rot180(w))                                                         N6
 * </pre>
 *
 * Elements outside x count as zero. Group g joins the g-th part of the channels with the g-th part of the filters.
 * Derivation: {@code docs/backprop.md#convolution}; Goodfellow, Bengio, Courville, Deep Learning, section 9.5.
 * Cost: 2·N·K·P·Q·(C/groups)·R·S FLOPs.
 *
 * @param filters K, at least 1
 * @param window  kernel R×S, stride, padding, dilation
 * @param groups  divides both C and K
 * @param bias    whether b is added
 * @param init    how weights begin
 */
public record Conv2d(int filters, Window window, int groups, boolean bias, Init init) implements Op {

    /** Checks the ranges; throws {@link ShapeException}. */
    public Conv2d {
        if (filters < 1 || groups < 1 || filters % groups != 0) {
            throw new ShapeException(
                    "conv2d: filters must be at least 1 and divisible by groups, received " + filters + " filters, "
                            + groups + " groups");
        }
    }

    /**
     * Weights begin as PyTorch's do.
     *
     * @param filters K, at least 1
     * @param window  kernel R×S, stride, padding, dilation
     * @param groups  divides both C and K
     * @param bias    whether b is added
     */
    public Conv2d(int filters, Window window, int groups, boolean bias) {
        this(filters, window, groups, bias, Init.PYTORCH);
    }

    /**
     * One group, with bias.
     *
     * @param filters K
     * @param window  kernel, stride, padding, dilation
     * @return the op
     */
    public static Conv2d of(int filters, Window window) {
        return new Conv2d(filters, window, 1, true);
    }

    @Override
    public Shape output(Shape... x) {
        Shape in = x[0].expectRank(4, "conv2d takes images N×C×H×W");
        if (in.c() % groups != 0) {
            throw new ShapeException("conv2d: " + groups + " groups do not divide the " + in.c() + " channels of " + in);
        }
        return Shape.of(in.n(), filters, window.h().output(in.h()), window.w().output(in.w()));
    }

    @Override
    public List<Param> params(Shape... x) {
        int c = x[0].c() / groups;
        int fanIn = c * window.size();
        Param w = init.weight(fanIn, filters * window.size(), filters, c, window.h().kernel(), window.w().kernel());
        return bias ? List.of(w, init.bias(fanIn, filters)) : List.of(w);
    }

    @Override
    public long flops(Shape... x) {
        return 2L * output(x).size() * (x[0].c() / groups) * window.size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x(), o.w(), o.b());
    }

    @Override
    public void backward(Operands o) {
        o.dw().ifPresent(dw -> weights(dw, o.dy(), o.x()));
        o.db().ifPresent(db -> bias(db, o.dy()));
        o.dx().ifPresent(dx -> input(dx, o.dy(), o.w()));
    }

    /** N1. {@code x} is read where the window meets it, and counts as zero outside. */
    private void forward(Tensor y, Tensor x, Tensor w, Optional<Tensor> b) {
        each(y.shape(), (n, k, p, q) -> {
            double[] z = {b.isPresent() ? b.get().get(k) : 0};
            meet(k, p, q, x.shape(), (cg, c, r, s, h, v) -> z[0] += w.get(k, cg, r, s) * x.get(n, c, h, v));
            y.set(n, k, p, q, z[0]);
        });
    }

    /** N2, N3: dw = conv(x, dy). */
    private void weights(Tensor dw, Tensor dy, Tensor x) {
        each(dy.shape(), (n, k, p, q) -> meet(k, p, q, x.shape(),
                (cg, c, r, s, h, v) -> dw.add(k, cg, r, s, dy.get(n, k, p, q) * x.get(n, c, h, v))));
    }

    /** N4: db = Σ dy. */
    private void bias(Tensor db, Tensor dy) {
        each(dy.shape(), (n, k, p, q) -> db.add(k, dy.get(n, k, p, q)));
    }

    /** N5, N6: every output hands its gradient back along the weight it came by, which is conv(pad(dilate(dy)), rot180(w)). */
    private void input(Tensor dx, Tensor dy, Tensor w) {
        each(dy.shape(), (n, k, p, q) -> meet(k, p, q, dx.shape(),
                (cg, c, r, s, h, v) -> dx.add(n, c, h, v, dy.get(n, k, p, q) * w.get(k, cg, r, s))));
    }

    /** Walks the terms of one output: those window positions that meet the input. */
    void meet(int k, int p, int q, Shape x, Term term) {
        int perGroup = x.c() / groups;
        int first = k / (filters / groups) * perGroup;
        for (int cg = 0; cg < perGroup; cg++) {
            for (int r = 0; r < window.h().kernel(); r++) {
                int h = window.h().at(p, r);
                for (int s = 0; s < window.w().kernel(); s++) {
                    int v = window.w().at(q, s);
                    if (h >= 0 && h < x.h() && v >= 0 && v < x.w()) {
                        term.at(cg, first + cg, r, s, h, v);
                    }
                }
            }
        }
    }

    /** One product of a sum: channel within the group, channel, window row and column, input row and column. */
    interface Term {
        void at(int cg, int c, int r, int s, int h, int v);
    }

    /** One element of a rank-4 tensor. */
    interface Element {
        void at(int n, int k, int p, int q);
    }

    /** Walks a rank-4 shape in row order. */
    static void each(Shape y, Element f) {
        for (int n = 0; n < y.n(); n++) {
            for (int k = 0; k < y.c(); k++) {
                for (int p = 0; p < y.h(); p++) {
                    for (int q = 0; q < y.w(); q++) {
                        f.at(n, k, p, q);
                    }
                }
            }
        }
    }
}
