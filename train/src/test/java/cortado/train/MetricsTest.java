package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.io.Checked;
import cortado.io.Json;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every metric against scikit-learn and numpy, on predictions that {@code train/src/golden/metrics.py} made up. */
class MetricsTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    private static Checked golden(String name) {
        try (InputStream in = MetricsTest.class.getResourceAsStream("metrics.json")) {
            return Checked.of(Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "metrics.json"), "metrics.json")
                    .object(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Evaluation evaluation(Checked golden) {
        List<Integer> labels = Checked.wholes(golden.json().get("labels").orElseThrow(), "labels");
        List<String> classes = IntStream.range(0, golden.list("classes").size()).mapToObj(k -> "class " + k).toList();
        Tally tally = new Tally(classes, labels.size());
        for (int i = 0; i < labels.size(); i++) {
            tally.add(i, labels.get(i), Checked.numbers(golden.list("scores").get(i), "scores").stream().mapToDouble(v -> v)
                    .toArray());
        }
        return tally.evaluation(i -> "image " + i, Tta.NONE);
    }

    private static void same(Rates r, Json golden) {
        List<Double> g = Checked.numbers(golden, "rates");
        assertThat(r.precision()).isCloseTo(g.get(0), CLOSE);
        assertThat(r.recall()).isCloseTo(g.get(1), CLOSE);
        assertThat(r.f1()).isCloseTo(g.get(2), CLOSE);
        assertThat(r.images()).isEqualTo(g.get(3).intValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"twelve classes", "gaps", "two classes", "ties", "sure"})
    void agreesWithScikitLearn(String name) {
        Checked golden = golden(name);
        Evaluation e = evaluation(golden);
        assertThat(e.top1()).isCloseTo(golden.number("top1"), CLOSE);
        assertThat(e.top5()).isCloseTo(golden.number("top5"), CLOSE);
        assertThat(e.loss()).isCloseTo(golden.number("loss"), CLOSE);
        for (int k = 0; k < e.classes().size(); k++) {
            assertThat(e.confusion().get(k)).isEqualTo(Checked.wholes(golden.list("confusion").get(k), "row"));
            same(e.rates().get(k), golden.list("classes").get(k));
        }
        same(Rates.macro(e.rates()), golden.json().get("macro").orElseThrow());
        same(Rates.weighted(e.rates()), golden.json().get("weighted").orElseThrow());
        same(Rates.micro(e.confusion()), golden.json().get("micro").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"twelve classes", "gaps", "two classes", "ties", "sure"})
    void calibrationIsThatOfGuoAndOthers(String name) {
        Checked golden = golden(name);
        Calibration c = evaluation(golden).calibration();
        assertThat(c.bins()).hasSize(15);
        for (int m = 0; m < 15; m++) {
            List<Double> g = Checked.numbers(golden.list("calibration").get(m), "bin");
            assertThat(c.bins().get(m).images()).isEqualTo(g.get(0).intValue());
            assertThat(c.bins().get(m).confidence()).isCloseTo(g.get(1), CLOSE);
            assertThat(c.bins().get(m).accuracy()).isCloseTo(g.get(2), CLOSE);
        }
        assertThat(c.error()).isCloseTo(golden.number("ece"), CLOSE);
    }

    @Test
    void binsAreClosedOnTheRight() {
        double third = 5.0 / 15;
        Calibration c = Calibration.of(new double[] {third, Math.nextUp(third), 1, 0}, new boolean[] {true, false, true, false});
        assertThat(c.bins().get(4)).isEqualTo(new Calibration.Bin(1, third, 1));
        assertThat(c.bins().get(5).images()).isEqualTo(1);
        assertThat(c.bins().get(14)).isEqualTo(new Calibration.Bin(1, 1, 1));
        assertThat(c.bins().get(0)).isEqualTo(new Calibration.Bin(1, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two classes", "ties"})
    void areaUnderTheCurveCountsTiesOneHalf(String name) {
        Checked golden = golden(name);
        Roc roc = evaluation(golden).roc().orElseThrow();
        assertThat(roc.area()).isCloseTo(golden.number("auc"), CLOSE);
        List<Roc.Point> all = golden.list("roc").stream().map(p -> Checked.numbers(p, "roc"))
                .map(p -> new Roc.Point(p.get(0), p.get(1))).toList();
        assertThat(roc.points()).isSubsetOf(all).startsWith(new Roc.Point(0, 0)).endsWith(new Roc.Point(1, 1));
        assertThat(area(roc.points())).as("the corners enclose the same area").isCloseTo(roc.area(), CLOSE);
    }

    /** By trapezoids. */
    private static double area(List<Roc.Point> p) {
        return IntStream.range(1, p.size()).mapToDouble(i -> (p.get(i).falsePositives() - p.get(i - 1).falsePositives())
                * (p.get(i).truePositives() + p.get(i - 1).truePositives()) / 2).sum();
    }

    @Test
    void noCurveWithoutBothClasses() {
        assertThat(Roc.of(new double[] {1, 2}, new boolean[] {true, true})).isEmpty();
        assertThat(Roc.of(new double[] {1, 2}, new boolean[] {false, false})).isEmpty();
        assertThat(Roc.of(new double[] {1, 1}, new boolean[] {false, true}).orElseThrow().area()).isEqualTo(0.5);
        assertThat(evaluation(golden("gaps")).roc()).isEmpty();
    }

    @Test
    void aLongCurveIsThinnedForDrawing() {
        int n = 4000;
        double[] scores = IntStream.range(0, n).mapToDouble(i -> i * 7919 % n).toArray();
        boolean[] positive = new boolean[n];
        IntStream.range(0, n).forEach(i -> positive[i] = scores[i] + i % 997 * 3 > n * 0.75);
        Roc roc = Roc.of(scores, positive).orElseThrow();
        assertThat(roc.points()).hasSizeLessThanOrEqualTo(Roc.MOST).startsWith(new Roc.Point(0, 0)).endsWith(new Roc.Point(1, 1));
        assertThat(area(roc.points())).isCloseTo(roc.area(), within(0.01));
    }

    @Test
    void confusedPairsComeByNumberAndShowTheirWorst() {
        Evaluation e = evaluation(golden("gaps"));
        int before = Integer.MAX_VALUE;
        for (Evaluation.Confused c : e.confused()) {
            assertThat(c.images()).isEqualTo(e.confusion().get(c.label()).get(c.predicted())).isLessThanOrEqualTo(before);
            assertThat(c.examples()).hasSize(Math.min(c.images(), Evaluation.PER_PAIR))
                    .allMatch(x -> x.label() == c.label() && x.predicted() == c.predicted() && x.label() != x.predicted());
            assertThat(c.examples().getFirst().source()).isEqualTo("image " + c.examples().getFirst().index());
            before = c.images();
        }
        assertThat(e.confused()).isNotEmpty().hasSizeLessThanOrEqualTo(Evaluation.PAIRS);
        assertThat(e.topLosses()).hasSize(90).isSortedAccordingTo((a, b) -> Double.compare(b.loss(), a.loss()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"twelve classes", "two classes"})
    void jsonKeepsEverything(String name) {
        Evaluation e = evaluation(golden(name));
        assertThat(EvaluationJson.read(Json.parse(e.json().text(), "val.json"), "val.json")).isEqualTo(e);
        assertThat(e.json().fields().keySet()).startsWith("top1", "top5", "loss", "images", "tta", "ece");
        assertThat(e.json().get("auc").isPresent()).isEqualTo(name.equals("two classes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"top1", "tta", "classes", "confusion", "calibration", "roc", "confused", "top_losses"})
    void aDamagedFileIsNamedWithItsField(String key) {
        Json.Obj o = evaluation(golden("two classes")).json();
        assertThatThrownBy(() -> EvaluationJson.read(o.with(key, "x"), "val.json")).isInstanceOf(FormatException.class)
                .hasMessageStartingWith("val.json: " + key).hasMessageContaining("received \"x\"");
        assertThatThrownBy(() -> EvaluationJson.read(Json.of(List.of()), "val.json")).isInstanceOf(FormatException.class)
                .hasMessageContaining("expected an object");
    }
}
