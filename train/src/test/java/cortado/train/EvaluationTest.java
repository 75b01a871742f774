package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.data.Dataset;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final List<String> CLASSES = List.of("a", "b", "c", "d", "e", "f", "g");

    /** Scores that are the seven pixels themselves. */
    private static Model identity() {
        Graph g = Graph.builder().then("x", Input.images(1, 1, 7)).then("flatten", new Flatten()).then("fc", Linear.of(7)).build();
        Parameters p = Parameters.init(g, new Rng(0)).zeros();
        for (int k = 0; k < 7; k++) {
            p.get("fc.weight").set(k, k, 1);
        }
        return new Model("identity", g, p, CLASSES, Normalization.none(1), Map.of());
    }

    private static Dataset data() {
        byte[] pixels = {
            (byte) 255, 0, 0, 0, 0, 0, 0,
            51, 51, 51, 51, 51, 51, (byte) 102,
            (byte) 255, 0, 0, 0, 0, 0, 0,
            6, 5, 4, 3, 2, 1, 0,
        };
        return Dataset.of(Shape.of(1, 1, 7), pixels, new int[] {0, 4, 1, 6}, CLASSES, "made up");
    }

    @Test
    void countsByHand() {
        Evaluation e = Evaluation.of(identity(), data(), Backend.lanes(), 1);
        assertThat(e.images()).isEqualTo(4);
        assertThat(e.top1()).isEqualTo(0.25);
        // Image 1: before e come g and four equal ones, so it is sixth; image 2: b is second; image 3: g is the last of all.
        assertThat(e.top5()).isEqualTo(0.5);
        assertThat(e.confusion().get(0).get(0)).isEqualTo(1);
        assertThat(e.confusion().get(1).get(0)).isEqualTo(1);
        assertThat(e.confusion().get(4).get(6)).isEqualTo(1);
        assertThat(e.confusion().get(6).get(0)).isEqualTo(1);
        double first = Math.log(Math.E + 6) - 1;
        double second = Math.log(Math.E + 6);
        double third = Math.log(6 * Math.exp(0.2) + Math.exp(0.4)) - 0.2;
        double sum = 0;
        for (int k = 0; k < 7; k++) {
            sum += Math.exp(k / 255.0);
        }
        assertThat(e.loss()).isCloseTo((first + second + third + Math.log(sum)) / 4, within(1e-6));
        assertThat(e.topLosses()).extracting(Evaluation.Example::index).containsExactly(2, 1, 3, 0);
        assertThat(e.topLosses().getFirst().probability()).isCloseTo(Math.E / (Math.E + 6), within(1e-6));
        assertThat(e.topLosses().getFirst().predicted()).isZero();
        assertThat(e.topLosses().getFirst().source()).contains("made up");
        assertThat(e.confused()).hasSize(3).allMatch(c -> c.images() == 1 && c.examples().size() == 1);
    }

    @Test
    void scoresThatAreNoNumbersAreNeverRight() {
        Model m = identity();
        m.parameters().get("fc.bias").set(3, Float.NaN);
        Evaluation e = Evaluation.of(m, data(), Backend.lanes(), 1);
        assertThat(e.loss()).isNaN();
        assertThat(e.top1()).isZero();
        assertThat(e.top5()).isZero();
        assertThat(e.topLosses()).isEmpty();
        assertThat(e.confused()).isEmpty();
        assertThat(e.calibration().error()).isZero();
    }

    @Test
    void threadsAndBackendsAgree() {
        Dataset many = Shades.set(301, 4);
        Graph g = Shades.network();
        Model m = new Model("small", g, Parameters.init(g, new Rng(3)), List.of(), Normalization.none(1), Map.of());
        Evaluation one = Evaluation.of(m, many, Backend.lanes(), 1);
        assertThat(Evaluation.of(m, many, Backend.lanes(), 3)).isEqualTo(one);
        assertThat(Evaluation.of(m, many, Backend.reference(), 1).loss()).isCloseTo(one.loss(), within(1e-5));
        assertThat(one.confusion().stream().flatMap(List::stream).mapToInt(n -> n).sum()).isEqualTo(301);
        assertThat(one.top5()).isEqualTo(1);
        assertThat(one.topLosses()).hasSize(Evaluation.KEPT);
        assertThat(one.confused().stream().mapToInt(Evaluation.Confused::images).sum())
                .isEqualTo((int) Math.round(301 * (1 - one.top1())));
    }

    @Test
    void refusesOtherImagesAndClasses() {
        assertThatThrownBy(() -> Evaluation.of(identity(), Shades.set(9, 1), Backend.lanes(), 1))
                .isInstanceOf(ShapeException.class).hasMessageContaining("identity").hasMessageContaining("6");
        Dataset other = Dataset.of(Shape.of(1, 1, 7), new byte[7], new int[1], List.of("a", "b", "c", "d", "e", "f", "G"),
                "made up");
        assertThatThrownBy(() -> Evaluation.of(identity(), other, Backend.lanes(), 1))
                .isInstanceOf(ShapeException.class).hasMessageContaining("G");
    }
}
