package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.train.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Settings of training as a person gives them: all have flags, nonsense is refused, and a run needs no more than its folder. */
class TrainSettingsTest {
    @TempDir
    private Path dir;

    private Cli run(String line) {
        return Cli.run(line.replace("DIR", dir.toString()).split(" "));
    }

    private Cli done(String line) {
        Cli c = run(line);
        assertThat(c.code()).as(c.err()).isZero();
        return c;
    }

    private String text(String file) throws IOException {
        return Files.readString(dir.resolve(file));
    }

    /** {@code about} is a recipe's line for people. */
    @Test
    void everyKeyOfAConfigHasAFlag() {
        Output output = new Output(System.out, System.err, Terminal.NONE, false, false);
        CommandLine train = new CommandLine(new TrainCommand(new Common(output)));
        List<String> flags = train.getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
        List<String> without = new ArrayList<>(Config.KEYS);
        without.removeIf(key -> flags.contains("--" + key.replace('_', '-')));
        assertThat(without).containsExactly("about");
    }

    @Test
    void lossAndTtaAreRememberedByTheRunAndReproduced() throws IOException {
        Cli c = done("train digits --model mlp --epochs 2 --seed 1 --loss bce --smoothing 0.1 --mixup 0.2 --tta flip"
                + " --output DIR/run");
        assertThat(c.out()).contains("held-out images and their mirror images (epoch");
        assertThat(text("run/config.json")).contains("\"loss\": \"bce\"", "\"smoothing\": 0.1", "\"tta\": \"flip\"");
        assertThat(text("run/val.json")).contains("\"tta\":\"flip\"");
        assertThat(text("run/report.html")).contains("loss bce", "--tta flip", "compare courses, not heights");
        assertThat(done("reproduce DIR/run").out()).contains("the same weights, bit for bit");
        Cli val = done("val --model DIR/run --json");
        assertThat(val.out()).as("val judges as the training was").isEqualTo(text("run/val.json") + System.lineSeparator());
        assertThat(val.err()).contains("--tta flip, as its training was judged; --tta none takes images as they are");
        assertThat(done("val --model DIR/run").out()).contains("images of digits and their mirror images");
        Cli plain = done("val --model DIR/run --tta none --json");
        assertThat(plain.out()).contains("\"tta\":\"none\"");
        assertThat(plain.err()).doesNotContain("--tta");
        String predict = "predict DIR/run/mistakes.png --top 10 --model DIR/run";
        assertThat(done(predict).out()).isEqualTo(done(predict + " --tta flip").out())
                .isNotEqualTo(done(predict + " --tta none").out());
    }

    @Test
    void lrFindLooksForTheRateOfTheLossSeed1() {
        Cli mse = done("lr-find digits --model mlp --seed 1 --steps 60 --loss mse --output DIR/lr.png --json");
        Cli ce = done("lr-find digits --model mlp --seed 1 --steps 60 --output DIR/lr.png --json");
        assertThat(mse.err()).contains("suggested: --lr");
        assertThat(mse.last()).isNotEqualTo(ce.last());
    }

    @Test
    void optAlphaReachesRmsprop() throws IOException {
        done("train digits --model mlp --epochs 1 --opt rmsprop --opt-alpha 0.9 --output DIR/run");
        assertThat(text("run/config.json")).contains("\"opt_alpha\": 0.9");
    }

    /** As if the run had been killed after its first epoch, and the file that it started from were gone. */
    @Test
    void resumeNeedsNoInitialCheckpointAndReproduceSaysThatItDoes() throws IOException {
        done("train digits --model mlp -b 360 --epochs 1 --seed 1 --output DIR/first");
        Files.copy(dir.resolve("first/last.safetensors"), dir.resolve("start.safetensors"));
        done("train digits --model mlp -b 360 --epochs 2 --lr 1e-3 --initial-checkpoint DIR/start.safetensors --output DIR/run");
        byte[] last = Files.readAllBytes(dir.resolve("run/last.safetensors"));
        Files.move(dir.resolve("start.safetensors"), dir.resolve("moved.safetensors"));
        interrupted();
        Files.delete(dir.resolve("run/checkpoints/epoch-2-step-0.safetensors"));
        Cli c = done("resume DIR/run");
        assertThat(c.err()).contains("going on after epoch 1").doesNotContain("starts from");
        assertThat(dir.resolve("run/last.safetensors")).hasBinaryContent(last);
        Cli gone = run("reproduce DIR/run");
        assertThat(gone.code()).isEqualTo(2);
        assertThat(gone.err()).contains("(--initial-checkpoint): there is no such file " + dir.resolve("start.safetensors"))
                .hasLineCount(1);
        assertThat(done("reproduce DIR/run --initial-checkpoint DIR/moved.safetensors").out()).contains("the same");
        interrupted();
        try (Stream<Path> all = Files.list(dir.resolve("run/checkpoints"))) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        assertThat(run("resume DIR/run").code()).as("no checkpoint: it begins at the start").isEqualTo(2);
        done("resume DIR/run --initial-checkpoint DIR/moved.safetensors");
        assertThat(dir.resolve("run/last.safetensors")).hasBinaryContent(last);
        assertThat(run("reproduce DIR/first --initial-checkpoint DIR/moved.safetensors").err())
                .contains("started from fresh weights");
    }

    private void interrupted() throws IOException {
        Files.writeString(dir.resolve("run/provenance.json"),
                text("run/provenance.json").replace("\"finished\": true", "\"finished\": false"));
    }

    @Test
    void aRunsConfigTrainsTheCopyOfItsNetwork() throws IOException {
        String network = """
                {"layers": [{"op": "flatten"}, {"op": "linear", "outputs": 7}, {"op": "relu"},
                            {"op": "linear", "outputs": "classes"}]}""";
        Files.writeString(dir.resolve("net.json"), network);
        done("train digits --model DIR/net.json -b 360 --epochs 1 --output DIR/run");
        Files.writeString(dir.resolve("net.json"), network.replace("7", "8"));
        done("train -c DIR/run/config.json --output DIR/again");
        assertThat(dir.resolve("again/last.safetensors")).hasSameBinaryContentAs(dir.resolve("run/last.safetensors"));
        assertThat(text("again/network/net.json")).isEqualTo(network);
        done("train -c DIR/run/config.json --model DIR/net.json --output DIR/other");
        assertThat(text("other/network/net.json")).as("a flag counts more").contains("8");
        Files.delete(dir.resolve("net.json"));
        done("train -c DIR/again/config.json --output DIR/third");
        assertThat(dir.resolve("third/last.safetensors")).hasSameBinaryContentAs(dir.resolve("run/last.safetensors"));
    }

    /** Twenty images of a pixel's noise as MNIST's files, where nobody looks for them unprompted. */
    private void mnist(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String part : List.of("train", "t10k")) {
            byte[] images = ByteBuffer.allocate(16 + 20 * 16).putInt(0x803).putInt(20).putInt(4).putInt(4).array();
            byte[] labels = ByteBuffer.allocate(8 + 20).putInt(0x801).putInt(20).array();
            for (int i = 0; i < 20; i++) {
                labels[8 + i] = (byte) (i % 10);
                images[16 + 16 * i + i % 10] = -1;
            }
            Files.write(folder.resolve(part + "-images-idx3-ubyte"), images);
            Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels);
        }
    }

    @Test
    void valLooksForTheDataWhereTheRunDid() throws IOException {
        mnist(dir.resolve("place"));
        done("train mnist --data-dir DIR/place --model mlp --epochs 1 --output DIR/run");
        assertThat(done("val --model DIR/run").out()).contains("on 20 images of mnist");
        mnist(dir.resolve("empty"));
        Files.delete(dir.resolve("empty/t10k-labels-idx1-ubyte"));
        assertThat(run("val --model DIR/run --data-dir DIR/empty").err()).as("a flag counts more").contains("has no file t10k-labels");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--loss mae | --loss: expected ce, bce, mse, huber, received mae",
        "--loss mse --smoothing 0.1 | --smoothing means nothing with --loss mse, whose scores it would only scale; leave it out",
        "--loss bce --class-weights balanced | --class-weights goes with --loss ce alone, received --loss bce",
        "--tta five | --tta: expected none or flip, received five",
        "--epochs 5 --sched step --decay-epochs 5 | --decay-epochs: expected less than 5 (the epochs), received 5.0",
        "--epochs 5 --sched step --decay-epochs 3 --warmup-epochs 2 | expected less than 3.0 (of 5 epochs, those after the",
        "--epochs 5 --warmup-epochs 5 | warm-up epochs: expected 0 to below 5 (the epochs), received 5.0",
        "--epochs 5 --sched plateau --patience-epochs 3 | --patience-epochs: expected at most 2 in a training of 5 epochs",
        "--epochs 5 --patience 5 | --patience: expected less than 5 (the epochs), received 5: the training would never end early",
        "--patience 60 | --patience: expected less than 60 (the epochs), received 60",
        "-b 400 --grad-accum-steps 5 | (--grad-accum-steps): expected at most 4, the batches of an epoch, received 5",
        "--lr 0 | learning rate (--lr): expected a number above 0, received 0.0",
        "--cutmix 33 | --cutmix: expected an α of 0 (none) … 10, usually 0.2 … 1, received 33.0; it is that of Beta(α, α)",
        "--mixup 33 | no size in pixels",
        "--epochs 5 --cutmix 1 --mixup-off-epoch 6 | --mixup-off-epoch: expected at most 5 (the epochs), received 6",
        "--mixup-off-epoch 6 | --mixup-off-epoch 6 means nothing without --mixup or --cutmix; leave it out",
        "--opt-alpha 0.9 | --opt-alpha means nothing with --opt adamw",
        "--opt rmsprop --opt-alpha 1 | RMSProp's α: expected a number from 0 to below 1, received 1.0",
    })
    void nonsenseIsOneLineBeforeTheFirstStepAndLeavesNoFolder(String flags, String message) {
        Cli c = run("train digits --model mlp " + flags + " --output DIR/new");
        assertThat(c.code()).as(c.err()).isEqualTo(2);
        assertThat(c.out()).isEmpty();
        assertThat(c.err()).startsWith("cortado: ").contains(message).hasLineCount(1).doesNotContain("Exception");
        assertThat(dir.resolve("new")).doesNotExist();
    }

    /** What nobody said is never refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--model mlp --sched plateau --epochs 1", "--model mlp --sched plateau --epochs 2",
        "--model mlp --sched step --epochs 1", "--model mlp --sched step --epochs 2 --decay-epochs 1.9",
        "--model mlp --recipe sign-language-digits --input 1x8x8 --epochs 1",
        "--model mlp --recipe cifar10 --input 1x8x8 --loss mse --epochs 1"})
    void theRestIsFittedToIt(String flags) {
        done("train digits -b 360 --crop 0 --cutout 0 --output DIR/new " + flags);
    }
}
