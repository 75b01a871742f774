package cortado.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final SizeOptions sizes = new SizeOptions();

    /** The network asked for; says so where it was not named. */
    Source source(Output output) {
        Optional<String> which = Source.either(given, "--model", named);
        if (which.isEmpty()) {
            Optional<Path> newest = Source.newest();
            output.note("no model named: taking " + newest.map(Path::toString).orElse("lenet5"));
            which = newest.map(Path::toString);
        }
        return Source.of(which.orElse("lenet5"), sizes);
    }
}
