package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Fully connected layer.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C}</td></tr>
 * <tr><td>w</td><td>{@code K C}</td></tr>
 * <tr><td>b</td><td>{@code K}, optional</td></tr>
 * <tr><td>y</td><td>{@code N K}</td></tr>
 * </table>
 *
 * <pre>
 * y[n,k]   = b[k] + Σ_c w[k,c] · x[n,c]
 * dw[k,c] += Σ_n dy[n,k] · x[n,c]
 * db[k]   += Σ_n dy[n,k]
 * dx[n,c] += Σ_k dy[n,k] · w[k,c]
 * </pre>
 *
 * Derivation: {@code docs/backprop.md#linear}. Cost: 2·N·K·C FLOPs.
 *
 * @param outputs K, at least 1
 * @param bias    whether b is added
 * @param init    how weights begin
 */
public record Linear(int outputs, boolean bias, Init init) implements Op {

    /** Checks the range; throws {@link ShapeException}. */
    public Linear {
        if (outputs < 1) {
            throw new ShapeException("linear: outputs must be at least 1, received " + outputs);
        }
    }

    /**
     * Weights begin as PyTorch's do.
     *
     * @param outputs K, at least 1
     * @param bias    whether b is added
     */
    public Linear(int outputs, boolean bias) {
        this(outputs, bias, Init.PYTORCH);
    }

    /**
     * With bias.
     *
     * @param outputs K
     * @return the op
     */
    public static Linear of(int outputs) {
        return new Linear(outputs, true);
    }

    @Override
    public Shape output(Shape... x) {
        return Shape.of(x[0].expectRank(2, "linear takes vectors N×C (put a flatten before it)").n(), outputs);
    }

    @Override
    public List<Param> params(Shape... x) {
        int c = x[0].dim(1);
        Param w = init.weight(c, outputs, outputs, c);
        return bias ? List.of(w, init.bias(c, outputs)) : List.of(w);
    }

    @Override
    public long flops(Shape... x) {
        return 2L * x[0].size() * outputs;
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

    private static void forward(Tensor y, Tensor x, Tensor w, Optional<Tensor> b) {
        each(y.shape(), (n, k) -> {
            double z = b.isPresent() ? b.get().get(k) : 0;
            for (int c = 0; c < x.shape().dim(1); c++) {
                z += w.get(k, c) * x.get(n, c);
            }
            y.set(n, k, z);
        });
    }

    private static void weights(Tensor dw, Tensor dy, Tensor x) {
        each(x.shape(), (n, c) -> {
            for (int k = 0; k < dy.shape().dim(1); k++) {
                dw.add(k, c, dy.get(n, k) * x.get(n, c));
            }
        });
    }

    private static void bias(Tensor db, Tensor dy) {
        each(dy.shape(), (n, k) -> db.add(k, dy.get(n, k)));
    }

    private static void input(Tensor dx, Tensor dy, Tensor w) {
        each(dx.shape(), (n, c) -> {
            double z = 0;
            for (int k = 0; k < dy.shape().dim(1); k++) {
                z += dy.get(n, k) * w.get(k, c);
            }
            dx.add(n, c, z);
        });
    }

    /** One element of a matrix. */
    interface Element {
        void at(int n, int k);
    }

    /** Walks a matrix in row order. */
    static void each(Shape y, Element f) {
        for (int n = 0; n < y.n(); n++) {
            for (int k = 0; k < y.dim(1); k++) {
                f.at(n, k);
            }
        }
    }
}
