package cortado.data;

import cortado.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the image readers leave out about JPEG files: whether they are whole, and which way is up; and what they need not see. */
final class Jpeg {
    private static final int SCAN = 0xDA;
    private static final int END = 0xD9;
    private static final int APP1 = 0xE1;
    private static final int APP2 = 0xE2;
    private static final int ORIENTATION = 0x112;

    private Jpeg() {
    }

    private static boolean is(byte[] b) {
        return b.length > 3 && (b[0] & 255) == 0xFF && (b[1] & 255) == 0xD8;
    }

    /** Readers fill what is missing with grey and only warn. A whole file has an end marker after its last scan. */
    static boolean truncated(byte[] b) {
        return is(b) && last(b, END) < last(b, SCAN);
    }

    private static int last(byte[] b, int marker) {
        for (int i = b.length - 2; i >= 0; i--) {
            if ((b[i] & 255) == 0xFF && (b[i + 1] & 255) == marker) {
                return i;
            }
        }
        return -1;
    }

    /** Turns and mirrors a picture as its EXIF orientation says. */
    static Images.Picture upright(Images.Picture p, byte[] file) {
        int o = is(file) ? orientation(file) : 1;
        if (o < 2 || o > 8) {
            return p;
        }
        int channels = p.shape().dim(0);
        int h = p.shape().dim(1);
        int w = p.shape().dim(2);
        boolean transposed = o >= 5;
        // As EXIF numbers them: where the stored rows and columns run in the upright picture.
        boolean mirrorX = o == 2 || o == 3 || o == 7 || o == 8;
        boolean mirrorY = o == 3 || o == 4 || o == 6 || o == 7;
        int newH = transposed ? w : h;
        int newW = transposed ? h : w;
        byte[] out = new byte[p.pixels().length];
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < newH; y++) {
                for (int x = 0; x < newW; x++) {
                    int fromY = transposed ? x : y;
                    int fromX = transposed ? y : x;
                    fromY = mirrorY ? h - 1 - fromY : fromY;
                    fromX = mirrorX ? w - 1 - fromX : fromX;
                    out[(c * newH + y) * newW + x] = p.pixels()[(c * h + fromY) * w + fromX];
                }
            }
        }
        return new Images.Picture(Shape.of(channels, newH, newW), out);
    }

    /**
     * The file without its colour profile, which costs the readers milliseconds and would then be ignored. Only the profile's
     * segments before the first scan are left out; a file whose segments make no sense stays as it is.
     */
    static byte[] withoutProfile(byte[] b) {
        if (!is(b)) {
            return b;
        }
        byte[] out = new byte[b.length];
        int n = 2;
        int at = 2;
        System.arraycopy(b, 0, out, 0, 2);
        while (at + 4 <= b.length && (b[at] & 255) == 0xFF && (b[at + 1] & 255) != SCAN) {
            int length = 2 + ((b[at + 2] & 255) << 8 | b[at + 3] & 255);
            if (length < 4 || at + length > b.length) {
                return b;
            }
            if ((b[at + 1] & 255) != APP2) {
                System.arraycopy(b, at, out, n, length);
                n += length;
            }
            at += length;
        }
        System.arraycopy(b, at, out, n, b.length - at);
        return at == n ? b : Arrays.copyOf(out, n + b.length - at);
    }

    /** The orientation 1–8 in the file's EXIF block; 1 where there is none or it is damaged. */
    static int orientation(byte[] b) {
        int at = 2;
        while (at + 4 <= b.length && (b[at] & 255) == 0xFF && (b[at + 1] & 255) != SCAN) {
            int length = (b[at + 2] & 255) << 8 | b[at + 3] & 255;
            if ((b[at + 1] & 255) == APP1 && length >= 16 && at + 2 + length <= b.length
                    && new String(b, at + 4, 4, StandardCharsets.ISO_8859_1).equals("Exif")) {
                return tiff(ByteBuffer.wrap(b, at + 10, length - 8).slice());
            }
            at += 2 + Math.max(2, length);
        }
        return 1;
    }

    private static int tiff(ByteBuffer t) {
        t.order(t.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = t.limit() >= 8 ? t.getInt(4) : -1;
        if (directory < 0 || directory > t.limit() - 2) {
            return 1;
        }
        int entries = t.getShort(directory) & 0xFFFF;
        for (int e = 0; e < entries && directory + 2 + 12 * (e + 1) <= t.limit(); e++) {
            int entry = directory + 2 + 12 * e;
            if ((t.getShort(entry) & 0xFFFF) == ORIENTATION) {
                return t.getShort(entry + 8) & 0xFFFF;
            }
        }
        return 1;
    }
}
