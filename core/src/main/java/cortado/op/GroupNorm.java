package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Group normalisation: in each image the channels of a group are brought together to mean 0 and variance 1, then each channel is
 * scaled and shifted by what is learned. The same in training and inference, whatever the batch.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, y</td><td>{@code N C H W}, or {@code N C}</td></tr>
 * <tr><td>w, b</td><td>{@code C}, at first 1 and 0</td></tr>
 * </table>
 *
 * <pre>
 * μ, σ² over the C/groups · H·W elements x[n, c of group g, ·, ·],  x̂ = (x − μ) · r,  r = 1/√(σ² + ε)
 * y  = w[c] · x̂ + b[c]
 * db[c] += Σ dy    dw[c] += Σ dy · x̂    with G = w[c] · dy:
 * dx += r · (G − mean(G) − x̂ · mean(G·x̂))
 * </pre>
 *
 * Wu, He, ECCV 2018. Derivation: {@code docs/backprop.md#normalisation}.
 *
 * @param groups divides C
 * @param eps    ε, above 0
 */
public record GroupNorm(int groups, double eps) implements Op {

    /** Checks the ranges; throws {@link ShapeException}. */
    public GroupNorm {
        Standardize.checkEps("groupnorm", eps);
        if (groups < 1) {
            throw new ShapeException("groupnorm: groups must be at least 1, received " + groups);
        }
    }

    @Override
    public Shape output(Shape... x) {
        if (x[0].images("groupnorm").c() % groups != 0) {
            throw new ShapeException("groupnorm: " + groups + " groups do not divide the " + x[0].dim(1) + " channels of " + x[0]);
        }
        return x[0];
    }

    @Override
    public List<Param> params(Shape... x) {
        return Standardize.params(x[0].dim(1));
    }

    @Override
    public long flops(Shape... x) {
        return 7L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        Tensor x = Standardize.images(o.x());
        Linear.each(Shape.of(x.shape().n(), groups), (n, g) -> Standardize.forward(o, group(x.shape(), n, g), eps));
    }

    @Override
    public void backward(Operands o) {
        Tensor x = Standardize.images(o.x());
        Linear.each(Shape.of(x.shape().n(), groups), (n, g) -> Standardize.backward(o, group(x.shape(), n, g), eps));
    }

    /** The elements of a group in one image. */
    private Standardize.Set group(Shape x, int n, int g) {
        int size = x.c() / groups;
        return f -> Conv2d.each(Shape.of(1, size, x.h(), x.w()), (zero, c, h, w) -> f.at(n, g * size + c, h, w));
    }
}
