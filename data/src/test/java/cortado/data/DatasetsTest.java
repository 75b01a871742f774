package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    private static int[] perClass(Dataset d) {
        int[] count = new int[d.classes().size()];
        IntStream.range(0, d.size()).forEach(i -> count[d.label(i)]++);
        return count;
    }

    @Test
    void theEmbeddedFashionSubsetIsStratifiedAndPinned() {
        DataSplit s = Datasets.open("fashion-mnist-small", Options.defaults());
        assertThat(s.image()).isEqualTo(Shape.of(1, 28, 28));
        assertThat(perClass(s.train())).containsOnly(500).hasSize(10);
        assertThat(perClass(s.test())).containsOnly(100);
        assertThat(s.classes()).startsWith("T-shirt/top", "Trouser").endsWith("Ankle boot");
        assertThat(s.fingerprint()).isEqualTo("569f1baccb0ac6784def9cf62c6495c705d66f6764e3c285b8a4fa8ecf554f15");
        assertThat(s.normalization().mean().getFirst()).isCloseTo(0.286, within(0.005));
        assertThat(s.normalization().std().getFirst()).isCloseTo(0.353, within(0.005));
        assertThat(s.test().describe(7)).contains("t10k-images").endsWith("#7");
    }

    @Test
    void theEmbeddedDigitsAreSplitTheSameWayWhateverTheSeed() {
        DataSplit s = Datasets.open("digits", Options.defaults());
        assertThat(s.image()).isEqualTo(Shape.of(1, 8, 8));
        assertThat(s.train().size() + s.test().size()).isEqualTo(1797);
        assertThat(s.test().size()).isBetween(355, 363);
        int[] train = perClass(s.train());
        int[] test = perClass(s.test());
        for (int c = 0; c < 10; c++) {
            assertThat((double) test[c] / (test[c] + train[c])).isCloseTo(0.2, within(0.005));
        }
        assertThat(Datasets.open("digits", Options.defaults().withSplit(5, 0.5)).fingerprint()).isEqualTo(s.fingerprint())
                .isEqualTo("2395d7b657198c5f2e579a0fa199cb887f898694a75863f937ec2f7535c271b1");
        byte[] p = s.train().pixels(0);
        assertThat(IntStream.range(0, 64).map(i -> p[i] & 255).max().getAsInt()).isGreaterThan(200);
    }

    @Test
    void aSetIsFittedToTheSizeAndColoursAskedFor() {
        DataSplit s = Datasets.open("digits", Options.defaults().withImage(Shape.of(3, 16, 12)));
        assertThat(s.image()).isEqualTo(Shape.of(3, 16, 12));
        byte[] p = s.test().pixels(3);
        assertThat(p).hasSize(3 * 16 * 12);
        assertThat(java.util.Arrays.copyOf(p, 192)).isEqualTo(java.util.Arrays.copyOfRange(p, 192, 384));
        assertThat(s.test().describe(3)).contains("digits.csv.gz");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNamesThereAre(@TempDir Path dir) throws IOException {
        assertThatThrownBy(() -> Datasets.open("fashon", Options.defaults())).isInstanceOf(FormatException.class)
                .hasMessage("there is no data set fashon: it is neither a folder nor one of fashion-mnist-small, digits, "
                        + "fashion-mnist, mnist");
        assertThatThrownBy(() -> Datasets.open("a\0b", Options.defaults())).isInstanceOf(FormatException.class);
        Path file = Files.writeString(dir.resolve("x.txt"), "x");
        assertThatThrownBy(() -> Datasets.open(file.toString(), Options.defaults())).isInstanceOf(FormatException.class)
                .hasMessageContaining("is a file; give the folder");
        assertThatThrownBy(() -> Datasets.open(dir.toString(), Options.defaults())).isInstanceOf(FormatException.class)
                .hasMessageContaining("is no data set: expected folders named after classes");
    }

    @Test
    void mnistThatIsNotThereSaysWhereItWasLookedFor(@TempDir Path dir) {
        assertThatThrownBy(() -> Datasets.open("mnist", Options.defaults().withFolder(dir).withCache(dir.resolve("cache"), false)))
                .isInstanceOf(FormatException.class).hasMessageContaining(dir.resolve("cache").resolve("mnist").toString())
                .hasMessageContaining("--data-dir").hasMessageContaining("--download");
    }

    @Test
    void fashionMnistOfDebianIsFoundByName() {
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isDirectory(Path.of("/usr/share/datasets/fashion-mnist")),
                "Debian's package dataset-fashion-mnist is not installed");
        DataSplit s = Datasets.open("fashion-mnist", Options.defaults());
        assertThat(s.train().size()).isEqualTo(60_000);
        assertThat(s.test().size()).isEqualTo(10_000);
        Normalization n = s.normalization();
        assertThat(n.mean().getFirst()).isCloseTo(0.2860, within(0.0001));
        assertThat(n.std().getFirst()).isCloseTo(0.3530, within(0.0001));
    }

    @Test
    void mnistOfTheSharedFolderIsFoundThroughDataDir() {
        Path mnist = Shared.folder().resolve("data/mnist");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isDirectory(mnist), "no ../shared/data/mnist");
        DataSplit s = Datasets.open("mnist", Options.defaults().withFolder(mnist));
        assertThat(s.train().size()).isEqualTo(60_000);
        assertThat(s.normalization().mean().getFirst()).isCloseTo(0.1307, within(0.0001));
        assertThat(s.normalization().std().getFirst()).isCloseTo(0.3081, within(0.0001));
        assertThat(s.train().label(0)).isEqualTo(5);
    }

    @Test
    void optionsRefuseImpossibleSettings() {
        assertThatThrownBy(() -> Options.defaults().withSplit(0, 1)).isInstanceOf(FormatException.class)
                .hasMessageContaining("received 1.0");
        assertThatThrownBy(() -> Options.defaults().withImage(Shape.of(2, 8, 8))).isInstanceOf(FormatException.class)
                .hasMessageContaining("2×8×8");
    }
}
