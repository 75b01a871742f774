package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The IDX format of MNIST (LeCun, Cortes, Burges): two zero bytes, the element type, the number of dimensions, each size as a
 * big-endian 32-bit integer, then the elements. Cortado reads unsigned bytes (type 8).
 *
 * @param dims     sizes, outermost first
 * @param elements unsigned bytes
 */
record Idx(List<Integer> dims, byte[] elements) {
    private static final int UNSIGNED_BYTES = 8;
    /** Java's arrays end a little below 2³¹. */
    private static final long LARGEST = Integer.MAX_VALUE - 8L;

    /** Reads an array of {@code rank} dimensions; a {@link Bytes.Reader}. */
    static Idx read(InputStream in, String name, int rank, String what) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTES || magic[3] != rank) {
            throw new FormatException(name + " does not begin like an IDX file of " + what + ": expected the bytes 00 00 08 0"
                    + rank + " at offset 0, received " + hex(magic));
        }
        byte[] sizes = in.readNBytes(4 * rank);
        if (sizes.length < 4 * rank) {
            throw new FormatException(name + " is truncated: it ends in its header, after " + (4 + sizes.length) + " bytes");
        }
        Integer[] dims = new Integer[rank];
        long total = 1;
        for (int a = 0; a < rank; a++) {
            dims[a] = ByteBuffer.wrap(sizes).getInt(4 * a);
            if (dims[a] < 1 || (total *= dims[a]) > LARGEST) {
                throw new FormatException(name + ": the size at byte offset " + (4 + 4 * a) + " is "
                        + Integer.toUnsignedString(dims[a])
                        + (dims[a] < 1 ? "; expected 1 to 2147483647" : ", which makes more than 2147483639 elements"));
            }
        }
        // Grows with what is there, so that a header that lies costs no memory.
        byte[] elements = in.readNBytes((int) total);
        if (elements.length < total) {
            throw new FormatException(name + " is truncated: its header says " + join(dims) + " = " + total
                    + " elements, it ends after " + elements.length + " (byte offset " + (4L + 4 * rank + elements.length) + ")");
        }
        if (in.read() >= 0) {
            throw new FormatException(name + " is longer than its header says: expected " + join(dims) + " = " + total
                    + " elements and nothing after byte offset " + (4L + 4 * rank + total));
        }
        return new Idx(List.of(dims), elements);
    }

    /** Images and labels together as a set. */
    static Dataset dataset(Idx images, String imagesName, Idx labels, String labelsName, List<String> classes) {
        int n = images.dims().getFirst();
        if (n != labels.dims().getFirst()) {
            throw new FormatException(imagesName + " has " + n + " images, but " + labelsName + " has " + labels.dims().getFirst()
                    + " labels; the two files do not belong together");
        }
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = labels.elements()[i] & 255;
            if (values[i] >= classes.size()) {
                throw new FormatException(labelsName + ": label " + values[i] + " at byte offset " + (8 + i) + " is not one of the "
                        + classes.size() + " classes 0–" + (classes.size() - 1));
            }
        }
        Shape image = Shape.of(1, images.dims().get(1), images.dims().get(2));
        return Dataset.of(image, images.elements(), values, classes, imagesName);
    }

    private static String join(Integer[] dims) {
        return String.join("×", Arrays.stream(dims).map(String::valueOf).toList());
    }

    private static String hex(byte[] b) {
        return b.length == 0 ? "nothing: the file is empty" : java.util.HexFormat.ofDelimiter(" ").formatHex(b);
    }
}
