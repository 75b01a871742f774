package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurvesTest {
    private static Curves.Line line(String name, Color colour, double... y) {
        return new Curves.Line(name, colour, IntStream.rangeClosed(1, y.length).boxed().toList(),
                DoubleStream.of(y).boxed().toList());
    }

    private static BufferedImage draw(int best, double[] train, double... val) {
        Curves c = new Curves("loss.png", "Loss", "unit",
                List.of(line("training", Canvas.BLUE, train), line("held-out", Canvas.RED, val)),
                new Curves.Line("best", Canvas.INK, List.of(best), List.of(val[best - 1])));
        return assertTimeoutPreemptively(Duration.ofSeconds(20), c::draw);
    }

    /** The rows, from the top, where a colour stands in the picture's part from one share of its width to another. */
    private static List<Integer> rows(BufferedImage image, Color colour, double from, double to) {
        return IntStream.range(0, image.getHeight() * 9 / 10).filter(y -> IntStream.range((int) (from * image.getWidth()),
                (int) (to * image.getWidth())).anyMatch(x -> image.getRGB(x, y) == colour.getRGB())).boxed().toList();
    }

    @Test
    void linesGoWhereTheirValuesGo() {
        BufferedImage image = draw(3, new double[] {3, 2, 1, 0.5}, 0.5, 1, 2, 3);
        assertThat(rows(image, Canvas.BLUE, 0.1, 0.3).getFirst()).isLessThan(rows(image, Canvas.BLUE, 0.7, 0.95).getFirst() - 200);
        assertThat(rows(image, Canvas.RED, 0.1, 0.3).getFirst()).isGreaterThan(rows(image, Canvas.RED, 0.7, 0.95).getFirst() + 200);
        assertThat(rows(image, Canvas.FAINT, 0.6, 0.66)).as("the line through epoch 3").hasSizeGreaterThan(300);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 60, 61, 1000})
    void anyNumberOfEpochs(int n) {
        double[] falling = IntStream.rangeClosed(1, n).mapToDouble(i -> 2.0 / i).toArray();
        BufferedImage image = draw(n, falling, IntStream.rangeClosed(1, n).mapToDouble(i -> 1 + 2.0 / i).toArray());
        assertThat(rows(image, Canvas.BLUE, 0, 1)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.MIN_VALUE, 1e-9, 1, 100, 3e38, 1e300})
    void anyFiniteValues(double v) {
        assertThat(rows(draw(2, new double[] {v, v, v}, v, v, v), Canvas.RED, 0, 1)).isNotEmpty();
        assertThat(rows(draw(1, new double[] {0, v, v / 3}, v / 2, 0, v), Canvas.RED, 0, 1)).isNotEmpty();
    }
}
