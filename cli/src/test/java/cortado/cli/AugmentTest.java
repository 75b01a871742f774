package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of augmentation, bad images and test-time augmentation, on a small folder of images of which one is none. */
class AugmentTest {
    @TempDir
    private static Path dir;

    @BeforeAll
    static void images() throws IOException {
        for (int c = 0; c < 2; c++) {
            Path folder = Files.createDirectories(dir.resolve("data").resolve("class" + c));
            for (int i = 0; i < 20; i++) {
                Files.write(folder.resolve(String.format("%02d.bmp", i)), bmp(c, i));
            }
        }
        for (int i = 0; i < 20; i++) {
            Files.write(Files.createDirectories(dir.resolve("two/class" + i % 2)).resolve(i + ".bmp"), bmp(i % 2, i));
        }
        Files.writeString(dir.resolve("data/class1/07.bmp"), "no image");
        Files.write(Files.createDirectories(dir.resolve("one/cats")).resolve("a.bmp"), bmp(0, 0));
    }

    /** 12×12, one half bright, as a Windows bitmap of 24 bits a pixel. */
    private static byte[] bmp(int c, int i) {
        ByteBuffer b = ByteBuffer.allocate(54 + 36 * 12).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) 'B').put((byte) 'M').putInt(b.capacity()).putInt(0).putInt(54);
        b.putInt(40).putInt(12).putInt(12).putShort((short) 1).putShort((short) 24).putInt(0).putInt(36 * 12);
        for (int p = 0; p < 36 * 12; p++) {
            b.put(54 + p, (byte) ((p % 36 < 18) == (c == 0) ? 200 + i : p % 90));
        }
        return b.array();
    }

    private static Cli run(String line) {
        return Cli.run(line.replace("DIR", dir.toString()).split(" "));
    }

    @Test
    void badImagesAreFatalUnlessSkippedAndThenNamedAndCountedAndRememberedByTheRun() {
        Cli fatal = run("train DIR/data --model mlp --epochs 1 --output DIR/fatal");
        assertThat(fatal.code()).isEqualTo(2);
        assertThat(fatal.err()).contains("07.bmp is not an image", "--on-bad-image skip").hasLineCount(1);
        assertThat(dir.resolve("fatal")).doesNotExist();
        Cli c = run("train DIR/data --model mlp --epochs 1 -b 8 --on-bad-image skip --mixup 0.2 --output DIR/run --json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.out()).contains("{\"event\":\"skipped\",\"message\":\"" + dir.resolve("data/class1/07.bmp"),
                "{\"event\":\"read\",\"images\":40,\"skipped\":1}");
        assertThat(c.err()).containsOnlyOnce("skipped: " + dir.resolve("data/class1/07.bmp"))
                .containsOnlyOnce("skipped 1 of 40 images, which cannot be read");
        Cli again = run("train -c DIR/run/config.json --output DIR/again");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(run("val --model DIR/run --on-bad-image fail").code()).isEqualTo(2);
        Cli plain = run("val --model DIR/run");
        Cli flip = run("val DIR/data/ --model DIR/run --tta flip");
        assertThat(flip.code()).as(flip.err()).isZero();
        assertThat(flip.out()).isNotEqualTo(plain.out()).contains("on 8 images of data");
        assertThat(run("predict DIR/data/class0/01.bmp --model DIR/run --tta flip").out()).contains("class");
    }

    /** The folder that a training was started from is no part of its settings. */
    @Test
    void aRunFindsItsDataFromAnywhere() throws IOException {
        String relative = Path.of("").toAbsolutePath().relativize(dir).toString();
        Cli c = Cli.run("train", relative + "/two", "--model", "mlp", "--epochs", "1", "-b", "8", "--data-dir", "here", "--output",
                dir.resolve("two-run").toString());
        assertThat(c.code()).as(c.err()).isZero();
        Json.Obj config = (Json.Obj) Json.parse(Files.readString(dir.resolve("two-run/config.json")), "config.json");
        assertThat(config.get("data_dir")).contains(Json.of(Path.of("here").toAbsolutePath()));
        Path data = Path.of(((Json.Str) config.get("data").orElseThrow()).value());
        assertThat(data).isAbsolute();
        assertThat(Files.isSameFile(data, dir.resolve("two"))).isTrue();
        Files.move(dir.resolve("two"), dir.resolve("moved"));
        for (String line : List.of("reproduce DIR/two-run", "val --model DIR/two-run")) {
            Cli gone = run(line);
            assertThat(gone.code()).isEqualTo(2);
            assertThat(gone.err()).contains("the run learned from ", "say where it is now: --data DIR").hasLineCount(1);
            assertThat(run(line + " --data DIR/moved").code()).isZero();
        }
    }

    @Test
    void oneClassLeavesNothingToLearnNorToMix() throws IOException {
        Files.write(Files.createDirectories(dir.resolve("one/cats")).resolve("00.bmp"), bmp(0, 0));
        Cli c = run("train DIR/one --model mlp --mixup 0.2 --output DIR/nothing");
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("has only the class cats; a classifier needs at least two").hasLineCount(1);
        assertThat(dir.resolve("nothing")).doesNotExist();
    }

    @Test
    void augmentDrawsASheet() throws IOException {
        Cli c = run(
                "augment DIR/data --on-bad-image skip --flip --aa rand-m9-n2 --scale 0.3 1 --cutmix 1 --images 5 --rows 2 --output"
                        + " DIR/sheet.png");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.out()).isEqualTo("picture: " + dir.resolve("sheet.png") + System.lineSeparator());
        assertThat(ByteBuffer.wrap(Files.readAllBytes(dir.resolve("sheet.png"))).getInt(16)).as("width").isGreaterThan(1000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train digits --crop 8 | random crop (--crop): expected less than the 8 pixels of an image of 8×8, received 8",
        "train digits --cutout 9 | cutout (--cutout): expected a square no larger than an image of 8×8, received 9",
        "train digits --crop 5000 | random crop (--crop): expected 0 … 1024, received 5000",
        "train digits --cutout 5000 | cutout (--cutout): expected 0 … 1024, received 5000",
        "train DIR/one --mixup 0.2 | has only the class cats; a classifier needs at least two",
        "train digits --mixup 1 -b 1 | expected a batch size (-b) of at least 2, received 1",
        "train digits --mixup -1 | mixup: expected an α of 0",
        "train digits --mixup-prob 2 | --mixup-prob: expected a probability",
        "train digits --aa augmix | RandAugment (--aa): expected rand-m9-n2",
        "train digits --remode black | --remode: expected const or rand or pixel, received black",
        "train digits --scale 0.5 0.1 | --scale",
        "train digits --rotation 200 | rotation: expected 0 … 180 degrees",
        "train digits --on-bad-image ignore | --on-bad-image: expected skip or fail, received ignore",
        "val digits --tta ten-crop | --tta: expected none or flip, received ten-crop",
        "augment digits --images 0 | images of the sheet: expected 1"})
    void nonsenseIsOneLineBeforeTheFirstStep(String line, String message) {
        Cli c = run(line + (line.startsWith("val") ? "" : " --output DIR/nothing"));
        assertThat(c.code()).as(c.err()).isEqualTo(2);
        assertThat(c.err()).contains(message).hasLineCount(1).doesNotContain("Exception");
        assertThat(dir.resolve("nothing")).doesNotExist();
    }
}
