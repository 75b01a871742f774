package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Layer normalisation over channels: those of each pixel are brought to mean 0 and variance 1, then each is scaled and shifted by
 * what is learned. For vectors PyTorch's {@code LayerNorm}, for images ConvNeXt's {@code LayerNorm2d}.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, y</td><td>{@code N C H W}, or {@code N C}</td></tr>
 * <tr><td>w, b</td><td>{@code C}, at first 1 and 0</td></tr>
 * </table>
 *
 * <pre>
 * μ, σ² over the C elements x[n, ·, h, v],  x̂ = (x − μ) · r,  r = 1/√(σ² + ε)
 * y  = w[c] · x̂ + b[c]
 * db[c] += Σ dy    dw[c] += Σ dy · x̂    with g = w[c] · dy:
 * dx += r · (g − mean(g) − x̂ · mean(g·x̂))
 * </pre>
 *
 * Ba, Kiros, Hinton, 2016; Liu et al., CVPR 2022, section 2.6. Derivation: {@code docs/backprop.md#normalisation}.
 *
 * @param eps ε, above 0
 */
public record LayerNorm(double eps) implements Op {

    /** Checks the range; throws {@link cortado.tensor.ShapeException}. */
    public LayerNorm {
        Standardize.checkEps("layernorm", eps);
    }

    @Override
    public Shape output(Shape... x) {
        x[0].images("layernorm");
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
        Softmax.pixels(x.shape(), (n, h, w) -> Standardize.forward(o, pixel(x.shape(), n, h, w), eps));
    }

    @Override
    public void backward(Operands o) {
        Tensor x = Standardize.images(o.x());
        Softmax.pixels(x.shape(), (n, h, w) -> Standardize.backward(o, pixel(x.shape(), n, h, w), eps));
    }

    /** The channels of a pixel. */
    private static Standardize.Set pixel(Shape x, int n, int h, int w) {
        return f -> {
            for (int c = 0; c < x.c(); c++) {
                f.at(n, c, h, w);
            }
        };
    }
}
