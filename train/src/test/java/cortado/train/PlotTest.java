package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlotTest {
    private static double[] epochs(int n) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
    }

    private static BufferedImage draw(Axis.Scale scale, double[] blue, double... red) {
        Plot plot = new Plot(new Axis("epoch", 0.5, blue.length + 0.5, Axis.Scale.WHOLE),
                Axis.over("unit", scale, DoubleStream.concat(Arrays.stream(blue), Arrays.stream(red))),
                List.of(Plot.Line.of("", Ink.BLUE, epochs(blue.length), blue), Plot.Line.of("", Ink.RED, epochs(red.length), red)));
        Figure f = new Figure("loss", "Loss", "", 420, 270, d -> plot.draw(d, 420, 270));
        assertThat(Xml.parse(f.svg()).getElementsByTagName("text").getLength()).isPositive();
        return assertTimeoutPreemptively(Duration.ofSeconds(20), () -> f.canvas().image());
    }

    /** The rows, from the top, where a colour stands in the picture's part from one share of its width to another. */
    private static List<Integer> rows(BufferedImage image, Ink ink, double from, double to) {
        return IntStream.range(0, image.getHeight()).filter(y -> IntStream.range((int) (from * image.getWidth()),
                (int) (to * image.getWidth())).anyMatch(x -> (image.getRGB(x, y) & 0xFFFFFF) == ink.rgb())).boxed().toList();
    }

    @Test
    void linesGoWhereTheirValuesGo() {
        BufferedImage image = draw(Axis.Scale.LINEAR, new double[] {3, 2, 1, 0.5}, 0.5, 1, 2, 3);
        assertThat(rows(image, Ink.BLUE, 0, 0.3).getFirst()).isLessThan(rows(image, Ink.BLUE, 0.7, 1).getFirst() - 200);
        assertThat(rows(image, Ink.RED, 0, 0.3).getFirst()).isGreaterThan(rows(image, Ink.RED, 0.7, 1).getFirst() + 200);
    }

    @Test
    void aLogarithmTakesEqualStepsForEqualFactors() {
        Axis axis = new Axis("", 0.01, 100, Axis.Scale.LOG);
        assertThat(axis.place(0.01)).isZero();
        assertThat(axis.place(1)).isCloseTo(0.5, within(1e-12));
        assertThat(axis.place(100)).isEqualTo(1);
        assertThat(axis.place(0)).isInfinite();
    }

    @Test
    void valuesThatAreNoNumbersBreakALine() {
        BufferedImage image = draw(Axis.Scale.LINEAR, new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 2}, 0, 0, 0, 0);
        assertThat(rows(image, Ink.BLUE, 0.45, 0.6)).isEmpty();
        assertThat(rows(image, Ink.BLUE, 0.1, 0.3)).isNotEmpty();
        assertThat(rows(image, Ink.BLUE, 0.7, 1)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 60, 61, 1000})
    void anyNumberOfEpochs(int n) {
        double[] falling = IntStream.rangeClosed(1, n).mapToDouble(i -> 2.0 / i).toArray();
        BufferedImage image = draw(Axis.Scale.LINEAR, falling, IntStream.rangeClosed(1, n).mapToDouble(i -> 1 + 2.0 / i).toArray());
        assertThat(rows(image, Ink.BLUE, 0, 1)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.MIN_VALUE, 1e-9, 1, 100, 3e38, 1e300})
    void anyFiniteValues(double v) {
        assertThat(rows(draw(Axis.Scale.LINEAR, new double[] {v, v, v}, v, v, v), Ink.RED, 0, 1)).isNotEmpty();
        assertThat(rows(draw(Axis.Scale.LINEAR, new double[] {0, v, v / 3}, v / 2, 0, v), Ink.RED, 0, 1)).isNotEmpty();
        if (v > Double.MIN_VALUE) {
            assertThat(rows(draw(Axis.Scale.LOG, new double[] {0, v, v / 3}, v / 2, 0, v), Ink.RED, 0, 1)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1, LINEAR, '0.0 0.2 0.4 0.6 0.8 1.0'", "0.5, 3.5, WHOLE, '1 2 3'", "0, 100, LINEAR, '0 20 40 60 80 100'",
        "0.00001, 1, LOG, '10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰'",
        "0, 0.00003, LINEAR, '0 10⁻⁵ 2·10⁻⁵ 3·10⁻⁵'",
        "-2, 2, LINEAR, '−2 −1 0 1 2'", "0, 20000, LINEAR, '0 5,000 10,000 15,000 20,000'"})
    void marksAreRound(double from, double to, Axis.Scale scale, String expected) {
        Axis axis = new Axis("", from, to, scale);
        assertThat(Arrays.stream(axis.marks(6)).mapToObj(v -> axis.text(v, 6))).containsExactly(expected.split(" "));
    }
}
