package cortado.op;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Conv2dWinogradTest {

    /** Images, channels, filters, rows, columns, padding: whole tiles, cut tiles, more than one chunk of tiles. */
    @ParameterizedTest(name = "{0}×{1}×{3}×{4}, {2} filters, padding {5}, seed 21")
    @CsvSource({"3, 16, 20, 7, 9, 1", "16, 20, 16, 14, 14, 1", "5, 16, 16, 13, 18, 0", "2, 16, 24, 8, 8, 2",
        "1, 16, 16, 40, 33, 1"})
    void agreesWithTheFormulaInF64(int n, int c, int k, int h, int w, int pad) {
        Conv2d op = Conv2d.of(k, Window.of(3, 1, pad));
        Shape x = Shape.of(n, c, h, w);
        assertThat(Conv2dWinograd.fits(op, x)).isTrue();
        List<Tensor> exact = run(op, x, Kernel.reference(op), Type.F64, Layout.ROWS);
        List<Tensor> fast = run(op, x, new Conv2dWinograd(op, x), Type.F32, Layout.LANES);
        for (int i = 0; i < exact.size(); i++) {
            double largest = 0;
            double error = 0;
            for (int j = 0; j < exact.get(i).size(); j++) {
                largest = Math.max(largest, Math.abs(exact.get(i).get(j)));
                error = Math.max(error, Math.abs(exact.get(i).get(j) - fast.get(i).get(j)));
            }
            assertThat(error / largest).as("relative error of y, dx, dw, db: number " + i).isLessThan(2e-5);
        }
    }

    /** y, dx, dw and db; dx holds ones before and is added to. */
    private static List<Tensor> run(Conv2d op, Shape xs, Kernel kernel, Type type, Layout layout) {
        Tensor x = random(xs, type, layout, 1);
        Tensor y = Tensor.of(op.output(xs), type, layout);
        List<Tensor> params = op.params(xs).stream().map(p -> random(p.shape(), type, Layout.ROWS, 2)).toList();
        Tensor dx = Tensor.of(xs, type, layout);
        dx.fill(1);
        List<Optional<Tensor>> dparams = op.params(xs).stream().map(p -> Optional.of(Tensor.of(p.shape(), type))).toList();
        Tensor dy = random(op.output(xs), type, layout, 3);
        Operands o = Operands.of(List.of(x), y, params, List.of()).withScratch(Tensor.f32(Math.max(1, kernel.scratch())))
                .withGradients(dy, List.of(Optional.of(dx)), new boolean[] {true}, dparams);
        kernel.forward(o);
        kernel.backward(o);
        return List.of(y, dx, dparams.get(0).get(), dparams.get(1).get());
    }

    private static Tensor random(Shape shape, Type type, Layout layout, int name) {
        Tensor t = Tensor.of(shape, type, layout);
        Rng r = new Rng(21).split(name);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, (float) r.normal(i));
        }
        return t;
    }
}
