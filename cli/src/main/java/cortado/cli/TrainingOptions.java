package cortado.cli;

import cortado.data.Datasets;
import cortado.model.Networks;
import cortado.train.Config;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What to learn from, which network, and how: the options of commands that train. */
final class TrainingOptions {
    /** What is learned from if nothing is named. */
    static final String DATA = "fashion-mnist-small";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DATA",
            description = "A data set's name or folder (default " + DATA + ").")
    private Optional<String> given = Optional.empty();

    @Option(names = "--data", paramLabel = "DATA", description = "The same as an option.")
    private Optional<String> named = Optional.empty();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Option(names = {"--input", "--input-size"}, paramLabel = "CxHxW",
            description = "Fit images to this size (default: the network's, or the data's).")
    private Optional<String> input = Optional.empty();

    @Option(names = "--in-chans", paramLabel = "N", description = "Fit images to 1 (grey) or 3 (colour) channels.")
    private Optional<Integer> channels = Optional.empty();

    @Option(names = "--num-classes", paramLabel = "N", description = "Refuse data with another number of classes.")
    private Optional<Integer> classes = Optional.empty();

    @Option(names = "--model", paramLabel = "MODEL",
            description = "A network's .json, or one of: ${COMPLETION-CANDIDATES} (default lenet5).",
            completionCandidates = NetworkNames.class)
    private Optional<String> model = Optional.empty();

    @Option(names = "--initial-checkpoint", paramLabel = "FILE",
            description = "Weights to start from, .safetensors; names must match, the head may tell other classes apart.")
    private Optional<String> initial = Optional.empty();

    @Mixin
    private final RecipeOptions recipe = new RecipeOptions();

    @Mixin
    private final ThreadOptions threads = new ThreadOptions();

    /** Opens the data, makes the network and fills in the settings. */
    Setup setup(Output o) {
        Config said = recipe.said(command);
        Optional<String> name = Source.either(given, "--data", named);
        name.ifPresent(n -> Source.expect("data set", Datasets.NAMES, n));
        said = name.map(n -> Config.empty().with("data", n)).orElse(Config.empty()).over(said);
        if (said.text("data").isEmpty()) {
            said = said.with("data", DATA);
        }
        Source.expect("data set", Datasets.NAMES, said.text("data").orElseThrow());
        Setup setup = Setup.of(said, data.options(o), threads.count());
        int has = setup.data().classes().size();
        classes.filter(n -> n != has).ifPresent(n -> {
            throw new cortado.tensor.FormatException("--num-classes " + n + ", but " + setup.data().name() + " has " + has
                    + " classes; leave it out, it follows from the data");
        });
        return setup;
    }

    /** For the help and for completion. */
    static final class NetworkNames implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return Networks.NAMES.iterator();
        }
    }
}
