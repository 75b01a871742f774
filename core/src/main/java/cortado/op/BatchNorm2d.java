package cortado.op;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Batch normalisation: each channel is brought to mean 0 and variance 1 over the whole batch, then scaled and shifted by what is
 * learned. For vectors it is what PyTorch calls {@code BatchNorm1d}.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, y</td><td>{@code N C H W}, or {@code N C}</td></tr>
 * <tr><td>w, b</td><td>{@code C}, at first 1 and 0</td></tr>
 * <tr><td>running_mean, running_var</td><td>{@code C}, at first 0 and 1; forward changes them in training, no gradient</td></tr>
 * </table>
 *
 * <pre>
 * μ  = 1/M · Σ x[·,c,·,·]    σ² = 1/M · Σ (x − μ)²    r = 1/√(σ² + ε)    x̂ = (x − μ) · r        M = N·H·W
 * y  = w[c] · x̂ + b[c]
 * running_mean = (1 − momentum) · running_mean + momentum · μ
 * running_var  = (1 − momentum) · running_var  + momentum · σ² · M/(M−1)
 * db[c] += Σ dy    dw[c] += Σ dy · x̂
 * dx += w[c] · r · (dy − 1/M · Σ dy − x̂ · 1/M · Σ dy·x̂)
 * </pre>
 *
 * In inference μ and σ² are the running ones, constants, and dx += w[c]·r·dy. A single value (M = 1) has no variance of its own:
 * it becomes b, and running_var stays. Ioffe, Szegedy, ICML 2015, algorithm 1. Derivation: {@code docs/backprop.md#normalisation}.
 *
 * @param eps      ε, above 0
 * @param momentum 0 … 1, the share of the newest batch in the running statistics
 */
public record BatchNorm2d(double eps, double momentum) implements Op {

    /** Checks the ranges; throws {@link ShapeException}. */
    public BatchNorm2d {
        Standardize.checkEps("batchnorm2d", eps);
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new ShapeException("batchnorm2d: momentum must be 0 … 1, usually 0.1, received " + momentum);
        }
    }

    /** {@return PyTorch's usual settings: ε = 10⁻⁵, momentum 0.1} */
    public static BatchNorm2d of() {
        return new BatchNorm2d(1e-5, 0.1);
    }

    @Override
    public Shape output(Shape... x) {
        x[0].images("batchnorm2d");
        return x[0];
    }

    @Override
    public List<Param> params(Shape... x) {
        int c = x[0].dim(1);
        List<Param> all = new ArrayList<>(Standardize.params(c));
        all.add(Param.state("running_mean", 0, c));
        all.add(Param.state("running_var", 1, c));
        return List.copyOf(all);
    }

    /** Room where a fast kernel leaves mean and 1/σ of each channel for backward, as the bits of floats. */
    @Override
    public List<Shape> saved(Shape... x) {
        return List.of(Shape.of(x[0].n(), 2 * Math.ceilDiv(x[0].dim(1), Layout.WIDTH) * Layout.WIDTH));
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public long flops(Shape... x) {
        return 7L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        Tensor x = Standardize.images(o.x());
        for (int c = 0; c < x.shape().c(); c++) {
            Standardize.Moments m = moments(o, x, c);
            Standardize.forward(Standardize.images(o.y()), x, o.w(), o.param(1), m, channel(o, x, c));
            if (o.training()) {
                run(o, c, m.mean(), m.variance(), m.m());
            }
        }
    }

    @Override
    public void backward(Operands o) {
        Tensor x = Standardize.images(o.x());
        for (int c = 0; c < x.shape().c(); c++) {
            Standardize.backward(o, o.dx().map(Standardize::images), Standardize.images(o.dy()), x, moments(o, x, c), !o.training(),
                    channel(o, x, c));
        }
    }

    private Standardize.Moments moments(Operands o, Tensor x, int c) {
        return o.training() ? Standardize.Moments.of(x, channel(o, x, c), eps)
                : Standardize.Moments.given(o.param(2).get(c), o.param(3).get(c), eps, 1);
    }

    /** The real images' elements of a channel. */
    private static Standardize.Set channel(Operands o, Tensor x, int c) {
        return f -> Conv2d.each(Shape.of(o.n(), 1, x.shape().h(), x.shape().w()), (n, zero, h, w) -> f.at(n, c, h, w));
    }

    /**
     * Moves the running statistics of a channel.
     *
     * @param o        training's operands
     * @param c        the channel
     * @param mean     μ of the batch
     * @param variance σ² of the batch, biased
     * @param m        M
     */
    void run(Operands o, int c, double mean, double variance, long m) {
        double unbiased = m > 1 ? variance * m / (m - 1) : o.param(3).get(c);
        o.param(2).set(c, (1 - momentum) * o.param(2).get(c) + momentum * mean);
        o.param(3).set(c, (1 - momentum) * o.param(3).get(c) + momentum * unbiased);
    }
}
