package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class LoaderTest {
    private static final Shape IMAGE = Shape.of(3, 5, 3);
    private static final Normalization NORM = new Normalization(List.of(0.1, 0.2, 0.3), List.of(0.5, 0.25, 2.0));

    private static Dataset random(int n, long seed) {
        byte[] pixels = new byte[n * IMAGE.size()];
        new java.util.Random(seed).nextBytes(pixels);
        int[] labels = new int[n];
        java.util.Arrays.setAll(labels, i -> i % 4);
        return Dataset.of(IMAGE, pixels, labels, List.of("a", "b", "c", "d"), "random");
    }

    @ParameterizedTest(name = "{0} images, batch {1}, {2}, transform {3}, seed 7")
    @CsvSource({"1,1,LANES,false", "16,16,LANES,false", "37,16,LANES,false", "37,10,LANES,false", "70,40,LANES,true",
        "37,10,ROWS,false", "37,37,ROWS,true", "48,33,LANES,false"})
    void everyExampleComesOnceInTheSeededOrderNormalised(int n, int batch, Layout layout, boolean transform) {
        Dataset data = random(n, 7);
        // A transform that changes nothing must give the same bits by its slower way.
        Transform t = transform ? (x, key) -> {} : Transform.NONE;
        Loader loader = Loader.shuffled(data, NORM, batch, layout, new Rng(7)).changed(t, Mixing.NONE, new Rng(7));
        int[] order = new Rng(7).split("order").split(3).permutation(n);
        int seen = 0;
        int number = 0;
        try (Loader.Epoch epoch = loader.epoch(3)) {
            while (epoch.hasNext()) {
                Batch b = epoch.next();
                assertThat(b.number()).isEqualTo(number++);
                assertThat(b.images().shape()).isEqualTo(IMAGE.batch(batch));
                assertThat(b.images().layout()).isEqualTo(layout);
                for (int k = 0; k < batch; k++) {
                    boolean real = k < b.n();
                    if (real) {
                        assertThat(b.index(k)).isEqualTo(order[seen]);
                        assertThat(b.labels().get(k)).isEqualTo(data.label(order[seen]));
                    }
                    check(b.images(), k, real ? data.pixels(order[seen]) : new byte[0]);
                    seen += real ? 1 : 0;
                }
            }
        }
        assertThat(seen).isEqualTo(n);
        assertThat(number).isEqualTo(loader.batches());
    }

    private static void check(Tensor images, int k, byte[] pixels) {
        for (int c = 0, p = 0; c < 3; c++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 3; x++, p++) {
                    float expected = pixels.length == 0 ? 0
                            : (float) (((pixels[p] & 255) / 255.0 - NORM.mean().get(c)) / NORM.std().get(c));
                    assertThat((float) images.get(k, c, y, x)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void anEpochTakenUpInItsMiddleGivesTheSameBatches() {
        Transform t = Transform.horizontalFlip(0.5).then(Transform.crop(1, Transform.Border.ZERO));
        Loader loader = Loader.shuffled(random(50, 1), NORM, 8, Layout.LANES, new Rng(1)).changed(t, new Mixing(1, 1, 1, 0.5, 0),
                new Rng(1));
        List<float[]> whole = images(loader.epoch(2));
        List<float[]> rest = images(loader.epoch(2, 4));
        assertThat(rest).hasSize(3).usingRecursiveComparison().isEqualTo(whole.subList(4, 7));
        assertThat(images(loader.epoch(2, 7))).isEmpty();
        assertThat(images(loader.epoch(3)).getFirst()).isNotEqualTo(whole.getFirst());
        assertThatThrownBy(() -> loader.epoch(2, 8)).isInstanceOf(ShapeException.class).hasMessageContaining("7 batches");
    }

    private static List<float[]> images(Loader.Epoch epoch) {
        List<float[]> all = new ArrayList<>();
        try (epoch) {
            epoch.forEachRemaining(b -> all.add(b.images().floats().clone()));
        }
        return all;
    }

    @Test
    void evaluationGoesInOrderAndMayHaveABatchLargerThanTheSet() {
        Loader loader = Loader.inOrder(random(5, 2), NORM, 64, Layout.LANES);
        try (Loader.Epoch epoch = loader.epoch(0)) {
            Batch b = epoch.next();
            assertThat(b.n()).isEqualTo(5);
            assertThat(List.of(b.index(0), b.index(4))).containsExactly(0, 4);
            assertThat(epoch.hasNext()).isFalse();
            assertThatThrownBy(epoch::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aFailureComesOutAfterTheBatchesBeforeIt() {
        Dataset failing = new Failing(random(40, 3), 25);
        try (Loader.Epoch epoch = Loader.inOrder(failing, NORM, 10, Layout.ROWS).epoch(0)) {
            assertThat(epoch.next().number()).isZero();
            assertThat(epoch.next().number()).isEqualTo(1);
            assertThatThrownBy(epoch::next).isInstanceOf(FormatException.class).hasMessage("cat.png is damaged");
            assertThatThrownBy(epoch::next).isInstanceOf(FormatException.class);
        }
    }

    @Test
    void aFullyOrHalfReadEpochLeavesNoThread() throws InterruptedException {
        Loader loader = Loader.shuffled(random(1000, 4), NORM, 8, Layout.LANES, new Rng(4));
        for (int i = 0; i < 20; i++) {
            try (Loader.Epoch epoch = loader.epoch(i)) {
                for (int k = 0; k < i; k++) {
                    epoch.next();
                }
            }
        }
        Loader.Epoch closed = loader.epoch(0);
        closed.close();
        closed.close();
        assertThat(closed.hasNext()).isFalse();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(t -> t.getName().equals("cortado-loader"));
    }

    @Test
    void buffersAreReusedFromEpochToEpoch() {
        Loader loader = Loader.inOrder(random(64, 5), NORM, 16, Layout.LANES);
        java.util.Set<Tensor> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        for (int e = 0; e < 5; e++) {
            try (Loader.Epoch epoch = loader.epoch(e)) {
                epoch.forEachRemaining(b -> seen.add(b.images()));
            }
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void aBatchLargerThanTheSetAndForeignNormalizationsAreRefused() {
        Dataset d = random(5, 6);
        assertThatThrownBy(() -> Loader.shuffled(d, NORM, 6, Layout.LANES, new Rng(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("batch size 6 is larger than the data set of 5 images");
        assertThatThrownBy(() -> Loader.inOrder(d, Normalization.none(1), 2, Layout.LANES)).isInstanceOf(ShapeException.class)
                .hasMessageContaining("3 channels");
        assertThatThrownBy(() -> Loader.inOrder(d, NORM, 0, Layout.LANES)).isInstanceOf(ShapeException.class);
    }

    /** A set whose example {@code bad} cannot be read. */
    private record Failing(Dataset of, int bad) implements Dataset {
        @Override
        public Shape image() {
            return of.image();
        }

        @Override
        public int size() {
            return of.size();
        }

        @Override
        public List<String> classes() {
            return of.classes();
        }

        @Override
        public int label(int i) {
            return of.label(i);
        }

        @Override
        public void pixels(int i, byte[] to, int at) {
            if (i == bad) {
                throw new FormatException("cat.png is damaged");
            }
            of.pixels(i, to, at);
        }

        @Override
        public String describe(int i) {
            return of.describe(i);
        }
    }
}
