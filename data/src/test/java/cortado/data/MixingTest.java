package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MixingTest {
    private static final Shape IMAGE = Shape.of(3, 7, 5);
    private static final int CLASSES = 10;

    /** Image i is (i + 1)·10 everywhere and of class i mod 10. */
    private static Loader loader(int n, int batch, Layout layout, Mixing mixing, long seed) {
        byte[] pixels = new byte[n * IMAGE.size()];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % CLASSES;
            java.util.Arrays.fill(pixels, i * IMAGE.size(), (i + 1) * IMAGE.size(), (byte) (10 * (i + 1)));
        }
        List<String> classes = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        return Loader.inOrder(Dataset.of(IMAGE, pixels, labels, classes, "steps"), Normalization.none(3), batch, layout)
                .changed(Transform.NONE, mixing, new Rng(seed));
    }

    @ParameterizedTest(name = "{0} images, batch {1}, {2}, mixup {3}, cutmix {4}, seed 1")
    @CsvSource({"10,10,ROWS,1,0", "10,10,LANES,0.2,0", "23,17,LANES,1,0", "10,10,ROWS,0,1", "23,17,LANES,0,1", "23,17,ROWS,1,1",
        "3,2,LANES,1,1"})
    void targetsSayWhatImagesAreMadeOf(int n, int batch, Layout layout, double mixup, double cutmix) {
        int mixed = 0;
        for (int e = 0; e < 10; e++) {
            try (Loader.Epoch epoch = loader(n, batch, layout, new Mixing(mixup, cutmix, 1, 0.5, 0), 1).epoch(e)) {
                while (epoch.hasNext()) {
                    Batch b = epoch.next();
                    Tensor t = b.targets().orElseThrow();
                    assertThat(t.shape()).isEqualTo(Shape.of(batch, CLASSES));
                    for (int k = 0; k < batch; k++) {
                        double sum = 0;
                        double value = 0;
                        for (int c = 0; c < CLASSES; c++) {
                            sum += t.get(k, c);
                            value += t.get(k, c) * image(b, c);
                        }
                        assertThat(sum).isCloseTo(k < b.n() ? 1 : 0, within(1e-6));
                        if (b.n() <= CLASSES && k < b.n()) {
                            assertThat(mean(b.images(), k)).isCloseTo(value, within(1e-5));
                        }
                        mixed += k < b.n() && t.get(k, b.labels().ints()[k]) < 1 ? 1 : 0;
                    }
                }
            }
        }
        assertThat(mixed).isGreaterThan(4 * n);
    }

    /** The value of the batch's image of a class, before mixing. */
    private static double image(Batch b, int c) {
        for (int k = 0; k < b.n(); k++) {
            if (b.labels().ints()[k] == c) {
                return 10 * (b.index(k) + 1) / 255.0;
            }
        }
        return 0;
    }

    private static double mean(Tensor x, int k) {
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 7; y++) {
                for (int o = 0; o < 5; o++) {
                    sum += x.get(k, c, y, o);
                }
            }
        }
        return sum / IMAGE.size();
    }

    @Test
    void cutmixKeepsWholePixelsAndCutsOneRectangle_seed2() {
        for (int e = 0; e < 50; e++) {
            try (Loader.Epoch epoch = loader(10, 10, Layout.LANES, new Mixing(0, 1, 1, 0.5, 0), 2).epoch(e)) {
                Batch b = epoch.next();
                for (int k = 0; k < 10; k++) {
                    for (int p = 0; p < IMAGE.size(); p++) {
                        int y = p / 5 % 7;
                        int x = p % 5;
                        double v = b.images().get(k, p / 35, y, x) * 25.5;
                        assertThat(v).isCloseTo(Math.round(v), within(1e-5));
                        assertThat(v).isEqualTo(b.images().get(k, 0, y, x) * 25.5);
                    }
                }
            }
        }
    }

    @Test
    void layoutsAndThreadsGiveTheSameBitsAndEpochsDiffer_seed3() {
        Mixing mixing = new Mixing(0.4, 1, 0.7, 0.5, 0);
        for (int e = 0; e < 8; e++) {
            try (Loader.Epoch rows = loader(20, 20, Layout.ROWS, mixing, 3).epoch(e);
                    Loader.Epoch lanes = loader(20, 20, Layout.LANES, mixing, 3).epoch(e)) {
                Batch a = rows.next();
                Batch b = lanes.next();
                assertThat(b.targets().orElseThrow().floats()).isEqualTo(a.targets().orElseThrow().floats());
                for (int k = 0; k < 20; k++) {
                    for (int p = 0; p < IMAGE.size(); p++) {
                        assertThat(b.images().get(k, p / 35, p / 5 % 7, p % 5))
                                .isEqualTo(a.images().get(k, p / 35, p / 5 % 7, p % 5));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "probability {0}, switch {1}, seed 4")
    @CsvSource({"0,0.5", "0.3,0.5", "1,0", "1,1"})
    void asOftenAsAsked(double probability, double cut) {
        int mixed = 0;
        for (int e = 0; e < 500; e++) {
            try (Loader.Epoch epoch = loader(3, 3, Layout.ROWS, new Mixing(1000, 1000, probability, cut, 0), 4).epoch(e)) {
                Batch b = epoch.next();
                boolean changed = false;
                boolean blended = false;
                for (int k = 0; k < 3; k++) {
                    double v = b.images().get(k, 0, 3, 2) * 25.5;
                    blended |= Math.abs(v - Math.round(v)) > 1e-4;
                    changed |= b.targets().orElseThrow().get(k, k) < 1;
                }
                mixed += changed ? 1 : 0;
                assertThat(blended && cut == 1).isFalse();
                assertThat(blended || cut > 0 || probability < 1).isTrue();
            }
        }
        assertThat(mixed / 500.0).isCloseTo(probability, within(0.08));
    }

    /** Up to the end of that epoch all is as if mixing never ended, and then as if there were none; targets stay. */
    @Test
    void endsAfterTheEpochThatItWasToldTo_seed6() {
        for (int e = 0; e < 6; e++) {
            try (Loader.Epoch ends = loader(10, 10, Layout.LANES, new Mixing(0.4, 1, 1, 0.5, 3), 6).epoch(e);
                    Loader.Epoch as = loader(10, 10, Layout.LANES, new Mixing(0.4, 1, e < 3 ? 1 : 0, 0.5, 0), 6).epoch(e)) {
                Batch a = ends.next();
                Batch b = as.next();
                assertThat(a.images().floats()).as("epoch %d", e).isEqualTo(b.images().floats());
                assertThat(a.targets().orElseThrow().floats()).as("epoch %d", e).isEqualTo(b.targets().orElseThrow().floats());
            }
        }
    }

    @ParameterizedTest(name = "α {0}, seed 5")
    @CsvSource({"0.01", "0.2", "0.8", "1", "2", "30"})
    void betaHasItsMeanAndVariance(double alpha) {
        double sum = 0;
        double squares = 0;
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double b = Mixing.beta(new Rng(5).split(i).key(), alpha);
            assertThat(b).isBetween(0.0, 1.0);
            sum += b / n;
            squares += b * b / n;
        }
        double variance = 1 / (4 * (2 * alpha + 1));
        assertThat(sum).isCloseTo(0.5, within(5 * Math.sqrt(variance / n)));
        assertThat(squares - sum * sum).isCloseTo(variance, within(0.05 * variance));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Mixing(-1, 0, 1, 0.5, 0)).isInstanceOf(FormatException.class).hasMessageContaining("mixup");
        assertThatThrownBy(() -> new Mixing(0, Double.NaN, 1, 0.5, 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("cutmix");
        assertThatThrownBy(() -> new Mixing(1, 1, 1.1, 0.5, 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("--mixup-prob");
        assertThatThrownBy(() -> new Mixing(1, 0, 1, 0.5, -1)).isInstanceOf(FormatException.class)
                .hasMessage("--mixup-off-epoch: expected an epoch, or 0 for never, received -1");
        assertThatThrownBy(() -> new Mixing(0, 0, 1, 0.5, 2)).isInstanceOf(FormatException.class)
                .hasMessage("--mixup-off-epoch 2 means nothing without --mixup or --cutmix; leave it out");
        assertThatThrownBy(() -> loader(3, 1, Layout.ROWS, new Mixing(1, 0, 1, 0.5, 0), 0)).isInstanceOf(ShapeException.class)
                .hasMessageContaining("batch size of 1");
        try (Loader.Epoch e = loader(3, 2, Layout.ROWS, Mixing.NONE, 0).epoch(0)) {
            assertThat(e.next().targets()).isEmpty();
        }
    }
}
