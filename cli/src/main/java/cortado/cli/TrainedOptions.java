package cortado.cli;

import cortado.graph.Model;
import cortado.io.ModelFile;
import cortado.model.Networks;
import cortado.tensor.FormatException;
import cortado.train.Provenance;
import cortado.train.Tta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that use a trained model. */
final class TrainedOptions {
    /**
     * A model ready for use.
     *
     * @param file  that its weights come from
     * @param model with them
     * @param tta   what it is shown of each image
     */
    record Trained(Path file, Model model, Tta tta) {
    }

    @Option(names = {"-m", "--model"}, paramLabel = "MODEL",
            description = "A model's .safetensors or a run's folder (default: the newest run below runs/);"
                    + " with --weights a network's name or .json.")
    private Optional<String> given = Optional.empty();

    @Mixin
    private final WeightsOptions foreign = new WeightsOptions();

    @Mixin
    private final TtaOptions tta = new TtaOptions();

    /** For a model whose weights are, or lead to, NaN or infinity. */
    static FormatException notFinite(Path file, String what) {
        return new FormatException(file + ": " + what + ": the file is damaged, or its training diverged");
    }

    /** The model asked for. */
    Trained trained(Output output) {
        tta.said(); // refused before anything is read
        Path file;
        Model model;
        if (foreign.file().isPresent()) {
            file = foreign.file().get();
            model = foreign.model(given, output);
        } else {
            foreign.refuse();
            file = file(output);
            model = ModelFile.read(file);
            Provenance.expect(file, model);
        }
        return new Trained(file, model, tta.of(model, output));
    }

    private Path file(Output output) {
        if (given.isPresent() && Networks.NAMES.contains(given.get()) && !Files.exists(Source.path(given.get()))) {
            throw new FormatException(
                    "the network " + given.get() + " has no weights of its own; give a trained model's file or run,"
                            + " or weights from elsewhere (--weights FILE)");
        }
        if (given.isPresent()) {
            return Source.file(Source.path(given.get()));
        }
        Path newest = Source.newest().orElseThrow(() -> new FormatException("there is no run below " + Source.RUNS
                + " to take the model from; train one (" + Places.command() + " train), or name it (--model)"));
        output.note("model: " + newest);
        return newest;
    }
}
