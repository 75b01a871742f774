package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Hint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** resume and reproduce, as far as no process has to die for it. */
class ResumeTest {
    @TempDir
    private static Path dir;
    private static Trial undisturbed;

    @TempDir
    private Path temp;
    private Trial trial;

    @BeforeAll
    static void train() {
        undisturbed = Trial.of(dir, "digits", "--model", "mlp", "-b", "360", "--epochs", "3", "--seed", "2", "--checkpoint-steps",
                "2",
                "--keep-checkpoints", "4");
    }

    /** A copy of the whole run, as if it had been killed before its end. */
    @BeforeEach
    void copy() throws IOException {
        trial = undisturbed.at(temp.resolve("run"));
        try (Stream<Path> all = Files.walk(trial.whole())) {
            for (Path from : all.toList()) {
                Files.copy(from, trial.run().resolve(trial.whole().relativize(from)));
            }
        }
    }

    private void interrupted() throws IOException {
        Path file = trial.run().resolve("provenance.json");
        Files.writeString(file, Files.readString(file).replace("\"finished\": true", "\"finished\": false"));
    }

    private List<Path> checkpoints() {
        try (Stream<Path> all = Files.list(trial.run().resolve("checkpoints"))) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Cli resume(String... more) {
        return Cli.run(Stream.concat(Stream.of("resume", trial.run().toString()), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void theLastFewCheckpointsAreKept() {
        assertThat(checkpoints().stream().map(f -> f.getFileName().toString())).containsExactly("epoch-1-step-2.safetensors",
                "epoch-2-step-0.safetensors", "epoch-2-step-2.safetensors", "epoch-3-step-0.safetensors");
    }

    @Test
    void fromEachCheckpointToTheSameFilesWhateverTheThreads() throws IOException {
        for (int newest = 3; newest >= 0; newest--) {
            interrupted();
            for (Path later : checkpoints().subList(newest + 1, checkpoints().size())) {
                Files.delete(later);
            }
            Cli c = resume("--threads", Integer.toString(1 + newest));
            assertThat(c.code()).as(c.err()).isZero();
            assertThat(c.err()).contains("going on ", "weights: ");
            trial.assertSame();
        }
    }

    @Test
    void damagedCheckpointsAreNamedAndTheOneBeforeIsTaken() throws IOException {
        interrupted();
        byte[] bytes = Files.readAllBytes(checkpoints().get(3));
        bytes[bytes.length / 2] ^= 4;
        Files.write(checkpoints().get(3), bytes);
        Files.write(checkpoints().get(2), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Cli c = resume("--json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.err()).contains("damaged: ", "epoch-3-step-0.safetensors: the checksum differs", "epoch-2-step-2.safetensors",
                "taking the newest whole checkpoint instead", "going on after epoch 2");
        assertThat(c.out()).contains("{\"event\":\"damaged\",", "{\"event\":\"resumed\",\"epoch\":3,\"step\":0}");
        assertThat(Files.readString(trial.run().resolve("events.jsonl"))).contains("\"damaged\"");
        for (Path aside : checkpoints().stream().filter(f -> f.toString().endsWith(".damaged")).toList()) {
            Files.delete(aside);
        }
        trial.assertSame();
    }

    @Test
    void anotherCodeOrJdkIsSaidSinceItsBitsAreNotPromised() throws IOException {
        interrupted();
        assertThat(resume().err()).doesNotContain("changed since");
        interrupted();
        Path file = trial.run().resolve("provenance.json");
        Files.writeString(file, Files.readString(file).replaceFirst("(\"code_sha256\": \")..", "$1xx")
                .replaceFirst("(\"jdk\": \")[^\"]*", "$125"));
        Cli c = resume("--json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.err()).contains("changed since it began: code_sha256: xx", "; jdk: 25 then, ", "same bits promised");
        assertThat(c.out()).contains("{\"event\":\"changed\",\"message\":\"code_sha256: xx").doesNotContain("cortado: ");
    }

    @Test
    void withoutAWholeCheckpointItBeginsAtTheStart() throws IOException {
        interrupted();
        for (Path file : checkpoints()) {
            Files.write(file, new byte[100]);
        }
        Cli c = resume();
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.err()).contains("there is no whole checkpoint yet: beginning at the start");
        for (Path aside : checkpoints().stream().filter(f -> f.toString().endsWith(".damaged")).toList()) {
            Files.delete(aside);
        }
        trial.assertSame();
    }

    @Test
    void aCompleteRunIsLeftAlone() throws IOException {
        Cli c = resume("--json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.err()).contains("is complete", "best weights: ", "(SHA-256 of the tensors, not of the file)")
                .doesNotContain(".safetensors");
        assertThat(c.last()).startsWith("{\"event\":\"complete\"").contains("\"last_sha256\":\"");
        trial.assertSame();
    }

    @Test
    void lostModelsOfACompleteRunAreWrittenAnew() throws IOException {
        Files.delete(trial.run().resolve("best.safetensors"));
        byte[] last = Files.readAllBytes(trial.run().resolve("last.safetensors"));
        last[last.length - 2] ^= 1;
        Files.write(trial.run().resolve("last.safetensors"), last);
        Cli c = resume();
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.err()).contains("best.safetensors: there is no such file", "last.safetensors: its weights are not those that",
                "writing the run's models anew from its newest checkpoint", "going on after epoch 3").doesNotContain("is complete");
        trial.assertSame();
    }

    @Test
    void aLostModelWithoutACheckpointIsSaid() throws IOException {
        Files.delete(trial.run().resolve("last.safetensors"));
        for (Path file : checkpoints()) {
            Files.delete(file);
        }
        Cli c = resume("--json");
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.out()).contains("\"event\":\"error\"", "last.safetensors", "no whole checkpoint is left", "train -c ");
    }

    private void edit(String key, String value) throws IOException {
        Path config = trial.run().resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"" + key + "\": [^,]*", "\"" + key + "\": " + value));
    }

    @Test
    void aCompleteRunWhoseSettingsWereEditedIsNotCalledComplete() throws IOException {
        edit("threads", "7");
        edit("data", "\"/elsewhere/digits\"");
        assertThat(resume().code()).as("neither threads nor where data lie matter").isZero();
        edit("epochs", "6");
        edit("lr", "-1");
        Cli c = resume();
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("config.json: epochs: 3 then, 6 now", "config.json: lr: ", " then, -1 now", "train -c ")
                .hasLineCount(1);
    }

    /** A shell reads back from its words what was meant. */
    @Test
    void commandsToCopyAreQuoted() throws IOException {
        Path odd = temp.resolve("a run's $(y)");
        Files.move(trial.run(), odd);
        trial = undisturbed.at(odd);
        assertThat(resume().out()).contains("try: ./cortado reproduce '" + temp + "/a run'\\''s $(y)'");
        interrupted();
        assertThat(Cli.run("reproduce", odd.toString()).err()).contains("./cortado resume '" + temp + "/a run'\\''s $(y)' first");
        assertThat(Hint.quoted("runs/имя-猫_1.5")).isEqualTo("runs/имя-猫_1.5");
    }

    @Test
    void aCheckpointIsNoModel() {
        String file = checkpoints().getLast().toString();
        for (Cli c : List.of(Cli.run("val", "--model", file),
                Cli.run("train", "digits", "--model", "mlp", "--initial-checkpoint", file))) {
            assertThat(c.code()).isEqualTo(2);
            assertThat(c.err()).contains("this is a checkpoint", "give the best.safetensors or last.safetensors of its run")
                    .hasLineCount(1);
        }
    }

    @Test
    void aNetworkOfOnesOwnIsKeptWithTheRun() throws IOException {
        Path file = temp.resolve("my-net.json");
        Files.writeString(file,
                """
                        {"layers": [{"op": "flatten"}, {"op": "linear", "outputs": 7}, {"op": "relu"}, {"op": "linear", "outputs": "classes"}]}""");
        Path run = temp.resolve("own");
        Cli c = Cli.run("train", "digits", "--model", file.toString(), "-b", "360", "--epochs", "2", "--output", run.toString());
        assertThat(c.code()).as(c.err()).isZero();
        Files.delete(file);
        c = Cli.run("reproduce", run.toString());
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.out()).contains("the same");
    }

    @Test
    void reproduceComparesHashes() throws IOException {
        Cli same = Cli.run("reproduce", trial.run().toString(), "--threads", "3", "--json");
        assertThat(same.code()).as(same.err()).isZero();
        assertThat(same.last()).startsWith("{\"event\":\"reproduced\"").contains("\"same\":true", "\"changes\":[]");
        edit("seed", "3");
        Cli other = Cli.run("reproduce", trial.run().toString());
        assertThat(other.code()).as(other.err()).isEqualTo(1);
        assertThat(other.out()).contains("other weights", "; changed since: config.json: seed: 2 then, 3 now");
        assertThat(other.err()).startsWith("changed since: config.json: seed: 2 then, 3 now").contains("(expected ");
    }

    @Test
    void reproduceSaysWhatHasChanged() throws IOException {
        Path file = trial.run().resolve("provenance.json");
        Files.writeString(file, Files.readString(file).replaceFirst("(\"(data|last)_sha256\": \")..", "$1xx"));
        Cli c = Cli.run("reproduce", trial.run().toString());
        assertThat(c.err()).contains("changed since: data_sha256: xx");
    }

    @Test
    void changedSettingsAreRefused() throws IOException {
        interrupted();
        edit("lr", "0.5");
        Cli c = resume();
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("the run's lr has changed since its checkpoint was written");
    }

    @Test
    void badInputIsOneLine() throws IOException {
        interrupted();
        Path nothing = temp.resolve("nothing");
        for (Cli c : List.of(Cli.run("resume", nothing.toString()), Cli.run("reproduce", nothing.toString()),
                Cli.run("resume", temp.toString()), Cli.run("resume"), Cli.run("reproduce", trial.run().toString()),
                resume("--threads", "0"))) {
            assertThat(c.code()).as(c.err()).isEqualTo(2);
            assertThat(c.out()).isEmpty();
            assertThat(c.err().lines().filter(l -> l.startsWith("cortado: "))).hasSize(1);
            assertThat(c.err()).doesNotContain("Exception");
        }
    }
}
