package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.data.DataSplit;
import cortado.tensor.FormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateFinderTest {
    private static final DataSplit DATA = Shades.data(210, 90);

    @TempDir
    private Path temp;

    private static RateFinder run(Settings s, double from, double to, int steps) {
        try (Trainer t = new Trainer(s, Shades.network(), DATA)) {
            return RateFinder.run(t, from, to, steps, done -> {});
        }
    }

    /** A logistic fall around 10⁻³, then a rise from 10⁻¹ on: the places are known. */
    @Test
    void findsWhereAKnownLossFalls() {
        double[] rates = IntStream.range(0, 121).mapToDouble(i -> Math.pow(10, -6 + i / 20.0)).toArray();
        List<Double> losses = DoubleStream.of(rates).map(Math::log10)
                .map(p -> 2 / (1 + Math.exp(6 * (p + 3))) + (p > -1 ? 4 * (p + 1) * (p + 1) : 0)).boxed().toList();
        RateFinder found = RateFinder.of(rates, losses, 2);
        assertThat(Math.log10(found.fastest().orElseThrow())).isCloseTo(-3, within(0.06));
        assertThat(Math.log10(found.lowest().orElseThrow())).isCloseTo(-1.2, within(0.25));
        assertThat(Math.log10(found.falling().orElseThrow())).isCloseTo(-3 - Math.log(9) / 6, within(0.06));
        assertThat(found.suggestion().orElseThrow()).isBetween(found.fastest().get(), found.lowest().get());
    }

    @Test
    void sayNothingWhereNothingFalls() {
        double[] rates = {1e-3, 1e-2, 1e-1, 1};
        assertThat(RateFinder.of(rates, List.of(2.0, 2.0, 2.0, 3.0), 1).suggestion()).isEmpty();
        assertThat(run(Shades.settings(1), 1e-9, 1e-8, 20).suggestion()).isEmpty();
    }

    @Test
    void endsWhenTheLossExplodesSeed7() {
        RateFinder sgd = run(Shades.settings(1).with(Config.empty().with("opt", "sgd")), 1e-4, 1e6, 100);
        assertThat(sgd.steps().size()).isBetween(20, 99);
        assertThat(sgd.suggestion().orElseThrow()).isBetween(1e-3, 3.0);
        assertThat(sgd.steps())
                .isEqualTo(run(Shades.settings(1).with(Config.empty().with("opt", "sgd").with("threads", 3)), 1e-4, 1e6,
                        100).steps());
    }

    @Test
    void drawsWhatItFound() throws Exception {
        RateFinder found = run(Shades.settings(1), 1e-5, 10, 60);
        found.picture(temp.resolve("a.png"));
        assertThat(ImageIO.read(temp.resolve("a.png").toFile()).getWidth()).isGreaterThan(600);
        assertThat(found.json().fields().keySet()).containsExactly("event", "lr", "falling", "fastest", "lowest", "steps");
    }

    @Test
    void refusesRangesThatAreNone() {
        for (double[] bad : new double[][] {{0, 1}, {1, 1}, {1e-3, Double.POSITIVE_INFINITY}, {1e-3, Double.NaN}}) {
            assertThatThrownBy(() -> run(Shades.settings(1), bad[0], bad[1], 20)).isInstanceOf(FormatException.class)
                    .hasMessageContaining("-lr");
        }
        assertThatThrownBy(() -> run(Shades.settings(1), 1e-3, 1, 3)).isInstanceOf(FormatException.class)
                .hasMessageContaining("--steps");
    }
}
