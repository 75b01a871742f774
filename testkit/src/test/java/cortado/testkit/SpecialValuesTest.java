package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Backend;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Window;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** NaN and infinities come out where they must and nowhere else, the same from plain and from vectorised kernels. Seed 5. */
class SpecialValuesTest {
    private static final double[] SPECIAL = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    static List<Case> cases() {
        Shape x = Shape.of(17, 3, 6, 6);
        Conv2d conv = Conv2d.of(3, Window.of(3));
        List<Op> ops = List.of(new Relu(), MaxPool2d.of(2), new MaxPool2d(Window.of(3, 2, 1), true), AvgPool2d.of(2),
                new AvgPool2d(Window.of(3, 2, 1), false, false), new GlobalAvgPool2d(), new Flatten(),
                new Rectified(MaxPool2d.of(2)), conv, new Rectified(conv));
        return Stream.concat(ops.stream().map(op -> Case.of(op.toString(), op, x)),
                Stream.of(Case.of("", new Add(), x, x), Case.of("", new Rectified(new Add()), x, x),
                        Case.of("", Linear.of(5), Shape.of(17, 7))))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorKernelsAgreeSeed5(Case c) {
        Operands expected = c.operands(Type.F64, Layout.ROWS, new Rng(5), false);
        Operands actual = c.operands(Type.F32, Layout.LANES, new Rng(5), false);
        for (int i = 0; i < 12; i++) {
            int at = new Rng(5).split("at").below(i, expected.x().size());
            expected.x().set(at, SPECIAL[i % 3]);
            actual.x().set(at, SPECIAL[i % 3]);
        }
        c.op().forward(expected);
        c.op().backward(expected);
        Shards shards = new Shards(c, Backend.lanes(), actual);
        shards.forward();
        shards.backward();
        assertThat(Checks.compare("y", expected.y(), actual.y())).matches(f -> f.passed(1e-5));
        assertThat(Arrays.stream(expected.y().toDoubles())).as("something special came through").anyMatch(v -> !Double.isFinite(v));
        List<Tensor> e = Checks.gradients(c, expected);
        for (int i = 0; i < e.size(); i++) {
            assertThat(Checks.compare("gradient " + i, e.get(i), Checks.gradients(c, actual).get(i))).matches(f -> f.passed(1e-5));
        }
    }

    /** A NaN or infinity in one image stays in that image's results. */
    @ParameterizedTest
    @MethodSource("cases")
    void imagesDoNotMix(Case c) {
        Operands o = c.operands(Type.F32, Layout.LANES, new Rng(5), false);
        int perImage = o.x().size() / 17;
        for (int i = 0; i < perImage; i++) {
            o.x().set(3 * perImage + i, Double.NaN);
        }
        Shards shards = new Shards(c, Backend.lanes(), o);
        shards.forward();
        shards.backward();
        for (Tensor t : List.of(o.y(), o.dx().orElseThrow())) {
            int n = t.size() / 17;
            for (int i = 0; i < t.size(); i++) {
                assertThat(Double.isFinite(t.get(i)) || i / n == 3).as("element %d of image %d", i % n, i / n).isTrue();
            }
        }
    }

    /** Two rows of a window lie three apart, around an image of two rows: nothing is the largest, nothing gets the gradient. */
    @ParameterizedTest
    @MethodSource("backends")
    void aWindowOfPaddingOnlyHasNoGradient(Backend backend) {
        Window.Axis rows = new Window.Axis(2, 1, 1, 1, 3);
        Window window = new Window(rows, new Window.Axis(2, 1, 0, 0, 1));
        Case c = Case.of("padding only", new MaxPool2d(window, false), Shape.of(3, 2, 2, 4));
        Operands o = c.operands(Type.F32, backend.layout(), new Rng(5), false);
        Shards shards = new Shards(c, backend, o);
        shards.forward();
        shards.backward();
        assertThat(o.y().toDoubles()).containsOnly(Double.NEGATIVE_INFINITY);
        assertThat(o.dx().orElseThrow().toDoubles()).containsOnly(0);
    }

    static List<Backend> backends() {
        return List.of(Backend.reference(), Backend.lanes(), Backend.channels());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aLabelThatIsNoClassIsNamed(Backend backend) {
        Case c = Case.of("labels", new SoftmaxCrossEntropy(), Shape.of(3, 5), Shape.of(3));
        for (int label : new int[] {-1, 5}) {
            Operands o = c.operands(Type.F32, backend.layout(), new Rng(5), false);
            o.x(1).set(2, label);
            assertThatThrownBy(() -> new Shards(c, backend, o).forward()).isInstanceOf(ShapeException.class)
                    .hasMessageContaining("image 2").hasMessageContaining("label " + label).hasMessageContaining("0 … 4");
        }
    }

    /** A slow fallback is never hidden: every op has a vector kernel in one layout or the other. */
    @Test
    void everyOpOfTheCatalogueHasAVectorKernel() {
        for (Case c : Cases.all()) {
            assertThat(Stream.of(Backend.lanes(), Backend.channels()).map(b -> b.kernel(c.op(), c.shapes()).name())).as(c.toString())
                    .anyMatch(name -> !name.equals("reference"));
        }
    }
}
