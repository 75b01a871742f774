package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * ReLU with a learned slope below 0.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x, y</td><td>{@code N C H W}, or {@code N C}</td></tr>
 * <tr><td>w</td><td>{@code C}, or {@code 1} for all channels; at first 0.25</td></tr>
 * </table>
 *
 * <pre>
 * y      = x where x &gt; 0, else w[c] · x
 * dx    += dy where x &gt; 0, else dy · w[c]
 * dw[c] += Σ dy · x where x ≤ 0
 * </pre>
 *
 * He, Zhang, Ren, Sun, ICCV 2015. Derivation: {@code docs/backprop.md#activations}.
 *
 * @param perChannel whether each channel has a slope of its own
 */
public record Prelu(boolean perChannel) implements Op {

    @Override
    public Shape output(Shape... x) {
        x[0].images("prelu");
        return x[0];
    }

    @Override
    public List<Param> params(Shape... x) {
        return List.of(new Param("weight", Shape.of(perChannel ? x[0].dim(1) : 1), 0.25, 0.25));
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
        o.dx().ifPresent(dx -> input(dx, o.dy(), o.x(), o.w()));
        o.dw().ifPresent(dw -> slopes(dw, o.dy(), o.x()));
    }

    private void forward(Tensor y, Tensor x, Tensor w) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, x.get(i) > 0 ? x.get(i) : w.get(of(i, x)) * x.get(i));
        }
    }

    private void input(Tensor dx, Tensor dy, Tensor x, Tensor w) {
        for (int i = 0; i < x.size(); i++) {
            dx.add(i, x.get(i) > 0 ? dy.get(i) : dy.get(i) * w.get(of(i, x)));
        }
    }

    private void slopes(Tensor dw, Tensor dy, Tensor x) {
        for (int i = 0; i < x.size(); i++) {
            dw.add(of(i, x), x.get(i) > 0 ? 0 : dy.get(i) * x.get(i));
        }
    }

    /** Which slope belongs to an element. */
    private int of(int i, Tensor x) {
        int c = x.shape().dim(1);
        return perChannel ? i / (x.size() / x.shape().n() / c) % c : 0;
    }
}
