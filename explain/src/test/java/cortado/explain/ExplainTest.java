package cortado.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.explain.Part.Row;
import cortado.explain.Part.Terms;
import cortado.op.AvgPool2d;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of terms, convolutions of gradients and finite differences agree with the ops, whatever the window. */
class ExplainTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void convolutionsOfAnyWindow(long seed) {
        Rng rng = new Rng(seed);
        int r = 1 + rng.below(0, 4);
        int s = 1 + rng.below(1, 3);
        Window window = new Window(new Window.Axis(r, 1 + rng.below(2, 3), rng.below(3, 4), rng.below(4, 4), 1 + rng.below(5, 3)),
                new Window.Axis(s, 1 + rng.below(6, 4), rng.below(7, 4), rng.below(8, 4), 1 + rng.below(9, 3)));
        Tensor x = random(rng.split("x"), window.h().extent() + rng.below(10, 3), window.w().extent() + rng.below(11, 3));
        Tensor dy = random(rng.split("dy"), window.h().output(x.shape().dim(0)), window.w().output(x.shape().dim(1)));
        Optional<Tensor> b = seed % 2 == 0 ? Optional.empty() : Optional.of(random(rng, 1, 1));
        Document d = Explain.conv2d(x, random(rng.split("w"), r, s), b, window, Optional.of(dy));
        assertThat(d.failures()).as(window.text()).isEmpty();
        assertThat(d.checks()).hasSize(seed % 2 == 0 ? 7 : 9);
        assertThat(Html.render(d)).contains("</html>");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void poolingOfAnyWindow(long seed) {
        Rng rng = new Rng(seed);
        int r = 1 + rng.below(0, 4);
        int s = 1 + rng.below(1, 4);
        Window window = new Window(new Window.Axis(r, 1 + rng.below(2, 3), rng.below(3, r / 2 + 1), rng.below(4, r / 2 + 1), 1),
                new Window.Axis(s, 1 + rng.below(5, 3), rng.below(6, s / 2 + 1), rng.below(7, s / 2 + 1), 1));
        Tensor x = random(rng.split("x"), r + rng.below(8, 5), s + rng.below(9, 5));
        assertThat(Explain.avgpool2d(x, new AvgPool2d(window, seed % 2 == 0, seed % 3 == 0), Optional.empty()).failures())
                .isEmpty();
        assertThat(Explain.maxpool2d(x, new MaxPool2d(window, seed % 2 == 0), Optional.empty()).failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-9, 1, 1e6})
    void numbersOfAnySize(double scale) {
        Tensor x = random(new Rng(21), 4, 5);
        Tensor w = random(new Rng(22), 2, 3);
        for (int i = 0; i < x.size(); i++) {
            x.set(i, x.get(i) * scale);
        }
        Tensor b = Tensor.of(new double[] {-scale}, 1);
        assertThat(Explain.conv2d(x, w, Optional.of(b), window(2, 3), Optional.empty()).failures()).isEmpty();
        assertThat(Explain.maxpool2d(x, MaxPool2d.of(2), Optional.empty()).failures()).isEmpty();
        assertThat(Explain.relu(x, Optional.empty()).failures()).isEmpty();
        assertThat(Explain.softmaxCrossEntropy(x.slice(0, 1), 2).failures()).isEmpty();
    }

    @Test
    void kinksAreMarkedAndTheFirstOfEqualElementsWins() {
        Document d = Explain.maxpool2d(MatrixText.parse("x", "1 1; 1 0"), MaxPool2d.of(2), Optional.empty());
        List<Row> rows = d.parts().stream().filter(Terms.class::isInstance).map(Terms.class::cast).filter(Terms::measured)
                .flatMap(t -> t.rows().stream()).toList();
        assertThat(d.failures()).isEmpty();
        assertThat(rows).extracting(Row::value).containsExactly(1.0, 0.0, 0.0, 0.0);
        assertThat(rows).extracting(r -> r.slope().orElseThrow().kink()).containsExactly(true, true, true, false);
        assertThat(Explain.relu(MatrixText.parse("x", "0 -1 2"), Optional.empty()).failures()).isEmpty();
        assertThat(Text.render(d, false, 80)).contains("kink");
    }

    @Test
    void aSmallGradientBesideALargeOneMayHaveAKink() {
        Document d = Explain.relu(MatrixText.parse("x", "0 1"), Optional.of(MatrixText.parse("dy", "0.0001 1")));
        assertThat(d.failures()).isEmpty();
    }

    @Test
    void aWrongGradientFails() {
        Tensor x = Tensor.of(new double[] {1, 2}, 1, 2);
        Tensor dy = Tensor.of(new double[] {1, 1}, 1, 2);
        Pass pass = Pass.of(new Relu(), List.of(x), List.of(), dy);
        assertThat(pass.slopes(x, pass.dx()).check("∂L/∂X").passed()).isTrue();
        assertThat(pass.slopes(x, Tensor.of(new double[] {1, 0.99}, 1, 2)).check("∂L/∂X").passed()).isFalse();
        Tensor zero = Tensor.of(new double[] {0, 2}, 1, 2);
        Pass kink = Pass.of(new Relu(), List.of(zero), List.of(), dy);
        assertThat(kink.slopes(zero, Tensor.of(new double[] {1.1, 1}, 1, 2)).check("∂L/∂X").passed()).as("outside of the kink")
                .isFalse();
        assertThat(kink.slopes(zero, Tensor.of(new double[] {Double.NaN, 1}, 1, 2)).check("∂L/∂X").passed()).as("NaN").isFalse();
    }

    @Test
    void softmaxOfLargeScoresStaysFinite() {
        Document d = Explain.softmaxCrossEntropy(MatrixText.parse("scores", "1000; -1000; 3"), 1);
        assertThat(d.failures()).isEmpty();
        assertThat(Text.render(d, false, 80)).contains("2000");
        assertThatThrownBy(() -> Explain.softmaxCrossEntropy(MatrixText.parse("scores", "1 2"), 2))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("0 … 1");
        assertThatThrownBy(() -> Explain.softmaxCrossEntropy(MatrixText.parse("scores", "1 2; 3 4"), 0))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        Tensor x = random(new Rng(23), 4, 4);
        Tensor w = random(new Rng(24), 2, 2);
        assertThatThrownBy(() -> Explain.conv2d(x, w, Optional.empty(), Window.of(3), Optional.empty()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3×3").hasMessageContaining("2×2");
        assertThatThrownBy(() -> Explain.conv2d(x, w, Optional.empty(), Window.of(2), Optional.of(x)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expected 3×3, received 4×4");
        assertThatThrownBy(() -> Explain.conv2d(x, w, Optional.empty(), Window.of(2, 1, 100), Optional.empty()))
                .isInstanceOf(ShapeException.class).hasMessageContaining("at most");
        Window far = new Window(new Window.Axis(2, 32_767, 32_767, 0, 1), new Window.Axis(2, 1, 0, 0, 1));
        assertThatThrownBy(() -> Explain.conv2d(x, w, Optional.empty(), far, Optional.empty()))
                .as("few outputs, but a padded input that no one can read").isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Explain.conv2d(x, w, Optional.of(x), Window.of(2), Optional.empty()))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Explain.maxpool2d(x, new MaxPool2d(Window.of(1000, 1, 500), false), Optional.empty()))
                .isInstanceOf(ShapeException.class).hasMessageContaining("too large");
        assertThatThrownBy(() -> Explain.relu(x.reshape(Shape.of(16)), Optional.empty())).isInstanceOf(ShapeException.class);
    }

    @Test
    void whatIsGivenIsLeftAsItWas() {
        Tensor x = random(new Rng(25), 4, 4);
        double[] before = x.toDoubles();
        Explain.conv2d(x, random(new Rng(26), 2, 2), Optional.empty(), Window.of(2), Optional.empty());
        Explain.relu(x, Optional.empty());
        assertThat(x.toDoubles()).containsExactly(before);
    }

    private static Window window(int r, int s) {
        return new Window(new Window.Axis(r, 1, 0, 0, 1), new Window.Axis(s, 1, 0, 0, 1));
    }

    static Tensor random(Rng rng, int rows, int columns) {
        Tensor t = Tensor.f64(rows, columns);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, Math.round(100 * rng.normal(i)) / 100.0);
        }
        return t;
    }
}
