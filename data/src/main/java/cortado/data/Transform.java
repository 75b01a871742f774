package cortado.data;

import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.Arrays;

/** Changes a training image at random, so that the network sees it differently in every epoch. */
@FunctionalInterface
public interface Transform {
    /** Leaves images as they are. */
    Transform NONE = (pixels, image, rng) -> {};

    /**
     * Changes an image.
     * @param pixels {@code C H W} values 0–255, changed in place
     * @param image  {@code C H W}
     * @param rng    this image's generator in this epoch: the same key gives the same change
     */
    void apply(float[] pixels, Shape image, Rng rng);

    /**
     * {@return both, with generators of their own}
     * @param next applied after this
     */
    default Transform then(Transform next) {
        return (pixels, image, rng) -> {
            apply(pixels, image, rng.split(0));
            next.apply(pixels, image, rng.split(1));
        };
    }

    /** {@return mirrors every second image left to right, by chance} */
    static Transform flip() {
        return (pixels, image, rng) -> {
            if (rng.uniform(0) < 0.5) {
                mirror(pixels, image.dim(2));
            }
        };
    }

    /**
     * Random crop of the image with a black border: a shift by up to {@code padding} pixels each way.
     *
     * @param padding width of the border, at least 1
     * @return the transform
     * @throws ShapeException for a padding below 1
     */
    static Transform crop(int padding) {
        if (padding < 1) {
            throw new ShapeException("random crop needs a padding of at least 1 pixel, received " + padding);
        }
        return (pixels, image, rng) -> shift(pixels, image, rng.below(0, 2 * padding + 1) - padding,
                rng.below(1, 2 * padding + 1) - padding);
    }

    private static void mirror(float[] pixels, int w) {
        for (int row = 0; row < pixels.length; row += w) {
            for (int a = row, b = row + w - 1; a < b; a++, b--) {
                float t = pixels[a];
                pixels[a] = pixels[b];
                pixels[b] = t;
            }
        }
    }

    /** {@code new[y][x] = old[y + dy][x + dx]}, 0 outside; rows are taken in the order in which none is overwritten unread. */
    private static void shift(float[] pixels, Shape image, int dy, int dx) {
        int h = image.dim(1);
        int w = image.dim(2);
        int kept = Math.max(0, w - Math.abs(dx));
        for (int c = 0; c < image.dim(0); c++) {
            for (int k = 0; k < h; k++) {
                int y = dy >= 0 ? k : h - 1 - k;
                int row = (c * h + y) * w;
                if (y + dy < 0 || y + dy >= h || kept == 0) {
                    Arrays.fill(pixels, row, row + w, 0);
                    continue;
                }
                int from = row + dy * w;
                System.arraycopy(pixels, from + Math.max(0, dx), pixels, row + Math.max(0, -dx), kept);
                Arrays.fill(pixels, dx >= 0 ? row + kept : row, dx >= 0 ? row + w : row + w - kept, 0);
            }
        }
    }
}
