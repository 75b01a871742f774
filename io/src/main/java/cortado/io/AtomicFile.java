package cortado.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file whole or not at all: under a temporary name in the same folder, forced to the disk, renamed, the folder forced. On any
 * failure (a full disk, a content that throws) the temporary file is removed and what stood under the name stays.
 */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    private AtomicFile() {
    }

    /** What goes into a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the bytes.
         *
         * @param out buffered; closed by whoever calls
         * @throws IOException if writing fails
         */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes what a content gives.
     *
     * @param file    replaced if it exists; its folder must exist
     * @param content writes the bytes
     * @throws UncheckedIOException whose message is one line that names the file and the reason
     */
    public static void write(Path file, Content content) {
        if (Files.isDirectory(file)) {
            throw cannot("write", file, new FileSystemException(file.toString(), null, "it is a folder"));
        }
        // Not Files.createTempFile: that would make a file only its owner may read.
        Path temp = temporary(file);
        try {
            try (FileChannel channel = FileChannel.open(temp, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                content.write(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(temp.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw cannot("write", file, e);
        } finally {
            remove(temp);
        }
    }

    /**
     * Finds out whether {@link #write} could write there, so that work of minutes is not lost for a slip in a file's name. What stands
     * under the name stays.
     *
     * @param file whose folder must exist
     * @throws UncheckedIOException as {@link #write} would
     */
    public static void writable(Path file) {
        if (Files.isDirectory(file)) {
            throw cannot("write", file, new FileSystemException(file.toString(), null, "it is a folder"));
        }
        Path temp = temporary(file);
        try {
            Files.createFile(temp);
        } catch (IOException e) {
            throw cannot("write", file, e);
        } finally {
            remove(temp);
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Writes bytes.
     *
     * @param file  replaced if it exists; its folder must exist
     * @param bytes all of it
     * @throws UncheckedIOException whose message is one line that names the file and the reason
     */
    public static void write(Path file, byte[] bytes) {
        write(file, out -> out.write(bytes));
    }

    /**
     * Writes text.
     *
     * @param file replaced if it exists; its folder must exist
     * @param text all of it, written as UTF-8
     * @throws UncheckedIOException whose message is one line that names the file and the reason
     */
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The new name too survives a power cut, where the system lets a folder be forced; Windows does not. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            System.getLogger(AtomicFile.class.getName()).log(System.Logger.Level.DEBUG, "not forced: " + folder, e);
        }
    }

    private static void remove(Path temp) {
        try {
            if (Files.exists(temp)) {
                Files.delete(temp);
            }
        } catch (IOException e) {
            System.getLogger(AtomicFile.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + temp, e);
        }
    }

    /** One line for a person; the JDK's own message for a missing file is nothing but its name. */
    static UncheckedIOException cannot(String what, Path file, IOException e) {
        return new UncheckedIOException("cannot " + what + " " + file + ": " + reason(e), e);
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException n -> "there is no such file or folder";
            case AccessDeniedException a -> "permission denied";
            case CharacterCodingException c -> "it is not UTF-8 text";
            case NotDirectoryException n -> "a part of its path is not a folder";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
