package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.io.ModelFile;
import cortado.train.Provenance;
import cortado.train.Recipes;
import cortado.train.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** train, val and predict, on the built-in digits with the smallest network. */
class TrainTest {
    @TempDir
    private static Path dir;
    private static Cli trained;

    @BeforeAll
    static void train() throws IOException {
        trained = Cli.run("train", "digits", "--model", "mlp", "--epochs", "2", "--seed", "1", "--json", "--output", run());
        Files.write(dir.resolve("a.bmp"), bmp(16, 20));
        Files.write(Files.createDirectories(dir.resolve("more/deep")).resolve("b.bmp"), bmp(9, 8));
        Files.writeString(dir.resolve("text.png"), "this is no image");
    }

    /** A grey ramp as a Windows bitmap of 24 bits a pixel. */
    private static byte[] bmp(int w, int h) {
        int row = (3 * w + 3) / 4 * 4;
        ByteBuffer b = ByteBuffer.allocate(54 + row * h).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) 'B').put((byte) 'M').putInt(b.capacity()).putInt(0).putInt(54);
        b.putInt(40).putInt(w).putInt(h).putShort((short) 1).putShort((short) 24).putInt(0).putInt(row * h);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < 3 * w; x++) {
                b.put(54 + y * row + x, (byte) (x * 5));
            }
        }
        return b.array();
    }

    private static String run() {
        return dir.resolve("run").toString();
    }

    private static Json.Obj object(String line) {
        return (Json.Obj) Json.parse(line, "stdout");
    }

    private static double number(Json.Obj o, String key) {
        return ((Json.Num) o.get(key).orElseThrow()).value();
    }

    @Test
    void seed1EndsWithWhatItReached() {
        assertThat(trained.code()).as(trained.err()).isZero();
        List<Json.Obj> lines = trained.out().lines().map(TrainTest::object).toList();
        assertThat(lines.stream().map(l -> l.get("event").orElseThrow().text())).contains("\"started\"", "\"epoch\"");
        Json.Obj done = lines.getLast();
        assertThat(done.fields()).containsKeys("event", "run", "model", "epochs", "val_top1", "val_loss", "images_per_s",
                "weights_sha256");
        assertThat(done.get("event")).contains(Json.of("done"));
        assertThat(done.get("run")).contains(Json.of(run()));
        assertThat(number(done, "val_top1")).isGreaterThan(0.8);
        assertThat(Path.of(((Json.Str) done.get("model").orElseThrow()).value())).isRegularFile();
        assertThat(trained.err()).contains("top-1", "try:", "held out").doesNotContain("\u001b");
    }

    @Test
    void provenanceNamesDataCodeJavaMachineSettingsAndWeightsSeed1() throws IOException {
        Provenance p = Provenance.read(dir.resolve("run"));
        assertThat(p.finished()).isTrue();
        assertThat(p.text("data_sha256")).contains(Datasets.open("digits", Options.defaults()).fingerprint());
        assertThat(p.text("cortado")).contains(VersionCommand.version());
        assertThat(p.text("code_sha256")).get().asString().matches("[0-9a-f]{64}");
        assertThat(p.text("jdk")).contains(Runtime.version().toString());
        assertThat(p.text("os")).get().asString().startsWith(System.getProperty("os.name"));
        Path processor = Path.of("/proc/cpuinfo");
        assertThat(Files.isReadable(processor) ? Files.readString(processor) : p.text("cpu").orElseThrow())
                .contains(p.text("cpu").orElseThrow().replaceFirst("^CPU implementer ", ""));
        assertThat(p.text("cpu")).get().asString().isNotBlank();
        assertThat(p.json().get("seed")).contains(Json.of(1));
        Json.Obj settings = (Json.Obj) p.json().get("settings").orElseThrow();
        assertThat(settings).isEqualTo(object(Files.readString(dir.resolve("run/config.json"))));
        assertThat(settings.get("epochs")).contains(Json.of(2));
        for (String model : List.of("best", "last")) {
            assertThat(p.text(model + "_sha256")).contains(Run.hash(ModelFile.read(dir.resolve("run/" + model + ".safetensors"))));
        }
        assertThat(object(trained.last()).get("weights_sha256")).isEqualTo(p.json().get("best_sha256"));
    }

    @Test
    void sameSeedSameWeightsWhateverTheThreads(@TempDir Path other) throws IOException {
        Cli again = Cli.run("train", "--data", "digits", "--model", "mlp", "--epochs", "2", "--seed", "1", "--threads", "3",
                "--output", other.resolve("run").toString());
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out().lines()).hasSize(1);
        assertThat(again.out()).contains("top-1", "best.safetensors", "predict");
        assertThat(other.resolve("run/last.safetensors")).hasSameBinaryContentAs(dir.resolve("run/last.safetensors"));
    }

    @Test
    void aRunsConfigTrainsItAgain(@TempDir Path other) throws IOException {
        String copy = other.resolve("run").toString();
        Cli again = Cli.run("train", "-c", run() + "/config.json", "--threads", "1", "--output", copy);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(other.resolve("run/best.safetensors")).hasSameBinaryContentAs(dir.resolve("run/best.safetensors"));
        assertThat(Files.readString(other.resolve("run/config.json")))
                .isEqualTo(Files.readString(dir.resolve("run/config.json")).replaceFirst("\"threads\": [0-9]+", "\"threads\": 1"));
    }

    @Test
    void flagsCountMoreThanTheConfigAndItMoreThanTheRecipe(@TempDir Path other) throws IOException {
        Path config = Files.writeString(other.resolve("c.json"),
                "{\"model\": \"mlp\", \"epochs\": 2, \"lr\": 0.001, \"batch_size\": 50}");
        Cli c = Cli.run("train", "digits", "--recipe", "mnist", "-c", config.toString(), "-b", "40", "--no-model-ema", "--in-chans",
                "3",
                "--output", other.resolve("run").toString());
        assertThat(c.code()).as(c.err()).isZero();
        Json.Obj said = (Json.Obj) Json.parse(Files.readString(other.resolve("run/config.json")), "config");
        assertThat(said.get("batch_size")).contains(Json.of(40));
        assertThat(said.get("lr")).contains(Json.of(0.001));
        assertThat(said.get("epochs")).contains(Json.of(2));
        assertThat(number(said, "weight_decay")).as("of the recipe").isEqualTo(number(Recipes.named("mnist").json(), "weight_decay"));
        assertThat(said.get("model_ema")).contains(Json.of(false));
        assertThat(said.get("input_size")).contains(Json.of("3x8x8"));
    }

    @Test
    void lrFindSuggestsARateAndDrawsSeed1() {
        Path picture = dir.resolve("lr.png");
        Cli c = Cli.run("lr-find", "digits", "--model", "mlp", "--seed", "1", "--steps", "80", "--output", picture.toString(),
                "--json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(number(object(c.last()), "lr")).isBetween(1e-4, 1e-1);
        assertThat(picture).isNotEmptyFile();
        assertThat(c.err()).contains("suggested: --lr");
    }

    @Test
    void recipesAreListedAndPrinted() {
        Cli all = Cli.run("recipes");
        assertThat(all.out()).contains("cifar10-resnet18", "resnet20", "epochs");
        Cli one = Cli.run("recipes", "mnist");
        assertThat(object(one.out())).isEqualTo(Recipes.named("mnist").json());
        assertThat(Cli.run("recipes", "--json").out().lines().map(TrainTest::object)).hasSize((int) all.out().lines().count() - 1);
    }

    @Test
    void valJudgesByWhatTheRunWasTrainedOn() {
        Cli c = Cli.run("val", "--model", run(), "--json");
        assertThat(c.code()).as(c.err()).isZero();
        Json.Obj o = object(c.out());
        assertThat(o.fields().keySet()).containsExactly("top1", "top5", "loss", "images", "tta", "ece", "macro", "micro",
                "weighted", "classes", "confusion", "calibration", "confused", "top_losses");
        assertThat(o.get("top1")).isEqualTo(object(trained.last()).get("val_top1"));
        assertThat(o.get("loss")).isEqualTo(object(trained.last()).get("val_loss"));
        assertThat(Cli.run("val", "--model", run() + "/last.safetensors", "--data", "digits").out()).contains("images of digits",
                "class", "precision", "recall", "F1", "macro mean", "weighted mean", "most confused");
    }

    @Test
    void predictNamesClassesOfFilesAndFolders() {
        Cli c = Cli.run("predict", dir.resolve("a.bmp").toString(), dir.resolve("more").toString(), "--model", run(),
                "--top", "3", "--json");
        assertThat(c.code()).as(c.err()).isZero();
        List<Json.Obj> images = c.out().lines().map(TrainTest::object).toList();
        assertThat(images).hasSize(2);
        assertThat(images.getFirst().fields().keySet()).startsWith("image", "class", "probability");
        assertThat(((Json.Arr) images.getFirst().get("top").orElseThrow()).items()).hasSize(3);
        Cli text = Cli.run("predict", dir.resolve("a.bmp").toString(), "--model", run());
        assertThat(text.out()).containsPattern("a\\.bmp  [0-9] [0-9.]+ %").hasLineCount(1);
    }

    @Test
    void predictReportsAnImageThatIsNoneAndGoesOn() {
        Cli c = Cli.run("predict", dir.resolve("text.png").toString(), dir.resolve("a.bmp").toString(), "--model", run());
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.out()).contains("a.bmp").hasLineCount(1);
        assertThat(c.err()).startsWith("cortado: ").contains("text.png").hasLineCount(1);
    }

    @Test
    void aModelWithWeightsThatAreNoNumbersIsRefused() {
        Path broken = dir.resolve("broken.safetensors");
        Model m = ModelFile.read(dir.resolve("run/best.safetensors"));
        m.parameters().get("fc2.bias").set(3, Float.NaN);
        ModelFile.write(broken, m);
        for (Cli c : List.of(Cli.run("val", "digits", "--model", broken.toString()),
                Cli.run("predict", dir.resolve("a.bmp").toString(), "--model", broken.toString()))) {
            assertThat(c.code()).isEqualTo(2);
            assertThat(c.out()).isEmpty();
            assertThat(c.err()).contains("broken.safetensors: the ", "diverged").hasLineCount(1);
        }
    }

    /** One bit of one weight, of which no checksum of the file's own knows. */
    @Test
    void aRunsModelWithOtherWeightsThanItEndedWithIsRefused(@TempDir Path other) throws IOException {
        for (String file : List.of("config.json", "provenance.json", "best.safetensors")) {
            Files.copy(dir.resolve("run").resolve(file), other.resolve(file));
        }
        Path best = other.resolve("best.safetensors");
        assertThat(Cli.run("val", "--model", other.toString()).code()).isZero();
        byte[] bytes = Files.readAllBytes(best);
        bytes[bytes.length - 3] ^= 1;
        Files.write(best, bytes);
        for (Cli c : List.of(Cli.run("val", "--model", other.toString()),
                Cli.run("predict", dir.resolve("a.bmp").toString(), "--model", best.toString()))) {
            assertThat(c.code()).isEqualTo(2);
            assertThat(c.err()).contains("best.safetensors: its weights are not those that the run's training ended with: expected ")
                    .hasLineCount(1);
        }
        Files.move(best, other.resolve("mine.safetensors"));
        assertThat(Cli.run("val", "digits", "--model", other + "/mine.safetensors").code()).as("of no run").isZero();
    }

    @Test
    void gradcheckAndSummaryOfARun() {
        assertThat(Cli.run("gradcheck", run(), "--samples", "2").code()).isZero();
        assertThat(Cli.run("summary", run()).out()).contains("mlp").doesNotContain("untrained");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train nothing-there --output RUN | there is no data set nothing-there",
        "train digit --output RUN | there is no data set digit; did you mean digits?",
        "val fashion_mnist --model DIR/run | there is no data set fashion_mnist; did you mean fashion-mnist?",
        "train digits --model lenet --output RUN | there is no network lenet; did you mean lenet5?",
        "train digits --model resnet --output RUN | there is no network resnet",
        "train digits --opt adamm --output RUN | there is no optimizer adamm",
        "train digits --sched cosin --output RUN | there is no schedule cosin",
        "train digits --epochs 0 --output RUN | epochs: expected 1",
        "train digits --epochs -3 --output RUN | cortado: epochs: expected 1 … 1000000, received -3",
        "train digits --lr abc --output RUN | --lr: expected a number, received abc",
        "train digits --seed 1.5 --output RUN | --seed: expected a whole number, received 1.5",
        "train digits --epochs 2 --warmup-epochs 3 --output RUN | warm-up epochs: expected 0",
        "train digits --lr -1 --output RUN | learning rate (--lr): expected a number above 0, received -1.0",
        "train digits --lr NaN --output RUN | lr: expected a finite number",
        "train digits --recipe mnis --output RUN | there is no recipe mnis; did you mean mnist?",
        "train digits -c DIR/none.json --output RUN | none.json: there is no such file",
        "train digits -c DIR/text.png --output RUN | text.png: not valid JSON",
        "train digits --model-ema --model-ema-decay 2 --output RUN | (EMA): expected a number from 0 to below 1, received 2.0",
        "train digits --sched multistep --decay-milestones 9,99 --output RUN | epoch 99.0 lies beyond the training of 60 epochs",
        "train digits --class-weights 1,2 --output RUN | class weights: expected 10, one per class, received 2",
        "train digits --class-weights a,b --output RUN | --class-weights: expected balanced or a number per class",
        "train digits --freeze conv9 --output RUN | --freeze conv9 fits no weights; there are conv1.weight",
        "train digits --momentum 0.8 --output RUN | --momentum means nothing with --opt adamw",
        "train digits --initial-checkpoint DIR/text.png --output RUN | text.png",
        "train digits --num-classes 4 --output RUN | digits has 10 classes",
        "train digits --in-chans 2 --output RUN | images have 1 (grey) or 3 (colour) channels",
        "train digits --in-chans 3 --input 1x9x9 --output RUN | has 1 channels, --in-chans says 3",
        "lr-find digits --start-lr 1 --end-lr 0.1 --output RUN | --end-lr: expected a number above --start-lr 1.0, received 0.1",
        "lr-find digits --lr 5 --output RUN | --lr means nothing with lr-find, which looks for it",
        "recipes mnis | there is no recipe mnis; did you mean mnist?",
        "train digits -b 100000 --output RUN | batch size 100000 is larger than the training set",
        "train digits --threads 0 --output RUN | threads: expected 1",
        "train digits --model mlp --lr 1e30 --epochs 2 --opt sgd --output RUN | became",
        "train digits --output DIR | not empty",
        "train digits --data mnist --output RUN | named twice: digits and --data mnist",
        "val digits --data mnist --model DIR/run | named twice: digits and --data mnist",
        "train digits mnist --output RUN | unmatched argument at index 2",
        "val --model DIR/nothing | there is no model",
        "val --model DIR/more | holds no best.safetensors",
        "val --model DIR/text.png | text.png",
        "val fashion-mnist-small --model DIR/run/best.safetensors | of 1×8×8, those of fashion-mnist-small are 1×28×28",
        "val DIR/nothing --model DIR/run | there is no data set",
        "predict DIR/nothing.png --model DIR/run | nothing.png",
        "predict DIR/run --top 0 --model DIR/run | --top: expected at least 1",
        "predict --model DIR/run | missing required parameter",
    })
    void badInputIsOneLineAndExitCode2(String line, String message, @TempDir Path empty) {
        String[] args = line.replace("RUN", empty.resolve("new").toString()).replace("DIR", dir.toString()).split(" ");
        Cli c = Cli.run(args);
        assertThat(c.code()).as(c.err()).isEqualTo(2);
        assertThat(c.out()).isEmpty();
        assertThat(c.err().lines().filter(l -> l.startsWith("cortado: "))).hasSize(1);
        assertThat(c.err()).contains(message).doesNotContain("Exception", "\tat ");
        assertThat(Cli.run(Stream.concat(Stream.of(args), Stream.of("--json"))
                .toArray(String[]::new)).last()).contains("\"event\":\"error\"");
    }

    /** A picture that cannot be written costs no steps. */
    @Test
    void lrFindRefusesItsPictureBeforeTheFirstStep() {
        Cli c = Cli.run("lr-find", "digits", "--model", "mlp", "--output", dir.resolve("none").resolve("x.png").toString());
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("cannot write", "x.png: there is no such file or folder").hasLineCount(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileWithoutEndIsNoImage() {
        Cli c = Cli.run("predict", "/dev/zero", "--model", run());
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("cortado: /dev/zero is no regular file; expected an image file");
    }

    @Test
    void badSettingsLeaveNoRunFolder(@TempDir Path empty) {
        Cli.run("train", "digits", "-b", "100000", "--output", empty.resolve("new").toString());
        assertThat(empty.resolve("new")).doesNotExist();
    }

    @Test
    void nanLossKeepsTheLastGoodModel() {
        // Seeds of a diverging training are not needed: the first steps at this rate overflow.
        Cli c = Cli.run("train", "digits", "--model", "mlp", "--opt", "sgd", "--lr", "1e30", "--output",
                dir.resolve("nan").toString());
        assertThat(c.err()).contains("loss became").contains("epoch 1, step").contains("--lr");
        assertThat(dir.resolve("nan/events.jsonl")).content().contains("\"failed\"");
    }
}
