package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
        assertThat(Datasets.open(dir.resolve("Dataset").toString(), Options.defaults()).fingerprint()).isEqualTo(open().fingerprint());
    }

    @Test
    void largePhotosGoTo64AndGreyOnesToOneChannel() {
        for (int i = 0; i < 4; i++) {
            Pictures.write(dir.resolve("a").resolve(i + ".png"), Pictures.plain(BufferedImage.TYPE_3BYTE_BGR, 90 + i, 80, 0xFF505050));
            Pictures.write(dir.resolve("b").resolve(i + ".jpg"), Pictures.plain(BufferedImage.TYPE_BYTE_GRAY, 80, 200, 0xFF202020));
        }
        assertThat(open().image()).isEqualTo(Shape.of(1, 64, 64));
        assertThat(Datasets.open(dir.toString(), Options.defaults().withImage(Shape.of(3, 10, 12))).train().pixels(0)).hasSize(360).containsOnly(0x50);
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
                .isInstanceOf(FormatException.class).hasMessageContaining("07.png");
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
}
