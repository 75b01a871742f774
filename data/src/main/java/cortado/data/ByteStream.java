package cortado.data;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory for ImageIO. Some readers (WebP's) answer the end of a damaged file with zeros and go on for minutes, so
 * after some reads past the end this stream fails for good.
 */
final class ByteStream extends ImageInputStreamImpl {
    private static final int PATIENCE = 4096;

    private final byte[] bytes;
    private int pastEnd;

    ByteStream(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return streamPos < bytes.length ? bytes[(int) streamPos++] & 255 : end();
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int n = (int) Math.min(length, bytes.length - streamPos);
        if (n <= 0) {
            return end();
        }
        System.arraycopy(bytes, (int) streamPos, to, at, n);
        streamPos += n;
        return n;
    }

    private int end() throws IOException {
        if (++pastEnd > PATIENCE) {
            throw new IOException("its data end after " + bytes.length + " bytes, too early");
        }
        return -1;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
