package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cortado.io.Json;
import cortado.tensor.Rng;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a training, gone on with it ends with the same files as the undisturbed one. Each part of it is a process of
 * its own. {@link SurvivalSoak} does the same for longer.
 */
class SurvivalTest {
    private static final String NETWORK = """
            {"layers": [
              {"op": "conv2d", "filters": 8, "kernel": 3, "padding": "same"}, {"op": "batchnorm2d"}, {"op": "relu", "name": "a"},
              {"op": "conv2d", "filters": 8, "kernel": 3, "padding": "same"}, {"op": "batchnorm2d", "name": "b"},
              {"op": "add", "from": ["a", "b"]}, {"op": "relu"}, {"op": "maxpool2d", "kernel": 2}, {"op": "flatten"},
              {"op": "linear", "outputs": 64}, {"op": "relu"}, {"op": "dropout", "p": 0.2},
              {"op": "linear", "outputs": "classes"}]}""";

    @TempDir
    private static Path dir;
    private static Trial undisturbed;

    @TempDir
    private Path temp;
    private Trial trial;

    @BeforeAll
    static void train() throws IOException {
        Path network = Files.writeString(dir.resolve("small.json"), NETWORK);
        undisturbed = Trial.of(dir, "digits", "--model", network.toString(), "-b", "120", "--epochs", "3", "--seed", "1",
                "--checkpoint-steps", "1", "--model-ema", "--grad-accum-steps", "2", "--mixup", "0.2", "--mixup-off-epoch", "2",
                "--aa", "rand-m5-n1", "--reprob", "0.2");
    }

    @BeforeEach
    void elsewhere() {
        trial = undisturbed.at(temp.resolve("run"));
    }

    @Test
    void killedAgainAndAgainAtRandomStepsAndWhileACheckpointIsWrittenSeed21() throws Exception {
        int[] kills = trial.killAgainAndAgain(new Rng(21), 8);
        assertThat(kills[0]).as("kills").isGreaterThan(4);
        assertThat(kills[1]).as("kills in the middle of writing a checkpoint").isPositive();
    }

    /** First by SIGTERM, and in the next epoch by SIGINT, which is Ctrl-C. */
    @Test
    void askedToStopItSavesAndSaysHowToGoOn() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell that could send signals");
        stop("TERM", 3, 143);
        stop("INT", 12, 130);
        end();
    }

    private void stop(String signal, int checkpoints, int code) throws IOException, InterruptedException {
        try (Child child = trial.go(heeding(signal), List.of())) {
            assertThat(child.awaits(checkpoints, "checkpoint")).as(child.err()).isTrue();
            child.signal(signal);
            assertThat(child.code()).as(child.err()).isEqualTo(code);
            assertThat(child.err()).contains("stopping: ", "saved in epoch ", "go on with: ", " resume " + trial.run());
            assertThat(child.last("event")).contains(Json.of("stopped"));
        }
        assertThat(trial.run().resolve(".lock")).doesNotExist();
    }

    /** Who builds in the background may have this build, and all its children, ignore Ctrl-C: where that can be undone, it is. */
    private static List<String> heeding(String signal) throws IOException, InterruptedException {
        List<String> env = List.of("env", "--default-signal=" + signal);
        return done("env", env.get(1), "true") ? env : List.of();
    }

    /** Before the training begins, in the middle of its third epoch, and when all that is left to do is drawing. */
    @Test
    void outOfMemory() throws Exception {
        try (Child child = trial.go(List.of(), List.of("-Xmx10m"))) {
            assertThat(child.awaits(1, "checkpoint")).isFalse();
            outOfMemory(child);
        }
        String sixth = "epoch-2-step-6.safetensors";
        try (Child child = trial.starved(sixth)) {
            assertThat(child.awaits(29, "checkpoint")).as(child.err()).isTrue();
            outOfMemory(child);
            assertThat(trial.run().resolve("checkpoints").resolve(sixth)).as("one of the newest three").exists();
        }
        boolean trained = false;
        for (int megabytes = 18; !trained; megabytes += 2) {
            try (Child child = trial.go(List.of(), List.of("-Xmx" + megabytes + "m"))) {
                trained = child.awaits(1, "checkpoint");
                outOfMemory(child);
            }
        }
        assertThat(trial.run().resolve("checkpoints/epoch-3-step-0.safetensors")).exists();
        end();
    }

    private void outOfMemory(Child child) throws IOException, InterruptedException {
        assertThat(child.code()).as(child.err()).isEqualTo(2);
        assertThat(child.err()).contains("out of memory", "CORTADO_JAVA_OPTS");
    }

    /** The limit is on one file's size, so a checkpoint, the largest file, is the first that fails. */
    @Test
    void filesThatMayNotGrow() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell that could limit file sizes");
        try (Child child = trial.go(List.of("/bin/sh", "-c", "ulimit -f 200 && exec \"$@\"", "sh"), List.of())) {
            assertThat(child.code()).as(child.err()).isEqualTo(2);
            assertThat(child.err()).contains("cortado: cannot write ", "checkpoints", "go on with: ");
            assertThat(child.err().lines().filter(l -> l.startsWith("cortado: "))).hasSize(1);
        }
        end();
    }

    @Test
    void theDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        if (!done("mount", "-t", "tmpfs", "-o", "size=4m", "cortado-test", disk.toString())) {
            abort("this process may not mount a small disk; filesThatMayNotGrow ran instead");
        }
        try {
            Trial there = trial.at(disk.resolve("run"));
            for (int after : new int[] {2, 5}) {
                try (Child child = there.go()) {
                    assertThat(child.awaits(after, "checkpoint")).as(child.err()).isTrue();
                    fill(disk.resolve("filler"));
                    assertThat(child.code()).as(child.err()).isEqualTo(2);
                    assertThat(child.err()).contains("No space left on device", "once there is room, go on with: ");
                }
                Files.delete(disk.resolve("filler"));
            }
            try (Child child = there.go()) {
                assertThat(child.code()).as(child.err()).isZero();
                there.assertSame(child);
            }
        } finally {
            assertThat(done("umount", disk.toString())).isTrue();
        }
    }

    private static boolean done(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException e) {
            assertThat(e.getMessage()).contains(command[0]);
            return false; // there is no such command here
        }
    }

    /** Takes what room there is, and again what becomes free. */
    private static void fill(Path file) throws IOException {
        byte[] block = new byte[1 << 12];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e.getMessage()).contains("No space left");
        }
    }

    private void end() throws IOException, InterruptedException {
        try (Child child = trial.go("--threads", "3")) {
            assertThat(child.code()).as(child.err()).isZero();
            trial.assertSame(child);
        }
    }
}
