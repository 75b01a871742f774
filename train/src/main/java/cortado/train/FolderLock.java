package cortado.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Keeps a run's folder to one process: a lock on an empty file, which the system lets go however the process ends. Whoever has it
 * may clear away what a kill left half written.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE = ".lock";

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** {@return the lock}; throws {@link UncheckedIOException} with one line if another process has it. */
    static FolderLock take(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            if (!locked(channel)) {
                channel.close();
                throw new IOException("another process is writing to it");
            }
            clear(folder);
            clear(folder.resolve("checkpoints"));
            return new FolderLock(file, channel);
        } catch (IOException e) {
            throw Run.cannot(folder, e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // this very process
        }
    }

    /** Removes temporary files of {@link cortado.io.AtomicFile}. */
    private static void clear(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path left : files.filter(f -> f.getFileName().toString().matches("\\..*\\.tmp")).toList()) {
                    Files.delete(left);
                }
            }
        }
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Run.cannot(file.getParent(), e);
        }
    }
}
