package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {
    @TempDir
    private Path dir;

    private DataSplit open() {
        return Datasets.open(dir.toString(), Options.defaults());
    }

    private void refused(String... parts) {
        assertThatThrownBy(this::open).isInstanceOf(FormatException.class).message().doesNotContain("\n")
                .satisfies(m -> assertThat(parts).allMatch(m::contains));
    }

    private static byte[] idx(int[] dims, byte... elements) {
        ByteBuffer b = ByteBuffer.allocate(4 + 4 * dims.length + elements.length).put(new byte[] {0, 0, 8, (byte) dims.length});
        for (int d : dims) {
            b.putInt(d);
        }
        return b.put(elements).array();
    }

    private void write(String name, byte[] bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(dir.resolve(name));
                OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
            packed.write(bytes);
        }
    }

    /** Five training images of 2×3 in classes 0–2 and two test images. */
    private void small(String gz) throws IOException {
        byte[] pixels = new byte[30];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (9 * i);
        }
        write("train-images-idx3-ubyte" + gz, idx(new int[] {5, 2, 3}, pixels));
        write("train-labels-idx1-ubyte" + gz, idx(new int[] {5}, new byte[] {0, 1, 2, 1, 0}));
        write("t10k-images-idx3-ubyte" + gz, idx(new int[] {2, 2, 3}, new byte[12]));
        write("t10k-labels-idx1-ubyte" + gz, idx(new int[] {2}, new byte[] {2, 1}));
    }

    @ParameterizedTest(name = "ending ''{0}''")
    @ValueSource(strings = {"", ".gz"})
    void idxIsReadPlainAndPacked(String gz) throws IOException {
        small(gz);
        DataSplit s = open();
        assertThat(s.image()).isEqualTo(Shape.of(1, 2, 3));
        assertThat(s.classes()).containsExactly("0", "1", "2");
        assertThat(s.train().size()).isEqualTo(5);
        assertThat(s.train().pixels(1)).containsExactly(54, 63, 72, 81, 90, 99);
        assertThat(s.test().label(0)).isEqualTo(2);
        // The same whatever the packing; this one was computed by Python's hashlib.
        assertThat(s.fingerprint()).isEqualTo("b89194c090ef74119bbfe58c36a5c0dabca5c6886375d98d0da7e0339bca1d7c");
    }

    @Test
    void anIdxSetWithoutTestFilesIsSplit() throws IOException {
        small("");
        Files.delete(dir.resolve("t10k-images-idx3-ubyte"));
        refused("has no file t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz");
        Files.delete(dir.resolve("t10k-labels-idx1-ubyte"));
        assertThat(open().train().size()).isEqualTo(3);
    }

    @Test
    void damagedIdxFilesAreOneLineWithTheOffset() throws IOException {
        small("");
        byte[] images = Files.readAllBytes(dir.resolve("train-images-idx3-ubyte"));
        byte[] wrong = images.clone();
        wrong[2] = 13;
        write("train-images-idx3-ubyte", wrong);
        refused("train-images-idx3-ubyte", "IDX file of images", "expected the bytes 00 00 08 03 at offset 0",
                "received 00 00 0d 03");
        write("train-images-idx3-ubyte", new byte[0]);
        refused("the file is empty");
        write("train-images-idx3-ubyte", Arrays.copyOf(images, 11));
        refused("ends in its header, after 11 bytes");
        write("train-images-idx3-ubyte", Arrays.copyOf(images, 40));
        refused("truncated", "5×2×3 = 30", "after 24", "offset 40");
        write("train-images-idx3-ubyte", Arrays.copyOf(images, 47));
        refused("longer than its header says", "offset 46");
        write("train-images-idx3-ubyte", idx(new int[] {2_000_000_000, 2, 3}));
        refused("offset 8", "more than 2147483639");
        write("train-images-idx3-ubyte", idx(new int[] {2_000_000_000, 1, 1}, new byte[5]));
        refused("truncated", "after 5");
        write("train-images-idx3-ubyte", idx(new int[] {-1, 2, 3}));
        refused("offset 4 is 4294967295");
        write("train-images-idx3-ubyte", idx(new int[] {4, 2, 3}, new byte[24]));
        refused("has 4 images, but", "has 5 labels");
    }

    @Test
    void labelsThatAreNoClassesOrOnlyOneAreRefused() throws IOException {
        small("");
        write("t10k-labels-idx1-ubyte", idx(new int[] {2}, new byte[] {2, 7}));
        refused("t10k-labels-idx1-ubyte", "label 7 at byte offset 9", "3 classes");
        write("train-labels-idx1-ubyte", idx(new int[] {5}, new byte[] {7, 7, 7, 7, 7}));
        refused("all training images belong to the one class 7");
    }

    @Test
    void aDamagedGzipIsNamed() throws IOException {
        small(".gz");
        Path file = dir.resolve("train-labels-idx1-ubyte.gz");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 10));
        refused(file.toString(), "damaged");
        whole[whole.length - 6] ^= 1;
        Files.write(file, whole);
        refused(file.toString(), "damaged");
    }

    @Test
    void cifar10IsReadWithItsNames() throws IOException {
        for (int f = 1; f <= 5; f++) {
            write("data_batch_" + f + ".bin", record(0, f, 3 + f));
        }
        write("test_batch.bin", record(0, 9, 1));
        DataSplit s = open();
        assertThat(s.image()).isEqualTo(Shape.of(3, 32, 32));
        assertThat(s.train().size()).isEqualTo(5);
        assertThat(s.classes().get(s.train().label(2))).isEqualTo("cat");
        assertThat(s.train().pixels(2)[3071]).isEqualTo((byte) 6);
        assertThat(s.classes().get(s.test().label(0))).isEqualTo("truck");
        Files.delete(dir.resolve("data_batch_3.bin"));
        refused("there is no file " + dir.resolve("data_batch_3.bin"));
        write("data_batch_3.bin", new byte[3000]);
        refused("data_batch_3.bin is truncated", "3073", "3000");
        write("data_batch_3.bin", record(0, 10, 0));
        refused("label 10 at byte offset 0");
    }

    @Test
    void cifar100TakesTheFineLabel() throws IOException {
        ByteArrayOutputStream train = new ByteArrayOutputStream();
        train.write(19);
        train.write(record(0, 99, 5));
        train.write(3);
        train.write(record(0, 4, 6));
        Files.createDirectory(dir.resolve("cifar-100-binary"));
        write("cifar-100-binary/train.bin", train.toByteArray());
        write("cifar-100-binary/test.bin", train.toByteArray());
        DataSplit s = open();
        assertThat(s.train().label(0)).isEqualTo(99);
        assertThat(s.train().pixels(1)).hasSize(3072).containsOnly(6);
        write("cifar-100-binary/fine_label_names.txt", "apple\nbear\n".getBytes(StandardCharsets.UTF_8));
        refused("fine_label_names.txt", "expected 100 class names", "received 2");
    }

    private static byte[] record(int skipped, int label, int value) {
        byte[] r = new byte[skipped + 1 + 3072];
        Arrays.fill(r, (byte) value);
        r[skipped] = (byte) label;
        return r;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1,2,3", "x", "17"})
    void rowsThatAreNoDigitsAreRefused(String first) {
        String row = first.isEmpty() ? "" : first.contains(",") ? first : first + ",0".repeat(64);
        assertThatThrownBy(() -> Digits.read(new ByteArrayInputStream(row.getBytes(StandardCharsets.US_ASCII)), "d.csv"))
                .isInstanceOf(FormatException.class).hasMessageContaining("d.csv");
    }

    @Test
    void mutatedFilesGiveOnlyFormatExceptionsSeed12() throws IOException {
        small("");
        Random random = new Random(12);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            String name = Known.FILES.get(random.nextInt(4));
            byte[] whole = Files.readAllBytes(dir.resolve(name));
            byte[] bytes = random.nextBoolean() ? whole.clone() : Arrays.copyOf(whole, random.nextInt(whole.length + 4));
            for (int k = 0; k < 2 && bytes.length > 0; k++) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0);
            }
            Files.write(dir.resolve(name), bytes);
            try {
                open().fingerprint();
            } catch (FormatException | ShapeException e) {
                refused++;
            }
            Files.write(dir.resolve(name), whole);
        }
        assertThat(refused).isGreaterThan(100);
    }
}
