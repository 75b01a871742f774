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
    @TempDir
    private static Path dir;
    private static Trial undisturbed;

    @TempDir
    private Path temp;
    private Trial trial;

    @BeforeAll
    static void train() {
        undisturbed = Trial.of(dir, "digits", "--model", "mlp", "-b", "120", "--epochs", "3", "--seed", "1", "--checkpoint-steps",
                "1",
                "--model-ema", "--grad-accum-steps", "2");
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

    @Test
    void toldToTerminateItSavesAndSaysHowToGoOn() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc")) || !System.getProperty("os.name").startsWith("Windows"),
                "this system cannot ask a process to terminate");
        for (int after : new int[] {3, 14}) {
            try (Child child = trial.go()) {
                assertThat(child.awaits(after, "checkpoint")).as(child.err()).isTrue();
                child.terminate();
                assertThat(child.code()).as(child.err()).isEqualTo(143);
                assertThat(child.err()).contains("stopping: ", "saved in epoch ", "go on with: ", " resume " + trial.run());
                assertThat(child.last("event")).contains(Json.of("stopped"));
            }
            assertThat(trial.run().resolve(".lock")).doesNotExist();
        }
        end();
    }

    @Test
    void outOfMemory() throws Exception {
        int failed = 0;
        for (int megabytes : new int[] {5, 6, 12}) {
            try (Child child = trial.go(List.of(), List.of("-Xmx" + megabytes + "m"))) {
                int code = child.code();
                if (code == 1 && child.err().contains("initialization of VM")) {
                    continue; // another Java, which does not even start with so little
                }
                assertThat(code).as(child.err()).isIn(0, 2);
                failed += code == 2 ? 1 : 0;
                assertThat(code == 0 || child.err().contains("out of memory")).as(child.err()).isTrue();
            }
        }
        assertThat(failed).isPositive();
        end();
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
