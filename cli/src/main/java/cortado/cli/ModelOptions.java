package cortado.cli;

import cortado.tensor.Shape;
import cortado.train.Config;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options of commands that look at a network, trained or not. */
final class ModelOptions {
    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL",
            description = "A network's .json, a model's .safetensors, a run's folder, or one of: ${COMPLETION-CANDIDATES};"
                    + " by default the newest run below runs/, or lenet5.",
            completionCandidates = TrainingOptions.NetworkNames.class)
    private Optional<String> given = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL", description = "The same as an option.")
    private Optional<String> named = Optional.empty();

    @Option(names = {"--input", "--input-size"}, paramLabel = "CxHxW", defaultValue = "1x28x28",
            description = "Size of an image, where the network leaves it open (default ${DEFAULT-VALUE}).")
    private String input;

    @Option(names = "--in-chans", paramLabel = "N", description = "Channels of an image, in place of those of --input.")
    private Optional<Integer> channels = Optional.empty();

    @Option(names = {"--classes", "--num-classes"}, paramLabel = "N",
            description = "Number of classes, where the network leaves it open (default 10).")
    private Optional<Integer> classes = Optional.empty();

    /** The network asked for; says so where it was not named. */
    Source source(Output output) {
        Optional<String> which = Source.either(given, "--model", named);
        if (which.isEmpty()) {
            Optional<Path> newest = Source.newest();
            output.note("no model named: taking " + newest.map(Path::toString).orElse("lenet5"));
            which = newest.map(Path::toString);
        }
        Shape image = Config.size(input);
        return Source.of(which.orElse("lenet5"), Shape.of(channels.orElse(image.dim(0)), image.dim(1), image.dim(2)), classes);
    }
}
