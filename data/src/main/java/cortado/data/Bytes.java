package cortado.data;

import cortado.tensor.FormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads whole files and resources, unpacking gzip where the first two bytes say so. A failure is one line with the file's name. */
final class Bytes {
    private Bytes() {
    }

    /** A stream's reader; {@code name} is for messages. */
    interface Reader<T> {
        T read(InputStream in, String name) throws IOException;
    }

    /** Opens a file, unpacked. */
    static <T> T file(Path path, Reader<T> reader) {
        return read(() -> Files.newInputStream(path), path.toString(), reader);
    }

    /** Opens a resource of this module, unpacked. */
    static <T> T resource(String name, Reader<T> reader) {
        return read(() -> Datasets.class.getResourceAsStream(name), "the built-in " + name, reader);
    }

    /** Something that opens. */
    private interface Source {
        InputStream open() throws IOException;
    }

    private static <T> T read(Source source, String name, Reader<T> reader) {
        try (InputStream raw = source.open(); InputStream in = new BufferedInputStream(raw, 1 << 16)) {
            in.mark(2);
            byte[] magic = in.readNBytes(2);
            in.reset();
            if (magic.length == 2 && (magic[0] & 255) == 0x1f && (magic[1] & 255) == 0x8b) {
                try (InputStream unpacked = new GZIPInputStream(in, 1 << 16)) {
                    return reader.read(unpacked, name);
                }
            }
            return reader.read(in, name);
        } catch (NoSuchFileException e) {
            throw new FormatException("there is no file " + name, e);
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw new FormatException(name + " is damaged: its gzip stream ends early or is corrupt (" + e.getMessage()
                    + "); fetch it again", e);
        } catch (IOException e) {
            throw new FormatException("cannot read " + name + ": " + reason(e), e);
        }
    }

    /** What an exception says, or what it is where it says nothing. */
    static String reason(Exception e) {
        String name = e.getClass().getSimpleName();
        String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
        return message.isBlank() ? name : name + ", " + message;
    }
}
