package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.data.DataSplit;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.io.JsonLines;
import cortado.io.ModelFile;
import cortado.op.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    private static final DataSplit DATA = Shades.data(210, 90);

    @TempDir
    private Path temp;

    private static Outcome train(Path folder, Settings s, Consumer<Event> also) {
        try (Run run = Run.create(folder, Map.of("os", "here")); Trainer t = new Trainer(s, Shades.network(), DATA)) {
            return t.fit(run.andThen(also));
        }
    }

    @Test
    void aRunIsAFolder() throws IOException {
        Path folder = temp.resolve("a/b");
        Outcome o = train(folder, Shades.settings(3), e -> {});
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("config.json", "provenance.json",
                    "events.jsonl", "metrics.csv", "checkpoints", "best.safetensors", "last.safetensors", "val.json",
                    "examples.json", "batch.json", "report.html", "loss.png", "accuracy.png", "lr.png", "updates.png",
                    "histograms.png", "confusion.png", "calibration.png", "confidence.png", "filters.png", "mistakes.png",
                    "confused.png", "batch.png");
        }
        Model best = ModelFile.read(folder.resolve(Run.BEST));
        assertThat(Evaluation.of(best, DATA.test(), Backend.lanes(), 1)).isEqualTo(o.val());
        assertThat(Files.readAllLines(folder.resolve("metrics.csv"))).hasSize(4).first().asString()
                .startsWith("epoch,lr,train_loss");
        try (Stream<Path> pictures = Files.list(folder).filter(f -> f.toString().endsWith(".png"))) {
            for (Path png : pictures.toList()) {
                assertThat(ImageIO.read(png.toFile()).getWidth()).as(png.toString()).isGreaterThan(300);
            }
        }
    }

    @Test
    void theLogEndsWithWhatWasReached() {
        Path folder = temp.resolve("run");
        Outcome o = train(folder, Shades.settings(2), e -> {});
        List<Json> events = JsonLines.read(folder.resolve("events.jsonl"));
        assertThat(events.getFirst().text()).startsWith("{\"event\":\"started\",\"data\":\"shades\"");
        assertThat(events.getLast().text()).startsWith("{\"event\":\"done\",\"run\":").contains("\"val_top1\":" + o.val().top1())
                .contains("\"val_loss\":").contains("\"images_per_s\":").contains("\"epochs\":2").contains("\"weights_sha256\":\"");
        assertThat(events.stream().filter(e -> e.text().startsWith("{\"event\":\"epoch\""))).hasSize(2);
    }

    @Test
    void provenanceSaysWhereItComesFrom() throws IOException {
        Path folder = temp.resolve("run");
        train(folder, Shades.settings(1), e -> {});
        Json.Obj p = (Json.Obj) Json.parse(Files.readString(folder.resolve("provenance.json")), "provenance.json");
        assertThat(p.fields()).containsKeys("cortado", "data_sha256", "jdk", "processors", "os", "seed", "settings", "best_sha256",
                "last_sha256", "finished");
        assertThat(p.fields().get("finished").text()).isEqualTo("true");
        assertThat(((Json.Str) p.fields().get("data_sha256")).value()).isEqualTo(DATA.fingerprint());
    }

    @Test
    void threadsLeaveNoTraceInTheModel() throws IOException {
        Settings s = Shades.settings(2);
        train(temp.resolve("one"), s, e -> {});
        train(temp.resolve("two"), s.withThreads(2), e -> {});
        assertThat(temp.resolve("two/last.safetensors")).hasSameBinaryContentAs(temp.resolve("one/last.safetensors"));
        assertThat(temp.resolve("two/best.safetensors")).hasSameBinaryContentAs(temp.resolve("one/best.safetensors"));
    }

    @Test
    void theLastGoodModelOutlivesALossThatIsNoNumber() {
        Path folder = temp.resolve("run");
        assertThatThrownBy(() -> train(folder, Shades.settings(3), e -> {
            if (e instanceof Event.EpochEnd end) {
                end.model().parameters().get("fc1.bias").set(0, Double.NaN);
            }
        })).isInstanceOf(ArithmeticException.class).hasMessageContaining("epoch 2, step 1")
                .hasMessageContaining("the model of epoch 1 is kept");
        Model last = ModelFile.read(folder.resolve(Run.LAST));
        assertThat(last.provenance()).containsEntry("epoch", "1");
        assertThat(last.parameters().get("fc1.bias").get(0)).isFinite();
        assertThat(JsonLines.read(folder.resolve("events.jsonl")).getLast().text()).startsWith("{\"event\":\"failed\"");
    }

    @Test
    void aFileThatCannotBeWrittenIsOneLineAndHarmsNoOther() throws IOException {
        Path folder = temp.resolve("run");
        assertThatThrownBy(() -> train(folder, Shades.settings(3), e -> {
            if (e instanceof Event.EpochEnd end && end.epoch() == 1) {
                make(folder);
            }
        })).isInstanceOf(UncheckedIOException.class).cause().hasMessageContaining("metrics.csv").message().doesNotContain("\n");
        assertThat(ModelFile.read(folder.resolve(Run.LAST)).provenance()).containsEntry("epoch", "2");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(f -> f.endsWith(".tmp"));
        }
    }

    private static void make(Path folder) {
        try {
            Files.delete(folder.resolve("metrics.csv"));
            Files.createDirectories(folder.resolve("metrics.csv/in the way"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesAFolderInUse() throws IOException {
        Files.writeString(temp.resolve("something"), "");
        assertThatThrownBy(() -> Run.create(temp, Map.of())).isInstanceOf(UncheckedIOException.class).cause()
                .hasMessageContaining(temp.toString()).hasMessageContaining("not empty").hasMessageContaining("--output");
        assertThatThrownBy(() -> Run.create(temp.resolve("something"), Map.of())).isInstanceOf(UncheckedIOException.class).cause()
                .hasMessageContaining("it is a file");
    }

    @Test
    void takesAFolderWhoseTrainingWasKilledBeforeItBegan() throws IOException {
        Files.writeString(temp.resolve(".lock"), "");
        Files.writeString(temp.resolve("events.jsonl"), "");
        Files.writeString(temp.resolve(".config.json.5.tmp"), "{");
        train(temp, Shades.settings(1), e -> {});
        assertThat(temp.resolve(".config.json.5.tmp")).doesNotExist();
        assertThat(temp.resolve("config.json")).exists();
    }

    @Test
    void numbersNewRuns() {
        for (int n = 1; n <= 3; n++) {
            try (Run run = Run.next(temp.resolve("runs"), "digits-mlp", Map.of())) {
                assertThat(run.folder()).isEqualTo(temp.resolve("runs/digits-mlp-" + n));
            }
        }
    }
}
