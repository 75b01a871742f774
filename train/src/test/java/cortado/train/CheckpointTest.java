package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.data.DataSplit;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.io.JsonLines;
import cortado.io.Safetensors;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training goes on from any of its checkpoints to the same bits, and a checkpoint that is not whole is found out. */
class CheckpointTest {
    private static final DataSplit DATA = Shades.data(210, 90);
    private static final int EPOCHS = 3;

    @TempDir
    private Path temp;

    private static Settings settings(String optimizer) {
        return Shades.settings(EPOCHS).withOptimizer(Optimizer.named(optimizer, 0.9, 0.01)).withSaving(new Saving(1, 3));
    }

    private static Outcome fit(Settings s, Consumer<Event> listener) {
        return train(s, Shades.network(), Optional.empty(), listener);
    }

    private static Outcome resume(Settings s, Checkpoint from, Consumer<Event> listener) {
        return train(s, Shades.network(), Optional.of(from), listener);
    }

    private static Outcome train(Settings s, Graph network, Optional<Checkpoint> from, Consumer<Event> listener) {
        try (Trainer t = new Trainer(s, network, DATA)) {
            return from.map(c -> t.resume(c, listener)).orElseGet(() -> t.fit(listener));
        }
    }

    /** Writes the n-th checkpoint, from 0, to {@code n.safetensors}. */
    private Consumer<Event> keeper() {
        int[] n = {0};
        return e -> {
            if (e instanceof Event.Save s) {
                s.checkpoint().write(file(n[0]++));
            }
        };
    }

    private Path file(int n) {
        return temp.resolve(n + ".safetensors");
    }

    private static String hash(Model model) {
        return Safetensors.sha256(model.parameters().map());
    }

    /** All that an outcome says but its times. */
    private static List<Object> result(Outcome o) {
        return List.of(hash(o.best()), hash(o.last()), o.best().provenance(), o.last().provenance(), o.bestEpoch(), o.val(),
                o.lastVal(), o.epochs());
    }

    private static List<Object> timeless(EpochResult r) {
        return List.of(r.epoch(), r.rate(), r.trainLoss(), r.valLoss(), r.top1(), r.top5());
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "sgd"})
    void fromEveryStepToTheSameBitsWhateverTheThreads(String optimizer) {
        Settings s = settings(optimizer);
        List<EpochResult> rows = new ArrayList<>();
        Consumer<Event> watch = e -> {
            if (e instanceof Event.EpochEnd end) {
                rows.add(end.result());
            }
        };
        List<Object> expected = result(fit(s, keeper().andThen(watch)));
        List<List<Object>> course = rows.stream().map(CheckpointTest::timeless).toList();
        int steps = EPOCHS * 11;
        assertThat(file(steps - 1)).exists();
        assertThat(file(steps)).doesNotExist();
        for (int n = 0; n < steps; n++) {
            rows.clear();
            Checkpoint from = Checkpoint.read(file(n));
            Outcome o = resume(s.withThreads(1 + n % 3), from, watch.andThen(e -> {
                if (e instanceof Event.Resumed r) {
                    rows.addAll(r.history());
                }
            }));
            assertThat(result(o)).as("from checkpoint %d", n).isEqualTo(expected);
            assertThat(rows.stream().map(CheckpointTest::timeless)).as("from checkpoint %d", n).isEqualTo(course);
        }
    }

    /** Averaged weights, gradients gathered over 3 of 11 batches, frozen weights and what depends on the course so far. */
    @Test
    void withEveryRecipesIngredientTheSameBits() {
        Settings s = Shades.settings(4).with(Config.empty().with("model_ema", true).with("model_ema_decay", 0.95)
                .with("grad_accum_steps", 3).with("clip_grad", 0.5).with("freeze", List.of("conv1.bias")).with("opt", "lamb")
                .with("lr", 0.05).with("sched", "plateau").with("patience_epochs", 0).with("decay_rate", 0.5).with("patience", 3)
                .with("smoothing", 0.1).with("class_weights", List.of(1, 2, 1, 0.5))).withSaving(new Saving(1, 3));
        int[] n = {0};
        Outcome whole = fit(s, keeper().andThen(e -> n[0] += e instanceof Event.Save ? 1 : 0));
        List<Object> expected = result(whole);
        assertThat(n[0]).isGreaterThanOrEqualTo(33);
        for (int k = 0; k < n[0]; k++) {
            Checkpoint from = Checkpoint.read(file(k));
            int batch = from.at().batch();
            assertThat(from.parts().containsKey("gradients")).as("checkpoint %d", k).isEqualTo(batch % 3 != 0 && batch != 11);
            assertThat(from.parts()).containsKey("ema");
            assertThat(result(resume(s.withThreads(1 + k % 2), from, e -> {}))).as("from checkpoint %d", k).isEqualTo(expected);
        }
    }

    /** Running statistics that only forward changes, and random numbers that are drawn inside the network and for mixed images. */
    @Test
    void withBatchNormDropoutAndMixedImagesTheSameBits() {
        Graph network = Graph.builder().then("x", Input.images(1, 6, 6)).then("conv1", Conv2d.of(4, Window.of(3)))
                .then("bn1", BatchNorm2d.of()).then("relu1", new Relu()).then("drop1", new Dropout(0.3))
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(4)).build();
        Settings s = settings("rmsprop").with(Config.empty().with("mixup", 0.4).with("cutmix", 1.0)
                .with("mixup_off_epoch", 1).with("model_ema", true));
        List<Object> expected = result(train(s, network, Optional.empty(), keeper()));
        for (int n = 0; n < EPOCHS * 11; n++) {
            Checkpoint from = Checkpoint.read(file(n));
            assertThat(from.part("weights").map()).containsKey("bn1.running_mean");
            assertThat(result(train(s.withThreads(1 + n % 3), network, Optional.of(from), e -> {}))).as("from checkpoint %d", n)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bce", "mse", "huber"})
    void withEveryLossAndMirroredJudgementTheSameBits(String loss) {
        Settings s = settings("adamw").with(Config.empty().with("loss", loss).with("mixup", 0.4).with("mixup_prob", 0.5)
                .with("tta", "flip"));
        List<Object> expected = result(fit(s, keeper()));
        for (int n = 2; n < EPOCHS * 11; n += 7) {
            assertThat(result(resume(s, Checkpoint.read(file(n)), e -> {}))).as("from checkpoint %d", n).isEqualTo(expected);
        }
        Checkpoint c = Checkpoint.read(file(5));
        assertThatThrownBy(() -> resume(s.with(Config.empty().with("tta", "none")), c, e -> {})).isInstanceOf(FormatException.class)
                .hasMessageContaining("tta has changed").hasMessageContaining("\"flip\" then, none now");
        assertThatThrownBy(() -> resume(s.with(Config.empty().with("loss", "ce")), c, e -> {})).isInstanceOf(FormatException.class)
                .hasMessageContaining("has changed");
    }

    /** What began before there was a choice of losses or of judgements belongs to the same settings now. */
    @Test
    void settingsThatCameLaterAreNoPartOfAnEarlierOrigin() {
        fit(settings("adamw"), keeper());
        assertThat(Checkpoint.read(file(5)).origin()).doesNotContainKeys("loss", "tta").containsKeys("lr", "smoothing");
    }

    @Test
    void stoppedAtAnyStepAndGoneOnWith() {
        Settings s = settings("adamw").withSaving(Saving.EPOCHS);
        List<Object> expected = result(fit(s, e -> {}));
        for (int at : new int[] {1, 4, 11, 12, 22, 32}) {
            try (Trainer t = new Trainer(s, Shades.network(), DATA)) {
                t.fit(keeper().andThen(e -> {
                    if (e instanceof Event.Progress p && (p.epoch() - 1) * 11 + p.step() == at) {
                        t.stop();
                    }
                }));
            }
            // Whole epochs told theirs before; where the stop came in an epoch's last step, one more came after its judgement.
            int last = at / 11;
            assertThat(result(resume(s, Checkpoint.read(file(last)), e -> {}))).as("stopped after step %d", at).isEqualTo(expected);
            if (at % 11 == 0) {
                Checkpoint unjudged = Checkpoint.read(file(last - 1));
                assertThat(unjudged.at().batch()).isEqualTo(11);
                assertThat(result(resume(s, unjudged, e -> {}))).as("stopped after step %d", at).isEqualTo(expected);
            }
        }
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        List<Position> told = new ArrayList<>();
        Consumer<Event> watch = e -> {
            if (e instanceof Event.Save s) {
                told.add(s.checkpoint().at());
            }
        };
        fit(settings("adam"), keeper().andThen(watch));
        for (int n = 0; n < told.size(); n++) {
            Checkpoint c = Checkpoint.read(file(n));
            assertThat(c.at()).isEqualTo(told.get(n));
            assertThat(c.history()).hasSize(c.at().epoch());
            assertThat(c.parts().keySet()).contains("weights", "moment0", "moment1");
        }
    }

    @Test
    void aFlippedBitIsFoundOutSeed3() throws IOException {
        fit(settings("adamw"), keeper());
        byte[] whole = Files.readAllBytes(file(20));
        Checkpoint expected = Checkpoint.read(file(20));
        Rng rng = new Rng(3);
        Path torn = temp.resolve("torn.safetensors");
        int refused = 0;
        for (int k = 0; k < 600; k++) {
            byte[] bytes = whole.clone();
            bytes[rng.split(k).below(0, bytes.length)] ^= (byte) (1 << rng.split(k).below(1, 8));
            Files.write(torn, bytes);
            try {
                Checkpoint c = Checkpoint.read(torn);
                assertThat(List.of(c.at(), c.history(), c.origin())).isEqualTo(List.of(expected.at(), expected.history(),
                        expected.origin()));
                c.parts().forEach((part, p) -> assertThat(Safetensors.sha256(p.map())).as(part)
                        .isEqualTo(Safetensors.sha256(expected.part(part).map())));
            } catch (FormatException e) {
                refused++;
                assertThat(e.getMessage()).contains("torn.safetensors").doesNotContain("\n");
            }
        }
        // what is left are blanks at the header's end and letters whose change leaves the same meaning
        assertThat(refused).isGreaterThan(590);
    }

    @Test
    void aTornCheckpointIsFoundOutSeed4() throws IOException {
        fit(settings("sgd"), keeper());
        byte[] whole = Files.readAllBytes(file(20));
        Path torn = temp.resolve("torn.safetensors");
        for (int k = 0; k < 100; k++) {
            Files.write(torn, Arrays.copyOf(whole, new Rng(4).below(k, whole.length)));
            assertThatThrownBy(() -> Checkpoint.read(torn)).isInstanceOf(FormatException.class).hasMessageContaining("torn");
        }
    }

    @Test
    void theNewestWholeOneIsTakenAndTheOldestGo() throws IOException {
        Path folder = temp.resolve("checkpoints");
        Checkpoints checkpoints = new Checkpoints(folder);
        assertThat(checkpoints.newest().checkpoint()).isEmpty();
        fit(settings("adamw").withSaving(new Saving(4, 3)), e -> {
            if (e instanceof Event.Save s) {
                checkpoints.write(s.checkpoint(), 3);
            }
        });
        assertThat(names(checkpoints)).containsExactly("epoch-2-step-4.safetensors", "epoch-2-step-8.safetensors",
                "epoch-3-step-0.safetensors");
        Path last = checkpoints.files().getLast();
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length - 5] ^= 16;
        Files.write(last, bytes);
        Files.write(checkpoints.files().get(1), Arrays.copyOf(bytes, 1000));
        Checkpoints.Newest newest = checkpoints.newest();
        assertThat(newest.checkpoint().orElseThrow().at().batch()).isEqualTo(4);
        assertThat(newest.damaged()).hasSize(2).first().asString().contains("epoch-3-step-0.safetensors", "checksum differs");
        assertThat(names(checkpoints)).containsExactly("epoch-2-step-4.safetensors");
        assertThat(folder.resolve("epoch-3-step-0.safetensors.damaged")).exists();
        assertThat(checkpoints.newest().damaged()).isEmpty();
    }

    private static List<String> names(Checkpoints checkpoints) {
        return checkpoints.files().stream().map(f -> f.getFileName().toString()).toList();
    }

    @Test
    void aCheckpointOfAnotherTrainingIsRefused() {
        fit(settings("adamw"), keeper());
        Checkpoint c = Checkpoint.read(file(5));
        assertThatThrownBy(() -> resume(settings("adamw").withRate(0.3), c, e -> {})).isInstanceOf(FormatException.class)
                .hasMessageContaining("lr").hasMessageContaining("0.02 then, 0.3 now");
        assertThatThrownBy(() -> resume(settings("sgd"), c, e -> {})).isInstanceOf(FormatException.class)
                .hasMessageContaining("opt has changed");
        try (Trainer t = new Trainer(settings("adamw"), Shades.network(), Shades.data(200, 90))) {
            assertThatThrownBy(() -> t.resume(c, e -> {})).isInstanceOf(FormatException.class).hasMessageContaining("data_sha256");
        }
    }

    @Test
    void aRunGoneOnWithHasEveryEpochOnceSeed7() throws IOException {
        Settings s = settings("adamw");
        Path whole = temp.resolve("whole");
        Path folder = temp.resolve("broken");
        try (Run run = Run.create(whole, Map.of())) {
            fit(s, run);
            assertThat(run.complete()).isTrue();
        }
        // Failures at odd moments: in an epoch, after an epoch's row and before its checkpoint, at its end.
        List<Integer> breaks = List.of(3, 8, 24, 33, 47);
        int[] told = {0};
        for (int attempt = 0; attempt <= breaks.size(); attempt++) {
            int n = attempt;
            try (Run run = attempt == 0 ? Run.create(folder, Map.of()) : Run.resume(folder, Map.of())) {
                assertThat(run.complete()).isFalse();
                Consumer<Event> breaking = e -> {
                    if (n < breaks.size() && !(e instanceof Event.Started) && told[0]++ == breaks.get(n)) {
                        throw new OutOfMemoryError("made up");
                    }
                };
                Consumer<Event> all = breaking.andThen(run);
                if (run.checkpoint().isPresent()) {
                    resume(s, run.checkpoint().get(), all);
                } else {
                    fit(s, all);
                }
            } catch (OutOfMemoryError e) {
                assertThat(n).isLessThan(breaks.size());
            }
        }
        for (String name : List.of(Run.BEST, Run.LAST)) {
            assertThat(folder.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
        }
        assertThat(course(folder)).isEqualTo(course(whole)).hasSize(1 + EPOCHS);
        assertThat(log(folder)).isEqualTo(log(whole)).hasSizeGreaterThan(EPOCHS * 11);
        assertThat(Files.readString(folder.resolve("events.jsonl"))).contains("\"resumed\"");
        Provenance provenance = Provenance.read(folder);
        assertThat(provenance.differences(Provenance.read(whole))).isEmpty();
        assertThat(provenance.text("last_sha256")).isEqualTo(Provenance.read(whole).text("last_sha256")).isPresent();
        assertThat(((Json.Arr) provenance.json().get("resumed").orElseThrow()).items()).hasSizeBetween(1, breaks.size());
    }

    /** What the log says of beginnings, checkpoints, epochs and ends, without times and paths. */
    private static List<String> log(Path folder) {
        return JsonLines.read(folder.resolve("events.jsonl")).stream().map(Json::text)
                .filter(l -> !l.contains("\"resumed\"") && !l.contains("\"progress\""))
                .map(l -> l.replaceAll(",\"(run|model|seconds|images_per_s)\":[^,}]*", "")).toList();
    }

    /** The rows of metrics.csv without their times. */
    private static List<String> course(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("metrics.csv")).stream().map(l -> l.replaceFirst("(,[^,]*){2}$", "")).toList();
    }

    @Test
    void aFolderBelongsToOneProcess() throws IOException {
        Path folder = temp.resolve("run");
        try (Run run = Run.create(folder, Map.of())) {
            fit(Shades.settings(1), run);
            assertThatThrownBy(() -> Run.resume(folder, Map.of())).isInstanceOf(UncheckedIOException.class).cause()
                    .hasMessageContaining("another process");
        }
        Files.writeString(folder.resolve(".metrics.csv.0.tmp"), "half a ");
        Run.resume(folder, Map.of()).close();
        assertThat(folder.resolve(".metrics.csv.0.tmp")).doesNotExist();
        assertThat(folder.resolve(".lock")).doesNotExist();
        assertThatThrownBy(() -> Run.resume(temp, Map.of())).isInstanceOf(UncheckedIOException.class).cause()
                .hasMessageContaining("holds no config.json");
    }
}
