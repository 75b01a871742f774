package cortado.train;

import cortado.data.Transform;

/**
 * How training images are changed at random.
 *
 * @param crop pixels by which an image is shifted at most, each way; 0 for none
 * @param flip whether every second image is mirrored left to right
 */
public record Augmentation(int crop, boolean flip) {
    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, false);

    /** Checks the range; throws {@link cortado.tensor.FormatException}. */
    public Augmentation {
        Ranges.count("random crop", crop, 0, 1024);
    }

    /** {@return what the loader applies} */
    public Transform transform() {
        Transform shift = crop > 0 ? Transform.crop(crop) : Transform.NONE;
        return !flip ? shift : crop > 0 ? shift.then(Transform.flip()) : Transform.flip();
    }
}
