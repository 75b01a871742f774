package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.ShapeException;

/**
 * Changes a training image at random, so that the network sees it differently in every epoch. What happens follows from a key
 * made of seed, epoch and image, so it does not matter which thread asks, or when.
 */
@FunctionalInterface
public interface Transform {
    /** Leaves images as they are. */
    Transform NONE = (x, key) -> {};

    /**
     * Changes an image.
     *
     * @param x   the image
     * @param key of {@link Rng}, this image's in this epoch: the same key gives the same change
     */
    void apply(Pixels x, long key);

    /**
     * {@return both, with keys of their own}
     * @param next applied after this
     */
    default Transform then(Transform next) {
        if (this == NONE || next == NONE) {
            return this == NONE ? next : this;
        }
        return (x, key) -> {
            apply(x, Rng.key(key, 0));
            next.apply(x, Rng.key(key, 1));
        };
    }

    /** What lies around an image. */
    enum Border {
        /** Black. */
        ZERO,
        /** The image again, mirrored at its outermost pixels. */
        REFLECT
    }

    /**
     * {@return mirrors left to right by chance}
     * @param p how likely, 0 … 1
     */
    static Transform horizontalFlip(double p) {
        chance("horizontal flip", p);
        return (x, key) -> {
            if (Rng.uniform(key, 0) < p) {
                Geometry.mirror(x);
            }
        };
    }

    /**
     * {@return mirrors top to bottom by chance}
     * @param p how likely, 0 … 1
     */
    static Transform verticalFlip(double p) {
        chance("vertical flip", p);
        return (x, key) -> {
            if (Rng.uniform(key, 0) < p) {
                Geometry.upsideDown(x);
            }
        };
    }

    /**
     * Random crop of the image with a border around it: a shift by up to {@code padding} pixels each way.
     *
     * @param padding width of the border, at least 1; of {@link Border#REFLECT}, less than the image's sides
     * @param border  what it is made of
     * @return the transform
     * @throws ShapeException for a padding below 1
     */
    static Transform crop(int padding, Border border) {
        if (padding < 1) {
            throw new ShapeException("random crop needs a padding of at least 1 pixel, received " + padding);
        }
        return (x, key) -> Geometry.shift(x, Rng.below(key, 0, 2 * padding + 1) - padding,
                Rng.below(key, 1, 2 * padding + 1) - padding, border);
    }

    /**
     * A random part of the image, scaled to its size with bilinear interpolation (torchvision's RandomResizedCrop; Szegedy et al.
     * 2015). Where ten tries find no part that fits, the image stays as it is.
     *
     * @param leastArea  of the part, a share of the image, above 0
     * @param mostArea   up to 1
     * @param leastRatio width over height, above 0, drawn on a logarithmic scale
     * @param mostRatio  at least as much
     * @return the transform
     * @throws FormatException for values out of these ranges
     */
    static Transform resizedCrop(double leastArea, double mostArea, double leastRatio, double mostRatio) {
        if (!(leastArea > 0 && leastArea <= mostArea && mostArea <= 1)) {
            throw new FormatException("random resized crop (--scale): expected two shares, 0 < least ≤ most ≤ 1, received "
                    + leastArea + " " + mostArea);
        }
        if (!(leastRatio > 0 && leastRatio <= mostRatio && mostRatio <= 1000)) {
            throw new FormatException("random resized crop (--ratio): expected two numbers, 0 < least ≤ most ≤ 1000, received "
                    + leastRatio + " " + mostRatio);
        }
        double low = StrictMath.log(leastRatio);
        double high = StrictMath.log(mostRatio);
        return (x, key) -> Geometry.resizedCrop(x, key, leastArea, mostArea, low, high);
    }

    /**
     * Turns about the middle, with bilinear interpolation and black around.
     *
     * @param degrees the most, each way, 0 … 180
     * @return the transform
     * @throws FormatException for an angle out of range
     */
    static Transform rotation(double degrees) {
        if (!(degrees >= 0 && degrees <= 180)) {
            throw new FormatException("rotation: expected 0 … 180 degrees, received " + degrees);
        }
        return (x, key) -> Geometry.rotate(x, degrees * (2 * Rng.uniform(key, 0) - 1), false);
    }

    /**
     * A square at a random place becomes the data set's mean colour; part of it may lie outside (Cutout: DeVries, Taylor 2017).
     *
     * @param side in pixels, at least 1
     * @return the transform
     * @throws FormatException for a side below 1
     */
    static Transform cutout(int side) {
        if (side < 1) {
            throw new FormatException("cutout: expected a side of at least 1 pixel, received " + side);
        }
        return (x, key) -> {
            int top = Rng.below(key, 0, x.height()) - side / 2;
            int left = Rng.below(key, 1, x.width()) - side / 2;
            Erasing.fill(x, top, left, side, side, Erasing.Mode.CONST, key);
        };
    }

    /** Refuses what is no probability. */
    private static void chance(String what, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new FormatException(what + ": expected a probability, 0 … 1, received " + p);
        }
    }
}
