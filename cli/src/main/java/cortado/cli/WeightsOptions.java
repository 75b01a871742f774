package cortado.cli;

import cortado.graph.Model;
import cortado.io.Foreign;
import cortado.io.Network;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Weights that another program trained, and how their network wants its images. */
final class WeightsOptions {
    /** What torchvision's and timm's networks were trained with. */
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    @Option(names = "--weights", paramLabel = "FILE",
            description = "Weights from elsewhere for the network --model: a .safetensors with PyTorch's names.")
    private Optional<Path> file = Optional.empty();

    @Mixin
    private final SizeOptions sizes = new SizeOptions();

    @Option(names = "--mean", paramLabel = "M", split = ",",
            description = "With --weights: the mean of each channel. Without mean, std and scale three channels have ImageNet's,"
                    + " 0.485,0.456,0.406 and 0.229,0.224,0.225; else the default is 0.")
    private List<Double> mean = List.of();

    @Option(names = "--std", paramLabel = "S", split = ",",
            description = "With --weights: the standard deviation of each channel (default 1, see --mean).")
    private List<Double> std = List.of();

    @Option(names = "--input-scale", paramLabel = "S",
            description = "With --weights: what white counts as before the mean is taken away, 1 or 255 (default 1).")
    private Optional<Double> scale = Optional.empty();

    @Option(names = "--bgr", description = "With --weights: the network wants blue first.")
    private boolean bgr;

    @Option(names = "--class-map", paramLabel = "FILE", description = "With --weights: names of the classes, one a line.")
    private Optional<Path> names = Optional.empty();

    Optional<Path> file() {
        return file;
    }

    /** Without weights the other options have nothing to act on. */
    void refuse() {
        if (sizes.given() || !mean.isEmpty() || !std.isEmpty() || scale.isPresent() || bgr || names.isPresent()) {
            throw new FormatException(
                    "--input, --in-chans, --num-classes, --mean, --std, --input-scale, --bgr and --class-map tell about weights from elsewhere"
                            + " (--weights FILE); a model of ours knows these itself");
        }
    }

    Model model(Optional<String> given, Output output) {
        String name = given.orElseThrow(() -> new FormatException("--weights needs a network to go with them: its name"
                + " or its .json (--model resnet20)"));
        Network network = Source.network(name, sizes).orElseThrow(() -> new FormatException("--weights goes with a network's name"
                + " or its .json, received --model " + name));
        Shape image = network.graph().input().example();
        boolean usual = image.dim(0) == 3 && mean.isEmpty() && std.isEmpty() && scale.isEmpty();
        Foreign foreign = new Foreign(scale.orElse(1.0),
                usual ? IMAGENET_MEAN : each(mean, image.dim(0), 0), usual ? IMAGENET_STD : each(std, image.dim(0), 1), bgr);
        output.note("weights: " + file.orElseThrow() + "; images of " + image + ", "
                + (foreign.bgr() ? "blue first, " : "") + "0 to " + foreign.scale() + ", mean " + foreign.mean()
                + ", std "
                + foreign.std());
        return foreign.model(file.orElseThrow(), network, classes());
    }

    /** One number for all channels, or one for each. */
    private static List<Double> each(List<Double> given, int channels, double usual) {
        return given.size() > 1 ? given : Collections.nCopies(channels, given.isEmpty() ? usual : given.getFirst());
    }

    private List<String> classes() {
        try {
            return names.isPresent()
                    ? Files.readAllLines(names.get()).stream().map(String::strip).filter(l -> !l.isEmpty()).toList()
                    : List.of();
        } catch (IOException e) {
            throw new FormatException("cannot read " + names.get() + ": " + e.getMessage(), e);
        }
    }
}
