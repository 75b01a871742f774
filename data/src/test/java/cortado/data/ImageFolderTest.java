package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    private Path dir;

    private DataSplit open() {
        return Datasets.open(dir.toString(), Options.defaults());
    }

    private void refused(String... parts) {
        assertThatThrownBy(this::open).isInstanceOf(FormatException.class).message().contains(parts).doesNotContain("\n");
    }

    @Test
    void trainAndValAreTakenAsTheyAre() {
        Pictures.folder(dir.resolve("train"), List.of("cat", "dog"), 3, 8, 6);
        Pictures.folder(dir.resolve("val"), List.of("cat", "dog"), 1, 8, 6);
        DataSplit s = open();
        assertThat(s.classes()).containsExactly("cat", "dog");
        assertThat(s.image()).isEqualTo(Shape.of(3, 6, 8));
        assertThat(s.train().size()).isEqualTo(6);
        assertThat(s.test().size()).isEqualTo(2);
        assertThat(s.train().label(4)).isEqualTo(1);
        assertThat(s.train().pixels(4)[0]).isEqualTo((byte) 61);
        assertThat(s.train().describe(4)).isEqualTo(dir.resolve("train/dog/01.png").toString());
    }

    @Test
    void withoutValAFifthOfEachClassIsHeldOutBySeed() {
        Pictures.folder(dir.resolve("train"), List.of("a", "b", "c"), 10, 4, 4);
        DataSplit s = open();
        assertThat(s.test().size()).isEqualTo(6);
        assertThat(IntStream.range(0, 6).map(i -> s.test().label(i)).toArray()).containsExactly(0, 0, 1, 1, 2, 2);
        List<String> held = describe(s.test());
        assertThat(describe(s.train())).doesNotContainAnyElementsOf(held).hasSize(24);
        assertThat(describe(open().test())).isEqualTo(held);
        DataSplit other = Datasets.open(dir.toString(), Options.defaults().withSplit(1, 0.5));
        assertThat(other.test().size()).isEqualTo(15);
        assertThat(describe(Datasets.open(dir.toString(), Options.defaults().withSplit(1, 0.2)).test())).isNotEqualTo(held);
    }

    private static List<String> describe(Dataset d) {
        return IntStream.range(0, d.size()).mapToObj(d::describe).toList();
    }

    @Test
    void classFoldersMayLieDirectlyInTheFolderOrOneDeeper() {
        Pictures.folder(dir.resolve("Dataset"), List.of("0", "1"), 5, 4, 4);
        assertThat(open().classes()).containsExactly("0", "1");
        assertThat(Datasets.open(dir.resolve("Dataset").toString(), Options.defaults()).fingerprint())
                .isEqualTo(open().fingerprint());
    }

    @Test
    void largePhotosGoTo64AndGreyOnesToOneChannel() {
        for (int i = 0; i < 4; i++) {
            Pictures.write(dir.resolve("a").resolve(i + ".png"),
                    Pictures.plain(BufferedImage.TYPE_3BYTE_BGR, 90 + i, 80, 0xFF505050));
            Pictures.write(dir.resolve("b").resolve(i + ".jpg"), Pictures.plain(BufferedImage.TYPE_BYTE_GRAY, 80, 200, 0xFF202020));
        }
        assertThat(open().image()).isEqualTo(Shape.of(1, 64, 64));
        DataSplit wished = Datasets.open(dir.toString(), Options.defaults().withImage(Shape.of(3, 10, 12)));
        assertThat(wished.train().pixels(0)).hasSize(360).containsOnly(0x50);
    }

    @Test
    void badFoldersAreOneLineThatNamesThem() throws IOException {
        refused("no data set", dir.toString());
        Pictures.folder(dir, List.of("only"), 2, 4, 4);
        refused("only the class only", "at least two");
        Files.createDirectories(dir.resolve("void"));
        refused("the class folder " + dir.resolve("void") + " has no images in it");
        Files.writeString(dir.resolve("void").resolve("note.png"), "not an image");
        refused(dir.resolve("void").resolve("note.png") + " is not an image");
        Files.delete(dir.resolve("void").resolve("note.png"));
        Pictures.folder(dir, List.of("void"), 1, 4, 4);
        assertThat(open().test().size()).isEqualTo(1);
    }

    @Test
    void theFirstOfSeveralBadFilesIsReported() throws IOException {
        Pictures.folder(dir, List.of("a", "b"), 60, 4, 4);
        for (int i : new int[] {7, 21, 45}) {
            Files.writeString(dir.resolve("b").resolve(String.format("%02d.png", i)), "x");
        }
        assertThatThrownBy(() -> Datasets.open(dir.toString(), Options.defaults().withImage(Shape.of(3, 4, 4))))
                .isInstanceOf(FormatException.class).hasMessageContaining("07.png").hasMessageContaining("--on-bad-image skip");
    }

    @Test
    void badImagesMayBeSkippedAndAreNamedInOrderAndCounted() throws IOException {
        Pictures.folder(dir.resolve("train"), List.of("a", "b"), 60, 4, 4);
        Pictures.folder(dir.resolve("val"), List.of("a", "b"), 3, 4, 4);
        for (String bad : List.of("train/b/07.png", "train/a/00.png", "train/b/45.png", "val/a/01.png")) {
            Files.writeString(dir.resolve(bad), "x");
        }
        List<Loading> told = new java.util.ArrayList<>();
        DataSplit s = Datasets.open(dir.toString(), Options.defaults().withReading(Options.BadImage.SKIP, told::add));
        assertThat(told.stream().filter(Loading.Skipped.class::isInstance).map(l -> ((Loading.Skipped) l).reason().split(" ")[0]))
                .containsExactly(dir + "/train/a/00.png", dir + "/train/b/07.png", dir + "/train/b/45.png", dir + "/val/a/01.png");
        assertThat(told).contains(new Loading.Read(1, 120), new Loading.Read(120, 120), new Loading.Done(120, 3),
                new Loading.Done(6, 1));
        assertThat(s.train().size()).isEqualTo(117);
        assertThat(s.test().size()).isEqualTo(5);
        for (int i = 0; i < 117; i++) {
            int number = Integer.parseInt(s.train().describe(i).replaceAll("^.*/([0-9]+)[.]png$", "$1"));
            assertThat(s.train().pixels(i)[0]).isEqualTo((byte) (60 * s.train().label(i) + number));
        }
        DataSplit none = Datasets.open(dir.toString(), Options.defaults().withReading(Options.BadImage.SKIP, told::add)
                .withImage(Shape.of(1, 7, 5)));
        assertThat(none.train().size()).isEqualTo(117);
        assertThatThrownBy(() -> Options.BadImage.of("ignore")).isInstanceOf(FormatException.class).hasMessageContaining("ignore");
    }

    @Test
    void imagesOfWhichNoneCanBeReadAreNoDataSet() throws IOException {
        Pictures.folder(dir, List.of("a", "b"), 2, 4, 4);
        for (String bad : List.of("a/00.png", "a/01.png", "b/00.png", "b/01.png")) {
            Files.writeString(dir.resolve(bad), "x");
        }
        assertThatThrownBy(() -> Datasets.open(dir.toString(), Options.defaults().withReading(Options.BadImage.SKIP, l -> {})))
                .isInstanceOf(FormatException.class).hasMessageContaining("00.png and the 3 images");
    }

    @Test
    void classesOfValMustBeThoseOfTrain() {
        Pictures.folder(dir.resolve("train"), List.of("cat", "dog"), 2, 4, 4);
        Pictures.folder(dir.resolve("test"), List.of("cat", "cow"), 2, 4, 4);
        refused(dir.resolve("test").resolve("cow").toString(), "no counterpart", "cat, dog");
    }

    @Test
    void aClassThatValLacksIsNamed() {
        Pictures.folder(dir.resolve("train"), List.of("cat", "dog"), 2, 4, 4);
        Pictures.folder(dir.resolve("val"), List.of("cat"), 2, 4, 4);
        refused(dir.resolve("val").resolve("dog") + " is missing");
    }

    @Test
    void aSplitThatHoldsNothingOutIsRefused() {
        Pictures.folder(dir, List.of("a", "b"), 1, 4, 4);
        refused("2 training and 0 held-out images");
    }

    @Test
    void photosOfHandsAreReadFromTheirArchivesFolders() throws IOException {
        Path tar = Shared.folder().resolve("data/sign-language-digits.tar");
        Assumptions.assumeTrue(Files.isRegularFile(tar), "no ../shared/data/sign-language-digits.tar");
        // Of the ten classes two: 3, and 7 with its three photos of 3024×3024.
        unpack(tar, name -> name.contains("/Dataset/3/") || name.contains("/Dataset/7/"));
        DataSplit s = open();
        assertThat(s.classes()).containsExactly("3", "7");
        assertThat(s.image()).isEqualTo(Shape.of(3, 64, 64));
        assertThat(s.train().size() + s.test().size()).isEqualTo(412);
        // Hands before a light wall: neither black nor white, and redder than blue.
        Normalization n = s.normalization();
        assertThat(n.mean()).allMatch(m -> m > 0.3 && m < 0.9);
        assertThat(n.mean().get(0)).isGreaterThan(n.mean().get(2));
    }

    /** The tar format as far as needed: headers of 512 bytes, the name at 0, the size in octal at 124. */
    private void unpack(Path tar, Predicate<String> wanted) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
            for (byte[] h = in.readNBytes(512); h.length == 512 && h[0] != 0; h = in.readNBytes(512)) {
                String name = new String(h, 0, 100, StandardCharsets.US_ASCII).split("\0")[0];
                int size = Integer.parseInt(new String(h, 124, 11, StandardCharsets.US_ASCII).strip(), 8);
                byte[] content = in.readNBytes((size + 511) / 512 * 512);
                if (size > 0 && wanted.test(name)) {
                    Files.createDirectories(dir.resolve(name).getParent());
                    Files.write(dir.resolve(name), java.util.Arrays.copyOf(content, size));
                }
            }
        }
    }
}
