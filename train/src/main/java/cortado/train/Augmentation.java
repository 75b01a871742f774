package cortado.train;

import cortado.data.Transform;
import cortado.io.Json;

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

    /** {@return what a config says}; throws {@link cortado.tensor.FormatException}. */
    static Augmentation of(Config c) {
        return new Augmentation(c.count("crop").orElse(0), c.flag("flip").orElse(false));
    }

    /** {@return what {@link #of} reads} */
    Json.Obj json() {
        return Json.object().with("crop", crop).with("flip", flip);
    }

    /** {@return what the loader applies} */
    public Transform transform() {
        Transform shift = crop > 0 ? Transform.crop(crop) : Transform.NONE;
        return !flip ? shift : crop > 0 ? shift.then(Transform.flip()) : Transform.flip();
    }
}
