package cortado.io;

import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A log of JSON values, one a line, that others may read while it grows. A line counts once its line feed is written: what a
 * crash left of the last one is skipped when reading and cut off when appending.
 */
public final class JsonLines implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private JsonLines(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a log to append to; makes it if it does not exist.
     *
     * @param file its folder must exist
     * @return the log
     * @throws UncheckedIOException if that fails: one line with file and reason
     */
    public static JsonLines append(Path file) {
        try {
            long end = Files.exists(file) ? whole(Files.readAllBytes(file)) : 0;
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            channel.truncate(end).position(end);
            return new JsonLines(file, channel);
        } catch (IOException e) {
            throw AtomicFile.cannot("write", file, e);
        }
    }

    /**
     * Appends a line, whole or not at all; readers see it at once.
     *
     * @param value written on one line
     * @throws UncheckedIOException if that fails: one line with file and reason
     */
    public void add(Json value) {
        ByteBuffer line = ByteBuffer.wrap((value.text() + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            long end = channel.position();
            try {
                while (line.hasRemaining()) {
                    channel.write(line);
                }
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        } catch (IOException e) {
            throw AtomicFile.cannot("write", file, e);
        }
    }

    /**
     * Cuts off what follows the last line that says this; nothing, if no line does.
     *
     * @param value as it was added
     * @throws UncheckedIOException if that fails: one line with file and reason
     */
    public void cutAfter(Json value) {
        byte[] line = (value.text() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            byte[] all = Files.readAllBytes(file);
            for (int at = all.length - line.length; at >= 0; at--) {
                if ((at == 0 || all[at - 1] == '\n') && Arrays.equals(all, at, at + line.length, line, 0, line.length)) {
                    cut(at + line.length);
                    return;
                }
            }
        } catch (IOException e) {
            throw AtomicFile.cannot("read", file, e);
        }
    }

    /**
     * Begins anew, without a line.
     *
     * @throws UncheckedIOException if that fails: one line with file and reason
     */
    public void clear() {
        cut(0);
    }

    private void cut(long end) {
        try {
            channel.truncate(end).position(end);
        } catch (IOException e) {
            throw AtomicFile.cannot("write", file, e);
        }
    }

    /**
     * Forces what was added to the disk.
     *
     * @throws UncheckedIOException if that fails: one line with file and reason
     */
    public void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw AtomicFile.cannot("write", file, e);
        }
    }

    /**
     * Reads all whole lines.
     *
     * @param file a log
     * @return its values, in order
     * @throws FormatException if the file cannot be read or a whole line is not JSON, naming the line
     */
    public static List<Json> read(Path file) {
        List<Json> all = new ArrayList<>();
        read(file, (where, line) -> all.add(Json.parse(line, where)));
        return all;
    }

    /**
     * Reads all whole lines as text.
     *
     * @param file   a log
     * @param reader told each line that is not blank, in order, after where it stands: file and number, for messages
     * @throws FormatException if the file cannot be read
     */
    public static void read(Path file, BiConsumer<String, String> reader) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int number = 0;
            for (String line : new String(bytes, 0, whole(bytes), StandardCharsets.UTF_8).lines().toList()) {
                number++;
                if (!line.isBlank()) {
                    reader.accept(file + ": line " + number, line);
                }
            }
        } catch (IOException e) {
            throw new FormatException("cannot read " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    /** {@return how many bytes the whole lines take} */
    private static int whole(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /** Forces the log to the disk and closes it. */
    @Override
    public void close() {
        try (channel) {
            if (channel.isOpen()) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw AtomicFile.cannot("write", file, e);
        }
    }
}
