package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RandAugment (Cubuk et al. 2020): {@code ops} changes of {@link #OPS}, each as likely as the others, all of one magnitude M of 0 to
 * {@value #MOST}; the sign is drawn where it has one. Every op gets stronger with M (timm's {@code inc1}); at M = 0 all change
 * nothing but autocontrast and equalize, which have no strength. What a map leaves empty becomes the data set's mean colour.
 *
 * <pre>
 * rotate                                     ±30° · M/10
 * shear x, shear y                           ±0.3 · M/10
 * translate x, translate y                   ±0.45 · M/10 of the side
 * color, contrast, brightness, sharpness     factor 1 ± 0.9 · M/10
 * posterize                                  8 − round(4 · M/10) bits
 * solarize                                   threshold 256 · (1 − M/10)
 * </pre>
 *
 * @param magnitude   M, 0 … {@value #MOST}
 * @param ops         how many, one after the other, 1 … 20
 * @param deviation   standard deviation of M from image to image; it stays in its range
 * @param probability of each op, 0 … 1; the paper's is 1, timm's 0.5
 */
public record RandAugment(double magnitude, int ops, double deviation, double probability) implements Transform {
    /** The greatest magnitude. */
    public static final int MOST = 10;
    /** The paper's list. */
    public static final List<Op> OPS = List.of(Op.values());
    private static final Pattern WORD = Pattern.compile("(mstd|m|n|p|inc)([0-9]+(?:\\.[0-9]+)?)");

    /** What can be done to an image. */
    public enum Op {
        /** Nothing. */
        IDENTITY,
        /** Stretches each channel's values. */
        AUTOCONTRAST,
        /** Makes levels equally frequent. */
        EQUALIZE,
        /** Turns. */
        ROTATE,
        /** Inverts bright values. */
        SOLARIZE,
        /** Changes saturation. */
        COLOR,
        /** Keeps fewer bits. */
        POSTERIZE,
        /** Changes contrast. */
        CONTRAST,
        /** Changes brightness. */
        BRIGHTNESS,
        /** Sharpens or blurs. */
        SHARPNESS,
        /** Shears rows. */
        SHEAR_X,
        /** Shears columns. */
        SHEAR_Y,
        /** Shifts to the side. */
        TRANSLATE_X,
        /** Shifts up or down. */
        TRANSLATE_Y
    }

    /** Checks ranges; throws {@link FormatException}. */
    public RandAugment {
        if (!(magnitude >= 0 && magnitude <= MOST) || ops < 1 || ops > 20 || !(deviation >= 0 && deviation <= 100)
                || !(probability >= 0 && probability <= 1)) {
            throw new FormatException("RandAugment (--aa): expected m 0 … " + MOST + ", n 1 … 20, mstd 0 … 100, p 0 … 1, received m"
                    + magnitude + " n" + ops + " mstd" + deviation + " p" + probability);
        }
    }

    /**
     * Reads timm's way to write it.
     *
     * @param text {@code rand-m9-n2-mstd0.5}, with {@code p0.5} and {@code inc1} if wanted; m 10, n 2, mstd 0, p 1 if left out
     * @return what it says
     * @throws FormatException if it says nothing
     */
    public static RandAugment of(String text) {
        String[] words = text.split("-", -1);
        double m = MOST;
        double n = 2;
        double mstd = 0;
        double p = 1;
        boolean known = words[0].equals("rand");
        for (int i = 1; i < words.length && known; i++) {
            Matcher word = WORD.matcher(words[i]);
            known = word.matches();
            if (known) {
                double value = Double.parseDouble(word.group(2));
                switch (word.group(1)) {
                    case "m" -> m = value;
                    case "n" -> n = value;
                    case "mstd" -> mstd = value;
                    case "p" -> p = value;
                    default -> known = value == 1;
                }
            }
        }
        if (!known || n != (int) n) {
            throw new FormatException(
                    "RandAugment (--aa): expected rand-m9-n2, also with -mstd0.5, -p0.5 or -inc1, received " + text);
        }
        return new RandAugment(m, (int) n, mstd, p);
    }

    /** {@return what {@link #of} reads} */
    public String text() {
        return "rand-m" + plain(magnitude) + "-n" + ops + (deviation > 0 ? "-mstd" + plain(deviation) : "")
                + (probability < 1 ? "-p" + plain(probability) : "");
    }

    private static String plain(double value) {
        return value == (long) value ? Long.toString((long) value)
                : new java.math.BigDecimal(Double.toString(value)).toPlainString();
    }

    @Override
    public void apply(Pixels x, long key) {
        for (int i = 0; i < ops; i++) {
            long own = Rng.key(key, i);
            if (Rng.uniform(own, 3) < probability) {
                double m = magnitude + (deviation > 0 ? deviation * Pixels.noise(own, 2) : 0);
                apply(OPS.get(Rng.below(own, 0, OPS.size())), x, Math.clamp(m, 0, MOST) / MOST, Rng.uniform(own, 1) < 0.5 ? -1 : 1);
            }
        }
    }

    /** One op of strength 0 … 1. */
    static void apply(Op op, Pixels x, double strength, int sign) {
        double s = sign * strength;
        float factor = (float) (1 + 0.9 * s);
        switch (op) {
            case IDENTITY -> {
            }
            case AUTOCONTRAST -> Colour.autocontrast(x);
            case EQUALIZE -> Colour.equalize(x);
            case ROTATE -> Geometry.rotate(x, 30 * s, true);
            case SOLARIZE -> Colour.solarize(x, (float) (256 * (1 - strength)));
            case COLOR -> Colour.saturation(x, factor);
            case POSTERIZE -> Colour.posterize(x, 8 - (int) Math.round(4 * strength));
            case CONTRAST -> Colour.contrast(x, factor);
            case BRIGHTNESS -> Colour.brightness(x, factor);
            case SHARPNESS -> Colour.sharpness(x, factor);
            case SHEAR_X -> Geometry.affine(x, 1, 0.3 * s, 0, 1, 0, 0, true);
            case SHEAR_Y -> Geometry.affine(x, 1, 0, 0.3 * s, 1, 0, 0, true);
            case TRANSLATE_X -> Geometry.affine(x, 1, 0, 0, 1, 0.45 * s * x.width(), 0, true);
            case TRANSLATE_Y -> Geometry.affine(x, 1, 0, 0, 1, 0, 0.45 * s * x.height(), true);
        }
    }
}
