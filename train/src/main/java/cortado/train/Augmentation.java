package cortado.train;

import cortado.data.ColorJitter;
import cortado.data.Erasing;
import cortado.data.Mixing;
import cortado.data.RandAugment;
import cortado.data.Transform;
import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How training images are changed at random, by timm's names. In this order: crop, resized crop, flips, rotation, RandAugment,
 * colour jitter, cutout, random erasing; then images are mixed within the batch.
 *
 * @param crop     pixels by which an image is shifted at most, each way; 0 for none
 * @param border   what a shift brings in
 * @param scale    least and greatest share of the image's area that a resized crop takes; 1 1 for none
 * @param ratio    least and greatest width over height of that part
 * @param hflip    probability of being mirrored left to right, 0 … 1
 * @param vflip    of being mirrored top to bottom
 * @param rotation the most degrees of a rotation, each way, 0 … 180
 * @param aa       RandAugment, if wanted
 * @param jitter   of brightness, contrast, saturation, hue
 * @param cutout   side of a square that is cut out, in pixels; 0 for none
 * @param erasing  rectangles that are written over
 * @param mixing   mixup and cutmix
 */
public record Augmentation(int crop, Transform.Border border, List<Double> scale, List<Double> ratio, double hflip, double vflip,
        double rotation, Optional<RandAugment> aa, ColorJitter jitter, int cutout, Erasing erasing, Mixing mixing) {
    private static final List<Double> WHOLE = List.of(1.0, 1.0);
    /** timm's. */
    private static final List<Double> RATIO = List.of(3 / 4.0, 4 / 3.0);
    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, Transform.Border.ZERO, WHOLE, RATIO, 0, 0, 0, Optional.empty(),
            ColorJitter.NONE, 0, Erasing.NONE, Mixing.NONE);
    /** The greatest α of mixup and cutmix: beyond, nearly all shares are a half. */
    private static final int ALPHA = 10;
    /** Keys of {@link Config}. */
    static final Map<String, Config.Kind> KINDS = kinds();

    /** Checks ranges; throws {@link FormatException}. */
    public Augmentation {
        scale = List.copyOf(scale);
        ratio = List.copyOf(ratio);
        if (scale.size() != 2 || ratio.size() != 2) {
            throw new FormatException(
                    "random resized crop (--scale, --ratio): expected two numbers each, received " + scale + " and "
                            + ratio);
        }
        Ranges.count("random crop (--crop)", crop, 0, 1024);
        Ranges.count("cutout (--cutout)", cutout, 0, 1024);
        Transform.resizedCrop(scale.getFirst(), scale.getLast(), ratio.getFirst(), ratio.getLast());
        Transform.horizontalFlip(hflip);
        Transform.verticalFlip(vflip);
        Transform.rotation(rotation);
    }

    private static Map<String, Config.Kind> kinds() {
        Map<String, Config.Kind> k = new LinkedHashMap<>();
        k.put("crop", Config.Kind.WHOLE);
        k.put("crop_border", Config.Kind.TEXT);
        k.put("scale", Config.Kind.NUMBERS);
        k.put("ratio", Config.Kind.NUMBERS);
        k.put("flip", Config.Kind.FLAG);
        k.put("hflip", Config.Kind.NUMBER);
        k.put("vflip", Config.Kind.NUMBER);
        k.put("rotation", Config.Kind.NUMBER);
        k.put("aa", Config.Kind.TEXT);
        k.put("color_jitter", Config.Kind.NUMBERS);
        k.put("cutout", Config.Kind.WHOLE);
        k.put("reprob", Config.Kind.NUMBER);
        k.put("remode", Config.Kind.TEXT);
        k.put("recount", Config.Kind.WHOLE);
        List.of("mixup", "cutmix", "mixup_prob", "mixup_switch_prob").forEach(key -> k.put(key, Config.Kind.NUMBER));
        k.put("mixup_off_epoch", Config.Kind.WHOLE);
        return Collections.unmodifiableMap(k);
    }

    /** What a key of a config comes to: {@code flip} is short for {@code hflip}. */
    static Map<String, Json> plain(String key, Json value) {
        return key.equals("flip") ? Map.of("hflip", Json.of(value instanceof Json.Bool b && b.value() ? 0.5 : 0.0))
                : Map.of(key, value);
    }

    /** {@return keys that a config says and that mean nothing there, each with what it belongs to and is off} */
    static SequencedMap<String, String> idle(Config c) {
        boolean mixup = c.number("mixup").orElse(0.0) > 0;
        boolean cutmix = c.number("cutmix").orElse(0.0) > 0;
        SequencedMap<String, String> idle = new LinkedHashMap<>();
        if (c.count("crop").orElse(0) == 0) {
            idle.put("crop_border", "--crop");
        }
        if (c.numbers("scale").orElse(WHOLE).equals(WHOLE)) {
            idle.put("ratio", "--scale");
        }
        if (c.number("reprob").orElse(0.0) == 0) {
            idle.put("remode", "--reprob");
            idle.put("recount", "--reprob");
        }
        if (!mixup && !cutmix) {
            idle.put("mixup_prob", "--mixup or --cutmix");
        }
        // What runs wrote down of one alone says the usual.
        if (!(mixup && cutmix) && !c.number("mixup_switch_prob").equals(Optional.of(Mixing.NONE.switchProbability()))) {
            idle.put("mixup_switch_prob", "both --mixup and --cutmix");
        }
        idle.keySet().retainAll(c.json().fields().keySet());
        return idle;
    }

    /** {@return what a config says}; throws {@link FormatException}. */
    static Augmentation of(Config c) {
        Erasing erasing = new Erasing(c.number("reprob").orElse(0.0), word(c, "remode", Erasing.Mode.values(), Erasing.NONE.mode()),
                c.count("recount").orElse(Erasing.NONE.count()));
        Mixing none = Mixing.NONE;
        Mixing mixing = new Mixing(alpha(c, "mixup"), alpha(c, "cutmix"),
                c.number("mixup_prob").orElse(none.probability()), c.number("mixup_switch_prob").orElse(none.switchProbability()),
                c.count("mixup_off_epoch").orElse(none.offEpoch()));
        Augmentation all = new Augmentation(c.count("crop").orElse(0),
                word(c, "crop_border", Transform.Border.values(), Transform.Border.ZERO),
                c.numbers("scale").orElse(WHOLE), c.numbers("ratio").orElse(RATIO), c.number("hflip").orElse(0.0),
                c.number("vflip").orElse(0.0), c.number("rotation").orElse(0.0), c.text("aa").filter(t -> !t.equals("none"))
                        .map(RandAugment::of),
                jitter(c.numbers("color_jitter").orElse(List.of(0.0))), c.count("cutout").orElse(0),
                erasing, mixing);
        idle(c).forEach((key, without) -> {
            throw new FormatException("--" + key.replace('_', '-') + " means nothing without " + without + "; leave it out");
        });
        return all;
    }

    private static double alpha(Config c, String key) {
        double value = c.number(key).orElse(0.0);
        if (!(value >= 0 && value <= ALPHA)) {
            throw new FormatException("--" + key + ": expected an α of 0 (none) … " + ALPHA + ", usually 0.2 … 1, received " + value
                    + "; it is that of Beta(α, α), which shares are drawn from, no size in pixels");
        }
        return value;
    }

    /** One number is for brightness, contrast and saturation, as in timm; four are for hue too. */
    private static ColorJitter jitter(List<Double> n) {
        return switch (n.size()) {
            case 1 -> new ColorJitter(n.get(0), n.get(0), n.get(0), 0);
            case 3 -> new ColorJitter(n.get(0), n.get(1), n.get(2), 0);
            case 4 -> new ColorJitter(n.get(0), n.get(1), n.get(2), n.get(3));
            default -> throw new FormatException("colour jitter (--color-jitter): expected 1, 3 or 4 numbers, received " + n);
        };
    }

    private static <E extends Enum<E>> E word(Config c, String key, E[] known, E otherwise) {
        String said = c.text(key).orElse(word(otherwise));
        for (E e : known) {
            if (word(e).equals(said)) {
                return e;
            }
        }
        throw new FormatException("--" + key.replace('_', '-') + ": expected "
                + String.join(" or ", java.util.Arrays.stream(known).map(Augmentation::word).toList()) + ", received " + said);
    }

    private static String word(Enum<?> e) {
        return e.name().toLowerCase(Locale.ROOT);
    }

    /** {@return what {@link #of} reads; what is left out is off} */
    Json.Obj json() {
        Json.Obj o = Json.object().with("crop", crop);
        o = border == Transform.Border.ZERO ? o : o.with("crop_border", word(border));
        o = scale.equals(WHOLE) ? o : o.with("scale", scale).with("ratio", ratio);
        o = o.with("hflip", hflip);
        o = vflip == 0 ? o : o.with("vflip", vflip);
        o = rotation == 0 ? o : o.with("rotation", rotation);
        o = aa.isEmpty() ? o : o.with("aa", aa.get().text());
        o = jitter.equals(ColorJitter.NONE) ? o
                : o.with("color_jitter", List.of(jitter.brightness(), jitter.contrast(), jitter.saturation(), jitter.hue()));
        o = cutout == 0 ? o : o.with("cutout", cutout);
        o = erasing.probability() == 0 ? o : o.with("reprob", erasing.probability()).with("remode", word(erasing.mode()))
                .with("recount", erasing.count());
        o = mixing.on() ? o.with("mixup", mixing.mixup()).with("cutmix", mixing.cutmix()).with("mixup_prob", mixing.probability())
                .with("mixup_switch_prob", mixing.switchProbability()) : o;
        return mixing.offEpoch() == 0 ? o : o.with("mixup_off_epoch", mixing.offEpoch());
    }

    /**
     * Refuses what makes no sense for such images.
     *
     * @param image {@code C H W}
     * @param batch images in a step
     * @throws FormatException naming the option, what was expected and what was received
     */
    public void check(Shape image, int batch) {
        int side = Math.min(image.dim(1), image.dim(2));
        String size = image.dim(1) + "×" + image.dim(2);
        if (crop >= side) {
            throw new FormatException("random crop (--crop): expected less than the " + side + " pixels of an image of " + size
                    + ", received " + crop);
        }
        if (cutout > side) {
            throw new FormatException("cutout (--cutout): expected a square no larger than an image of " + size + ", received "
                    + cutout);
        }
        if (mixing.on() && batch < 2) {
            throw new FormatException(
                    "mixup and cutmix mix images within a batch: expected a batch size (-b) of at least 2, received "
                            + batch);
        }
    }

    /** {@return what the loader does to each image} */
    public Transform transform() {
        return (crop > 0 ? Transform.crop(crop, border) : Transform.NONE)
                .then(scale.equals(WHOLE) ? Transform.NONE
                        : Transform.resizedCrop(scale.getFirst(), scale.getLast(), ratio.getFirst(), ratio.getLast()))
                .then(hflip > 0 ? Transform.horizontalFlip(hflip) : Transform.NONE)
                .then(vflip > 0 ? Transform.verticalFlip(vflip) : Transform.NONE)
                .then(rotation > 0 ? Transform.rotation(rotation) : Transform.NONE)
                .then(aa.map(Transform.class::cast).orElse(Transform.NONE))
                .then(jitter.equals(ColorJitter.NONE) ? Transform.NONE : jitter)
                .then(cutout > 0 ? Transform.cutout(cutout) : Transform.NONE)
                .then(erasing.probability() > 0 ? erasing : Transform.NONE);
    }
}
