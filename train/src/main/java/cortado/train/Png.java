package cortado.train;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes PNG files (PNG Specification, third edition), 8 bits a sample, without filters: a few plain loops, because the JDK's writer
 * takes as long as all the drawing, and its drawing library longer to start than a small network for an epoch.
 */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private Png() {
    }

    /**
     * {@return a file}
     * @param width    pixels
     * @param height   pixels
     * @param channels 1 for grey, 3 for red, green, blue
     * @param samples  {@code height · width · channels}, row after row, pixel after pixel
     */
    static byte[] of(int width, int height, int channels, byte[] samples) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int row = width * channels;
        try (DeflaterOutputStream packed = new DeflaterOutputStream(lines)) {
            for (int y = 0; y < height; y++) {
                packed.write(0);
                packed.write(samples, y * row, row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        try {
            out.write(SIGNATURE);
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            DataOutputStream h = new DataOutputStream(head);
            h.writeInt(width);
            h.writeInt(height);
            h.write(new byte[] {8, (byte) (channels == 3 ? 2 : 0), 0, 0, 0});
            chunk(out, "IHDR", head.toByteArray());
            chunk(out, "IDAT", lines.toByteArray());
            chunk(out, "IEND", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
