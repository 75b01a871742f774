package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;

/**
 * Brightness, contrast, saturation and hue by chance, in random order (torchvision's ColorJitter).
 *
 * @param brightness b: values are multiplied by a factor from 1−b to 1+b (from 0 at least)
 * @param contrast   c: the distance from the image's mean grey likewise
 * @param saturation s: the distance from each pixel's grey likewise
 * @param hue        h: the hue is turned by −h to h turns, at most 0.5
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) implements Transform {
    /** Changes nothing. */
    public static final ColorJitter NONE = new ColorJitter(0, 0, 0, 0);
    private static final int ORDERS = 24;

    /** Checks ranges; throws {@link FormatException}. */
    public ColorJitter {
        strength("brightness", brightness, 10);
        strength("contrast", contrast, 10);
        strength("saturation", saturation, 10);
        strength("hue", hue, 0.5);
    }

    private static void strength(String what, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new FormatException("colour jitter (--color-jitter), " + what + ": expected 0 … " + most + ", received " + value);
        }
    }

    @Override
    public void apply(Pixels x, long key) {
        // The order is one of 4!: each digit picks one of the steps that are left.
        int order = Rng.below(key, 4, ORDERS);
        int left = 0b1111;
        for (int n = 4; n > 0; n--) {
            int skip = order % n;
            order /= n;
            int step = Integer.numberOfTrailingZeros(left);
            for (; skip > 0; skip--) {
                step = Integer.numberOfTrailingZeros(left & -1 << step + 1);
            }
            left &= ~(1 << step);
            change(x, step, 2 * Rng.uniform(key, step) - 1);
        }
    }

    /** @param u −1 … 1 */
    private void change(Pixels x, int step, double u) {
        switch (step) {
            case 0 -> Colour.brightness(x, factor(brightness, u));
            case 1 -> Colour.contrast(x, factor(contrast, u));
            case 2 -> Colour.saturation(x, factor(saturation, u));
            default -> Colour.hue(x, (float) (hue * u));
        }
    }

    /** Uniform in max(0, 1−s) … 1+s for u uniform in −1 … 1. */
    private static float factor(double strength, double u) {
        double least = Math.max(0, 1 - strength);
        return (float) (strength == 0 ? 1 : least + (1 + strength - least) * (u + 1) / 2);
    }
}
