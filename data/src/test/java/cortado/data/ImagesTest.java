package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ImagesTest {
    @TempDir
    private Path dir;

    private static int[] rgb(Images.Picture p, int y, int x) {
        int plane = p.shape().dim(1) * p.shape().dim(2);
        int[] v = new int[p.shape().dim(0)];
        Arrays.setAll(v, c -> p.pixels()[c * plane + y * p.shape().dim(2) + x] & 255);
        return v;
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "tif"})
    void coloursSurviveEachLosslessFormat(String format) {
        BufferedImage image = Pictures.plain(BufferedImage.TYPE_3BYTE_BGR, 5, 3, 0xFF112233);
        Images.Picture p = Images.picture(Pictures.write(dir.resolve("a." + format), image));
        assertThat(p.shape()).isEqualTo(Shape.of(3, 3, 5));
        assertThat(rgb(p, 2, 4)).containsExactly(0x11, 0x22, 0x33);
    }

    @Test
    void greyStaysTheNumberInTheFile() {
        // Java would brighten it: its grey colour space is linear.
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        assertThat(rgb(Images.picture(Pictures.write(dir.resolve("g.png"), image)), 0, 0)).containsExactly(100);
        assertThat(Images.read(dir.resolve("g.png"), Shape.of(3, 2, 2))).startsWith(100, 0, 0, 0, 100);
    }

    @Test
    void sixteenBitsAreRoundedToEight() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 65535);
        image.getRaster().setSample(1, 0, 0, 257 * 77 + 130);
        Images.Picture p = Images.picture(Pictures.write(dir.resolve("g16.png"), image));
        assertThat(rgb(p, 0, 0)).containsExactly(255);
        assertThat(rgb(p, 0, 1)).containsExactly(78);
    }

    @Test
    void palettesAreLookedUp() {
        IndexColorModel palette = new IndexColorModel(2, 3, new byte[] {10, 20, 30}, new byte[] {1, 2, 3},
                new byte[] {7, 8, (byte) 200});
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        image.getRaster().setSample(1, 0, 0, 2);
        Images.Picture p = Images.picture(Pictures.write(dir.resolve("p.png"), image));
        assertThat(rgb(p, 0, 0)).containsExactly(10, 1, 7);
        assertThat(rgb(p, 0, 1)).containsExactly(30, 3, 200);
    }

    @Test
    void transparencyLiesOnWhite() {
        BufferedImage image = Pictures.plain(BufferedImage.TYPE_4BYTE_ABGR, 3, 1, 0x00FF0000);
        image.setRGB(1, 0, 0x80000000);
        image.setRGB(2, 0, 0xFF010203);
        Images.Picture p = Images.picture(Pictures.write(dir.resolve("t.png"), image));
        assertThat(rgb(p, 0, 0)).containsExactly(255, 255, 255);
        assertThat(rgb(p, 0, 1)).containsExactly(127, 127, 127);
        assertThat(rgb(p, 0, 2)).containsExactly(1, 2, 3);
    }

    @Test
    void cmykJpegsAndWebpAreRead() throws IOException {
        Images.Picture cmyk = Images.picture(Files.write(dir.resolve("c.jpg"), Pictures.CMYK));
        // What Pillow's convert('RGB') gives, pixel for pixel.
        assertThat(rgb(cmyk, 8, 2)).satisfies(v -> near(v, 200, 30, 40));
        assertThat(rgb(cmyk, 8, 13)).satisfies(v -> near(v, 20, 60, 220));
        Images.Picture webp = Images.picture(Files.write(dir.resolve("w.webp"), Pictures.WEBP));
        assertThat(rgb(webp, 8, 2)).containsExactly(200, 30, 40);
        assertThat(rgb(webp, 8, 13)).containsExactly(20, 60, 220);
    }

    private static void near(int[] v, int... expected) {
        for (int c = 0; c < 3; c++) {
            assertThat(Math.abs(v[c] - expected[c])).isLessThanOrEqualTo(4);
        }
    }

    @ParameterizedTest(name = "EXIF orientation {0}: the white quarter is at row {1}, column {2}")
    @CsvSource({"1,4,4", "2,4,12", "3,12,12", "4,12,4", "5,4,4", "6,4,12", "7,12,12", "8,12,4", "0,4,4", "9,4,4"})
    void photosAreTurnedUpright(int orientation, int y, int x) throws IOException {
        byte[] file = Pictures.EXIF.clone();
        assertThat(Jpeg.orientation(file)).isEqualTo(1);
        file[49] = (byte) orientation;
        assertThat(Jpeg.orientation(file)).isEqualTo(orientation);
        Images.Picture p = Images.picture(Files.write(dir.resolve("o.jpg"), file));
        for (int[] at : new int[][] {{4, 4}, {4, 12}, {12, 4}, {12, 12}}) {
            assertThat(rgb(p, at[0], at[1])[0] > 128).isEqualTo(at[0] == y && at[1] == x);
        }
    }

    @Test
    void aRotatedPhotoSwapsItsSides() {
        Images.Picture p = new Images.Picture(Shape.of(1, 2, 3), new byte[] {1, 2, 3, 4, 5, 6});
        byte[] file = Pictures.EXIF.clone();
        file[49] = 6;
        assertThat(Jpeg.upright(p, file).shape()).isEqualTo(Shape.of(1, 3, 2));
        assertThat(Jpeg.upright(p, file).pixels()).containsExactly(4, 1, 5, 2, 6, 3);
        file[49] = 5;
        assertThat(Jpeg.upright(p, file).pixels()).containsExactly(1, 4, 2, 5, 3, 6);
        file[49] = 8;
        assertThat(Jpeg.upright(p, file).pixels()).containsExactly(3, 6, 2, 5, 1, 4);
    }

    @Test
    void aColourProfileIsLeftOut() {
        byte[] plain = Pictures.EXIF;
        assertThat(Jpeg.withoutProfile(plain)).isSameAs(plain);
        byte[] profiled = ByteBuffer.allocate(plain.length + 9).put(plain, 0, 20)
                .put(new byte[] {(byte) 0xFF, (byte) 0xE2, 0, 7, 'I', 'C', 'C', '_', 0}).put(plain, 20, plain.length - 20).array();
        assertThat(Jpeg.withoutProfile(profiled)).isEqualTo(plain);
        profiled[22] = 100;
        assertThat(Jpeg.withoutProfile(profiled)).isSameAs(profiled);
    }

    @Test
    void whatIsNoImageIsNamed() throws IOException {
        Path text = Files.writeString(dir.resolve("note.png"), "Hello, I am a text\n");
        refused(text, "is not an image: expected PNG", "'Hello, I am a te'");
        refused(Files.write(dir.resolve("empty.jpg"), new byte[0]), "it is empty");
        refused(dir.resolve("missing.jpg"), "there is no file");
        refused(dir, "cannot read");
    }

    private static void refused(Path file, String... parts) {
        assertThatThrownBy(() -> Images.read(file, Shape.of(1, 4, 4))).isInstanceOf(FormatException.class)
                .message().contains(file.toString()).doesNotContain("\n").satisfies(m -> assertThat(parts).allMatch(m::contains));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp", "gif", "webp"})
    void aTruncatedFileIsRefusedWhereverItEnds(String format) throws IOException {
        Path whole = dir.resolve("whole." + format);
        if (format.equals("webp")) {
            Files.write(whole, Pictures.WEBP);
        } else {
            Pictures.write(whole, noise(40, 30));
        }
        byte[] all = Files.readAllBytes(whole);
        // Up to a tenth may be missing from a format whose last bytes carry no pixels.
        for (int length : new int[] {1, 3, 10, 25, all.length / 4, all.length / 2, all.length * 3 / 4, all.length * 9 / 10}) {
            refused(Files.write(dir.resolve("cut." + format), Arrays.copyOf(all, length)));
        }
        if (format.equals("jpg")) {
            refused(Files.write(dir.resolve("cut.jpg"), Arrays.copyOf(all, all.length - 2)), "without its end marker");
        }
    }

    private static BufferedImage noise(int w, int h) {
        BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_3BYTE_BGR);
        Random random = new Random(5);
        for (int p = 0; p < w * h; p++) {
            image.setRGB(p % w, p / w, random.nextInt());
        }
        return image;
    }

    @Test
    void aHeaderThatClaimsAHugeImageCostsNothing() throws IOException {
        BufferedImage white = Pictures.plain(BufferedImage.TYPE_BYTE_GRAY, 4, 4, -1);
        byte[] png = Files.readAllBytes(Pictures.write(dir.resolve("a.png"), white));
        ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        refused(Files.write(dir.resolve("huge.png"), png), "60000×60000", "100 megapixels");
    }

    @ParameterizedTest(name = "mutated {0}, seed 11")
    @ValueSource(strings = {"png", "jpg", "bmp", "gif", "webp", "cmyk", "exif"})
    void damagedFilesGiveAFormatExceptionOrAnImage(String format) throws IOException {
        byte[] whole = switch (format) {
            case "webp" -> Pictures.WEBP;
            case "cmyk" -> Pictures.CMYK;
            case "exif" -> Pictures.EXIF;
            default -> Files.readAllBytes(Pictures.write(dir.resolve("a." + format), noise(9, 7)));
        };
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            byte[] bytes = whole.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            Path file = Files.write(dir.resolve("fuzz"), Arrays.copyOf(bytes, length));
            try {
                assertThat(Images.read(file, Shape.of(3, 8, 8))).hasSize(192);
            } catch (FormatException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void foldersAreListedSortedWithoutWhatIsNoImage() throws IOException {
        Pictures.folder(dir, List.of("b", "a"), 2, 2, 2);
        Files.writeString(dir.resolve("README.txt"), "x");
        Files.writeString(dir.resolve(".hidden.png"), "x");
        Files.createDirectories(dir.resolve("folder.png"));
        Files.write(dir.resolve("Z.JPeG"), Pictures.EXIF);
        assertThat(Datasets.images(dir)).extracting(p -> dir.relativize(p).toString().replace('\\', '/'))
                .containsExactly("Z.JPeG", "a/00.png", "a/01.png", "b/00.png", "b/01.png");
    }
}
