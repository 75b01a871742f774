package cortado.data;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;

/** Labelled images of one size, by index. Reading is safe from several threads. */
public interface Dataset {
    /** {@return the sizes of one image, {@code C H W}; C is 1 (grey) or 3 (red, green, blue)} */
    Shape image();

    /** {@return the number of examples} */
    int size();

    /** {@return the class names; a label is an index into them} */
    List<String> classes();

    /**
     * {@return its class, 0 … classes−1}
     * @param i example, 0 … size−1
     */
    int label(int i);

    /**
     * Copies the pixels of an example: {@code C H W} bytes, each 0–255 unsigned.
     *
     * @param i  example, 0 … size−1
     * @param to where to
     * @param at first byte
     * @throws cortado.tensor.FormatException if its file cannot be read
     */
    void pixels(int i, byte[] to, int at);

    /**
     * {@return where it came from, for a person: a file's name, or a file's name and the place in it}
     * @param i example, 0 … size−1
     */
    String describe(int i);

    /** {@return bytes of memory that its pixels keep; 0 where each image is read when it is needed} */
    default long kept() {
        return (long) size() * image().size();
    }

    /**
     * {@return a copy of its pixels, {@code C H W} bytes, each 0–255 unsigned}
     * @param i example, 0 … size−1
     */
    default byte[] pixels(int i) {
        byte[] p = new byte[image().size()];
        pixels(i, p, 0);
        return p;
    }

    /**
     * {@return those examples as a set of their own}
     * @param indices examples of this set, in the order wanted; copied
     */
    default Dataset subset(int[] indices) {
        return new Subset(this, indices.clone());
    }

    /**
     * A set in memory.
     *
     * @param image   {@code C H W}
     * @param pixels  one image after the other, {@code C H W} bytes each; shared, not copied
     * @param labels  one per image; shared, not copied
     * @param classes class names
     * @param source  where the data came from; {@link #describe} adds the index
     * @return the set
     * @throws ShapeException if counts or labels do not fit
     */
    static Dataset of(Shape image, byte[] pixels, int[] labels, List<String> classes, String source) {
        return new MemoryDataset(image, pixels, labels, List.copyOf(classes), source);
    }
}
