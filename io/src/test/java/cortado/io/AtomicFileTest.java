package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path dir;

    @Test
    void replacesWhatWasThereAndLeavesNothingElse() throws IOException {
        Path file = dir.resolve("f");
        AtomicFile.write(file, "old and longer");
        AtomicFile.write(file, "nëw");
        assertThat(Files.readString(file)).isEqualTo("nëw");
        assertThat(Files.list(dir)).containsExactly(file);
    }

    @Test
    void othersMayReadWhatTheyMayReadElsewhere() throws IOException {
        Assumptions.assumeTrue(Files.getFileStore(dir).supportsFileAttributeView("posix"), "skipped: no POSIX permissions here");
        Path file = dir.resolve("f");
        AtomicFile.write(file, "");
        Path plain = Files.writeString(dir.resolve("plain"), "");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNoHalfOne() throws IOException {
        Path file = dir.resolve("f");
        AtomicFile.write(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
            out.write(new byte[1 << 20]);
            throw new IOException("No space left on device");
        })).isInstanceOf(UncheckedIOException.class).hasMessage("cannot write " + file + ": No space left on device");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
            throw new IllegalStateException("a content that fails");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readString(file)).isEqualTo("old");
        assertThat(Files.list(dir)).containsExactly(file);
    }

    @Test
    void placesThatCannotBeWrittenAreNamed() throws IOException {
        assertThatThrownBy(() -> AtomicFile.write(dir.resolve("none/f"), "")).isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write " + dir.resolve("none/f") + ": there is no such file or folder");
        assertThatThrownBy(() -> AtomicFile.write(dir, "")).isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write " + dir + ": it is a folder");
        Path file = Files.writeString(dir.resolve("f"), "");
        assertThatThrownBy(() -> AtomicFile.write(file.resolve("g"), "")).isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot write " + file.resolve("g"));
    }
}
