package cortado.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options of commands that look at a network, trained or not. */
final class ModelOptions {
    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL",
            description = "lenet5, convnet, mlp, a network's .json, a model's .safetensors, or a run's folder;"
                    + " by default the newest run below runs/, or lenet5.")
    private Optional<String> given = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL", description = "The same as an option.")
    private Optional<String> named = Optional.empty();

    @Option(names = {"--input", "--input-size"}, paramLabel = "CxHxW", defaultValue = "1x28x28",
            description = "Size of an image, where the network leaves it open (default ${DEFAULT-VALUE}).")
    private String input;

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
        return Source.of(which.orElse("lenet5"), Source.image(input), classes);
    }
}
