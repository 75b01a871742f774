package cortado.cli;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.train.Config;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a network leaves open: the size of an image and the number of classes. */
final class SizeOptions {
    @Option(names = {"--input", "--input-size"}, paramLabel = "CxHxW",
            description = "Size of an image, where the network leaves it open (default: what it was made for, or 1x28x28).")
    private Optional<String> input = Optional.empty();

    @Option(names = "--in-chans", paramLabel = "C", description = "Channels of an image, where its rows and columns are as usual.")
    private Optional<Integer> channels = Optional.empty();

    @Option(names = {"--classes", "--num-classes"}, paramLabel = "N",
            description = "Number of classes, where the network leaves it open (default: what it was made for, or 10).")
    private Optional<Integer> classes = Optional.empty();

    /** The size of an image, where the user left it open the usual one. */
    Shape image(Shape usual) {
        Shape image = input.map(Config::size).orElse(usual);
        int c = channels.orElse(image.dim(0));
        if (input.isPresent() && c != image.dim(0)) {
            throw new ShapeException("--in-chans " + c + " contradicts --input " + input.get() + "; give one of them");
        }
        return Shape.of(c, image.dim(1), image.dim(2));
    }

    /** Whether the user said anything. */
    boolean given() {
        return input.isPresent() || channels.isPresent() || classes.isPresent();
    }

    Optional<Integer> classes() {
        classes.filter(n -> n < 1).ifPresent(n -> {
            throw new FormatException("--num-classes: expected at least 1, received " + n);
        });
        return classes;
    }
}
