package cortado.cli;

import cortado.tensor.FormatException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of commands that use a trained model. */
final class TrainedOptions {
    @Option(names = {"-m", "--model"}, paramLabel = "MODEL",
            description = "A model's .safetensors or a run's folder (default: the newest run below runs/).")
    private Optional<Path> given = Optional.empty();

    /** For a model whose weights are, or lead to, NaN or infinity. */
    static FormatException notFinite(Path file, String what) {
        return new FormatException(file + ": " + what + ": the file is damaged, or its training diverged");
    }

    /** The model's file. */
    Path file(Output output) {
        if (given.isPresent()) {
            return Source.file(given.get());
        }
        Path newest = Source.newest().orElseThrow(() -> new FormatException("there is no run below " + Source.RUNS
                + " to take the model from; train one (" + Places.command() + " train), or name it (--model)"));
        output.note("model: " + newest);
        return newest;
    }
}
