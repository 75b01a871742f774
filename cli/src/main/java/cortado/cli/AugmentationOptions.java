package cortado.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How training images are changed at random, spelled as timm spells it; keys of a config like all of {@link RecipeOptions}. */
final class AugmentationOptions {
    @Option(names = "--crop", paramLabel = "PIXELS", description = "Shift training images by up to so many pixels; 0 for none.")
    private Optional<Integer> crop = Optional.empty();

    @Option(names = "--crop-border", paramLabel = "NAME", description = "What a shift brings in: zero (black) or reflect.")
    private Optional<String> border = Optional.empty();

    @Option(names = "--scale", arity = "2", paramLabel = "SHARE",
            description = "Random resized crop: least and greatest share of the image's area, such as 0.08 1.")
    private List<Double> scale = List.of();

    @Option(names = "--ratio", arity = "2", paramLabel = "R",
            description = "Least and greatest width over height of that crop (default 0.75 1.333).")
    private List<Double> ratio = List.of();

    @Option(names = "--flip", negatable = true, description = "Mirror every second training image, or not: --hflip 0.5.")
    private Optional<Boolean> flip = Optional.empty();

    @Option(names = "--hflip", paramLabel = "P", description = "Probability of being mirrored left to right.")
    private Optional<Double> hflip = Optional.empty();

    @Option(names = "--vflip", paramLabel = "P", description = "Probability of being mirrored top to bottom.")
    private Optional<Double> vflip = Optional.empty();

    @Option(names = "--rotation", paramLabel = "DEGREES", description = "Turn by up to so many degrees, each way.")
    private Optional<Double> rotation = Optional.empty();

    @Option(names = "--aa", paramLabel = "POLICY",
            description = "RandAugment of magnitude m (0 to 10) and n ops: rand-m9-n2, also with -mstd0.5 or -p0.5; or none.")
    private Optional<String> policy = Optional.empty();

    @Option(names = "--color-jitter", paramLabel = "J", split = ",",
            description = "Jitter of brightness, contrast, saturation: 0.4; or B,C,S,HUE: 0.4,0.4,0.4,0.1.")
    private List<Double> jitter = List.of();

    @Option(names = "--cutout", paramLabel = "PIXELS", description = "Cut out a square of so many pixels a side; 0 for none.")
    private Optional<Integer> cutout = Optional.empty();

    @Option(names = "--reprob", paramLabel = "P", description = "Random erasing: probability (default 0).")
    private Optional<Double> erasing = Optional.empty();

    @Option(names = "--remode", paramLabel = "NAME",
            description = "What it writes: const (mean colour), rand (a colour) or pixel (noise; default).")
    private Optional<String> mode = Optional.empty();

    @Option(names = "--recount", paramLabel = "N", description = "The most rectangles it erases (default 1).")
    private Optional<Integer> count = Optional.empty();

    @Option(names = "--mixup", paramLabel = "ALPHA", description = "Mixup: α of the shares' distribution; 0 for none.")
    private Optional<Double> mixup = Optional.empty();

    @Option(names = "--cutmix", paramLabel = "ALPHA", description = "CutMix: likewise.")
    private Optional<Double> cutmix = Optional.empty();

    @Option(names = "--mixup-prob", paramLabel = "P", description = "Probability that a batch is mixed (default 1).")
    private Optional<Double> probability = Optional.empty();

    @Option(names = "--mixup-switch-prob", paramLabel = "P", description = "Of cutmix, where both are on (default 0.5).")
    private Optional<Double> cut = Optional.empty();

    @Option(names = "--mixup-off-epoch", paramLabel = "N",
            description = "Mixup and CutMix end after this epoch (default 0: never).")
    private Optional<Integer> off = Optional.empty();
}
