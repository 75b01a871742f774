package cortado.op;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own exponentials hold what {@link Bends} says, all along the line and where numbers are tiny. */
class ActivationVectorTest {

    static Stream<Elementwise> all() {
        return Stream.of(new LeakyRelu(0.01), new Elu(1), new Elu(0.5), new Gelu(false), new Gelu(true), new Silu(),
                new HardSwish(),
                new HardSigmoid(), new Sigmoid(), new Tanh(), new Softplus(1, 20), new Softplus(3, 6), new Relu6());
    }

    /** 2^13 numbers between −16 and 16, and as many between ±10⁻⁹ and ±1 by their logarithm. */
    private static Tensor line() {
        int n = 1 << 14;
        Tensor x = Tensor.of(Shape.of(1, n), cortado.tensor.Type.F32, Layout.CHANNELS);
        for (int i = 0; i < n / 2; i++) {
            x.set(i, -16 + 32.0 * i / (n / 2));
            x.set(n / 2 + i, (i % 2 == 0 ? 1 : -1) * Math.pow(10, -9.0 * i / (n / 2)));
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("all")
    void valuesAndSlopesAreOffByRoundingOnly(Elementwise op) {
        Tensor x = line();
        Tensor y = Tensor.of(x.shape(), x.type(), x.layout());
        Tensor dx = Tensor.of(x.shape(), x.type(), x.layout());
        Tensor dy = Tensor.of(x.shape(), x.type(), x.layout());
        dy.fill(1);
        Kernel kernel = ActivationVector.of(op);
        Operands o = Operands.of(List.of(x), y, List.of(), List.of())
                .withGradients(dy, List.of(Optional.of(dx)), new boolean[1], List.of()).withScratch(Tensor.f32(kernel.scratch()));
        kernel.forward(o);
        kernel.backward(o);
        double value = 0;
        double slope = 0;
        for (int i = 0; i < x.size(); i++) {
            double v = op.value(x.get(i));
            value = Math.max(value, Math.abs(y.get(i) - v) / Math.max(1, Math.abs(v)));
            slope = Math.max(slope, Math.abs(dx.get(i) - op.slope(x.get(i))));
        }
        assertThat(value).isLessThan(3e-7);
        assertThat(slope).isLessThan(2.5e-6);
    }

    /** Near 0 the digits stay: f(x) − f(0) to 10⁻⁶ of itself. */
    @ParameterizedTest
    @MethodSource("odd")
    void smallNumbersKeepTheirDigits(Elementwise op) {
        Tensor x = line();
        Tensor y = Tensor.of(x.shape(), x.type(), x.layout());
        ActivationVector.of(op).forward(Operands.of(List.of(x), y, List.of(), List.of()));
        for (int i = x.size() / 2; i < x.size(); i++) {
            double v = op.value(x.get(i));
            assertThat(Math.abs(y.get(i) - v)).as("%s at %s", op, x.get(i)).isLessThanOrEqualTo(1e-6 * Math.abs(v));
        }
    }

    static Stream<Elementwise> odd() {
        return Stream.of(new Tanh(), new Elu(1), new Silu(), new Gelu(false), new Gelu(true));
    }
}
