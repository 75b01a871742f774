package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Relu;
import cortado.op.Softmax;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The worked numbers of the notes, N1–N12: X 3×3, K 2×2, Z 2×2, stride 1, each term written out as on paper. */
class NotesTest {
    private static final double X11 = 1;
    private static final double X12 = -2;
    private static final double X13 = 3;
    private static final double X21 = 5;
    private static final double X22 = 7;
    private static final double X23 = -11;
    private static final double X31 = 13;
    private static final double X32 = 17;
    private static final double X33 = 19;
    private static final double K11 = 2;
    private static final double K12 = 3;
    private static final double K21 = -5;
    private static final double K22 = 7;
    private static final double B = 0.5;
    private static final double D11 = 1;
    private static final double D12 = -3;
    private static final double D21 = 4;
    private static final double D22 = 6;

    private final Tensor x = Tensor.of(new double[] {X11, X12, X13, X21, X22, X23, X31, X32, X33}, 1, 1, 3, 3);
    private final Tensor k = Tensor.of(new double[] {K11, K12, K21, K22}, 1, 1, 2, 2);
    private final Tensor b = Tensor.of(new double[] {B}, 1);
    private final Tensor delta = Tensor.of(new double[] {D11, D12, D21, D22}, 1, 1, 2, 2);

    @Test
    void n1EachOutputIsTheSumOfItsWindowTimesTheKernelPlusTheBias() {
        assertThat(conv2x2().y().toDoubles()).containsExactly(
                X11 * K11 + X12 * K12 + X21 * K21 + X22 * K22 + B,
                X12 * K11 + X13 * K12 + X22 * K21 + X23 * K22 + B,
                X21 * K11 + X22 * K12 + X31 * K21 + X32 * K22 + B,
                X22 * K11 + X23 * K12 + X32 * K21 + X33 * K22 + B);
    }

    @Test
    void n2EachKernelGradientSumsDeltaTimesWhatTheWeightMet() {
        assertThat(conv2x2().dw().orElseThrow().toDoubles()).containsExactly(
                D11 * X11 + D12 * X12 + D21 * X21 + D22 * X22,
                D11 * X12 + D12 * X13 + D21 * X22 + D22 * X23,
                D11 * X21 + D12 * X22 + D21 * X31 + D22 * X32,
                D11 * X22 + D12 * X23 + D21 * X32 + D22 * X33);
    }

    @Test
    void n3TheKernelGradientIsTheConvolutionOfXWithDelta() {
        assertThat(conv2x2().dw().orElseThrow().toDoubles()).containsExactly(convolve(x, delta).toDoubles());
    }

    @Test
    void n4TheBiasGradientIsTheSumOfDelta() {
        assertThat(conv2x2().db().orElseThrow().toDoubles()).containsExactly(D11 + D12 + D21 + D22);
    }

    @Test
    void n5EachInputGradientSumsDeltaTimesTheWeightItCameBy() {
        assertThat(conv2x2().dx().orElseThrow().toDoubles()).containsExactly(
                D11 * K11, D11 * K12 + D12 * K11, D12 * K12,
                D11 * K21 + D21 * K11, D11 * K22 + D12 * K21 + D21 * K12 + D22 * K11, D12 * K22 + D22 * K12,
                D21 * K21, D21 * K22 + D22 * K21, D22 * K22);
    }

    @Test
    void n6TheInputGradientIsTheConvolutionOfPaddedDeltaWithTheRotatedKernel() {
        Tensor padded = Tensor.of(new double[] {0, 0, 0, 0, 0, D11, D12, 0, 0, D21, D22, 0, 0, 0, 0, 0}, 1, 1, 4, 4);
        Tensor rotated = Tensor.of(new double[] {K22, K21, K12, K11}, 1, 1, 2, 2);
        assertThat(conv2x2().dx().orElseThrow().toDoubles()).containsExactly(convolve(padded, rotated).toDoubles());
    }

    @Test
    void n7MaxPoolingHandsTheGradientToTheLargest() {
        Operands o = run(MaxPool2d.of(2), matrix(1, 2, 3, 4), Tensor.of(new double[] {2}, 1, 1, 1, 1));
        assertThat(o.y().toDoubles()).containsExactly(4);
        assertThat(o.dx().orElseThrow().toDoubles()).containsExactly(0, 0, 0, 2);
    }

    @Test
    void n7OfEqualElementsTheFirstGetsTheGradient() {
        Operands o = run(MaxPool2d.of(2), matrix(3, 4, 4, 4), Tensor.of(new double[] {2}, 1, 1, 1, 1));
        assertThat(o.dx().orElseThrow().toDoubles()).containsExactly(0, 2, 0, 0);
    }

    @Test
    void n8ReluPassesTheGradientWhereTheInputIsPositive() {
        Operands o = run(new Relu(), matrix(1.5, -2, 0, 3), delta);
        assertThat(o.y().toDoubles()).containsExactly(1.5, 0, 0, 3);
        assertThat(o.dx().orElseThrow().toDoubles()).containsExactly(D11, 0, 0, D22);
    }

    /** Two layers of convolution, ReLU and pooling: ∂L/∂P[1] is the second layer's ∂L/∂X and enters the first. */
    @Test
    void n9TheGradientOfALayersInputEntersTheLayerBefore() {
        Graph g = Graph.builder().then("x", Input.images(1, 9, 9))
                .then("conv1", Conv2d.of(2, Window.of(2))).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", Conv2d.of(3, Window.of(2))).then("relu2", new Relu()).then("pool2", AvgPool2d.of(2))
                .then("flatten", new Flatten()).then("fc", Linear.of(3)).build();
        Parameters p = Parameters.init(g, new Rng(9)).to(Type.F64);
        Walk walk = new Walk(g.withLoss(), p, 1, Type.F64);
        Rng rng = new Rng(9).split("x");
        for (int i = 0; i < 81; i++) {
            walk.value(0).set(i, rng.normal(i));
        }
        walk.forward();
        walk.backward();
        Op conv2 = g.nodes().get(4).op();
        Tensor dp1 = Tensor.f64(1, 2, 4, 4);
        conv2.backward(Operands.of(List.of(walk.value(3)), walk.value(4), List.of(p.get("conv2.weight"), p.get("conv2.bias")),
                List.of()).withGradients(walk.gradient(4), List.of(Optional.of(dp1)), new boolean[1], List.of()));
        assertThat(walk.gradient(3).toDoubles()).containsExactly(dp1.toDoubles());
        assertThat(GradCheck.check(g, p, 1, 9, 100)).allMatch(f -> f.passed(GradCheck.TOLERANCE));
    }

    @Test
    void n10AveragePoolingSpreadsTheGradientEvenly() {
        Operands o = run(AvgPool2d.of(2), matrix(1, 2, 3, 4), Tensor.of(new double[] {2}, 1, 1, 1, 1));
        assertThat(o.y().toDoubles()).containsExactly(2.5);
        assertThat(o.dx().orElseThrow().toDoubles()).containsExactly(0.5, 0.5, 0.5, 0.5);
    }

    @Test
    void n11SoftmaxAndCrossEntropy() {
        double[] f = {1, -0.5, 2};
        double sum = Math.exp(1) + Math.exp(-0.5) + Math.exp(2);
        assertThat(run(new Softmax(), Tensor.of(f, 1, 3), Tensor.f64(1, 3)).y().toDoubles())
                .containsExactly(new double[] {Math.exp(1) / sum, Math.exp(-0.5) / sum, Math.exp(2) / sum}, within(1e-15));
        for (int label = 0; label < 3; label++) {
            assertThat(loss(f, label).y().get(0)).isCloseTo(-Math.log(Math.exp(f[label]) / sum), within(1e-15));
        }
    }

    @Test
    void n11TheJacobianOfSoftmax() {
        double[] f = {1, -0.5, 2};
        double[] p = run(new Softmax(), Tensor.of(f, 1, 3), Tensor.f64(1, 3)).y().toDoubles();
        for (int k = 0; k < 3; k++) {
            Tensor one = Tensor.f64(1, 3);
            one.set(k, 1);
            double[] df = run(new Softmax(), Tensor.of(f, 1, 3), one).dx().orElseThrow().toDoubles();
            for (int j = 0; j < 3; j++) {
                assertThat(df[j]).as("∂P%d/∂f%d", k, j).isCloseTo(j == k ? p[k] * (1 - p[k]) : -p[k] * p[j], within(1e-15));
            }
        }
    }

    @Test
    void n11LargeScoresStayFinite() {
        double[] f = {1000, 999, -1000}; // 10⁻¹³ is the spacing of doubles at 1000
        assertThat(run(new Softmax(), Tensor.of(f, 1, 3), Tensor.f64(1, 3)).y().toDoubles())
                .containsExactly(new double[] {1 / (1 + Math.exp(-1)), 1 / (1 + Math.E), 0}, within(1e-13));
        assertThat(loss(f, 2).y().get(0)).isCloseTo(2000 + Math.log1p(Math.exp(-1)), within(1e-12));
    }

    @Test
    void n12TheGradientOfAScoreIsItsProbabilityLessOneForTheLabel() {
        double[] f = {1, -0.5, 2};
        double[] p = run(new Softmax(), Tensor.of(f, 1, 3), Tensor.f64(1, 3)).y().toDoubles();
        for (int label = 0; label < 3; label++) {
            double[] df = loss(f, label).dx(0).orElseThrow().toDoubles();
            for (int k = 0; k < 3; k++) {
                assertThat(df[k]).as("∂L/∂f%d for label %d", k, label).isCloseTo(k == label ? p[k] - 1 : p[k], within(1e-15));
            }
        }
    }

    /** Z = conv(X, K) + b, and back with δ. */
    private Operands conv2x2() {
        Operands o = Operands.of(List.of(x), Tensor.f64(1, 1, 2, 2), List.of(k, b), List.of()).withGradients(delta,
                List.of(Optional.of(Tensor.f64(1, 1, 3, 3))), new boolean[1],
                List.of(Optional.of(Tensor.f64(1, 1, 2, 2)), Optional.of(Tensor.f64(1))));
        Op conv = Conv2d.of(1, Window.of(2));
        conv.forward(o);
        conv.backward(o);
        return o;
    }

    /** conv(X, K): our forward, without a bias. */
    private static Tensor convolve(Tensor x, Tensor k) {
        Conv2d conv = new Conv2d(1, Window.of(k.shape().h()), 1, false);
        Tensor z = Tensor.of(conv.output(x.shape()), Type.F64);
        conv.forward(Operands.of(List.of(x), z, List.of(k), List.of()));
        return z;
    }

    /** Forward and backward of an op without parameters. */
    private static Operands run(Op op, Tensor x, Tensor dy) {
        List<Tensor> saved = op.saved(x.shape()).stream().map(s -> Tensor.of(s, Type.I32)).toList();
        Operands o = Operands.of(List.of(x), Tensor.of(op.output(x.shape()), Type.F64), List.of(), saved)
                .withGradients(dy, List.of(Optional.of(Tensor.of(x.shape(), Type.F64))), new boolean[1], List.of());
        op.forward(o);
        op.backward(o);
        return o;
    }

    private static Operands loss(double[] f, int label) {
        Tensor y = Tensor.of(Shape.of(1), Type.I32);
        y.set(0, label);
        Operands o = Operands.of(List.of(Tensor.of(f, 1, f.length), y), Tensor.f64(1), List.of(), List.of())
                .withGradients(Tensor.of(new double[] {1}, 1), List.of(Optional.of(Tensor.f64(1, f.length)), Optional.empty()),
                        new boolean[2], List.of());
        SoftmaxCrossEntropy op = new SoftmaxCrossEntropy();
        op.forward(o);
        op.backward(o);
        return o;
    }

    private static Tensor matrix(double a, double b, double c, double d) {
        return Tensor.of(new double[] {a, b, c, d}, 1, 1, 2, 2);
    }
}
