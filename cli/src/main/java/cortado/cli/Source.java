package cortado.cli;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.io.Hint;
import cortado.io.ModelFile;
import cortado.io.Network;
import cortado.io.NetworkJson;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.train.Run;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the user calls a model: a network's name, a network's text file, a model file, or the folder of a run.
 *
 * @param name  for people
 * @param graph from images to scores
 * @param model with its weights, if it has any
 */
record Source(String name, Graph graph, Optional<Model> model) {
    /** Where runs lie, seen from where the user stands. */
    static final Path RUNS = Path.of("runs");
    /** Images and classes of a text file that leaves them open. */
    private static final Shape IMAGE = Shape.of(1, 28, 28);
    private static final int CLASSES = 10;

    /** What was said as a parameter or, the same, as an option; throws {@link FormatException} where they differ. */
    static Optional<String> either(Optional<String> parameter, String option, Optional<String> value) {
        if (parameter.isPresent() && value.isPresent() && !parameter.equals(value)) {
            throw new FormatException("named twice: " + parameter.get() + " and " + option + " " + value.get()
                    + "; give one of them");
        }
        return parameter.or(() -> value);
    }

    /** Refuses a word that is empty, or no name and no file but close to a name; what is close to none has a longer message of its own. */
    static void expect(String what, List<String> names, String word) {
        if (word.isBlank()) {
            throw new FormatException("the name of the " + what + " is empty; there are " + String.join(", ", names)
                    + ", or give a file or a folder");
        }
        String near = names.contains(word) || new File(word).exists() ? "" : Hint.near(word, names);
        if (!near.isEmpty()) {
            throw new FormatException("there is no " + what + " " + word + near);
        }
    }

    /** Weights to compute with: the model's, or fresh ones. */
    Parameters parameters(long seed) {
        return model.map(Model::parameters).orElseGet(() -> Parameters.init(graph, new Rng(seed).split("init")));
    }

    /**
     * @param given name, file or folder
     * @param sizes for a network that leaves them open
     */
    static Source of(String given, SizeOptions sizes) {
        expect("model", Networks.NAMES, given);
        Optional<Network> network = network(given, sizes);
        if (network.isPresent()) {
            return new Source(network.get().name(), network.get().graph(), Optional.empty());
        }
        Path file = path(given);
        if (!Files.exists(file)) {
            throw new FormatException("there is no model " + given + ": it is neither a file, nor a run's folder, nor one of "
                    + String.join(", ", Networks.NAMES));
        }
        Model m = ModelFile.read(file(file));
        return new Source(m.name(), m.graph(), Optional.of(m));
    }

    /** The network of that name or in that text file; empty for anything else. */
    static Optional<Network> network(String given, SizeOptions sizes) {
        if (Networks.NAMES.contains(given)) {
            return Optional.of(new Network(given, Networks.named(given, sizes.image(Networks.image(given)),
                    sizes.classes().orElse(Networks.classes(given)))));
        }
        return given.endsWith(".json") && !Files.isDirectory(path(given))
                ? Optional.of(network(path(given), sizes.image(IMAGE), sizes.classes()))
                : Optional.empty();
    }

    /** A network's text file; where it numbers its scores itself, they may be any number. */
    static Network network(Path file, Shape image, Optional<Integer> classes) {
        try {
            return NetworkJson.read(file, Optional.of(image), classes.orElse(0));
        } catch (FormatException e) {
            if (classes.isPresent()) {
                throw e;
            }
            return NetworkJson.read(file, Optional.of(image), CLASSES);
        }
    }

    /** A model's file: the file itself, or the best one of a run. */
    static Path file(Path given) {
        if (Files.isDirectory(given)) {
            Path best = given.resolve(Run.BEST);
            if (!Files.isRegularFile(best)) {
                throw new FormatException("the folder " + given + " holds no " + Run.BEST
                        + "; give a run's folder or a model file");
            }
            return best;
        }
        if (!Files.exists(given)) {
            throw new FormatException("there is no model " + given + ": it is neither a file nor a run's folder");
        }
        return given;
    }

    /** The model file of the run that was last written to, below the folder where the user stands. */
    static Optional<Path> newest() {
        if (!Files.isDirectory(RUNS)) {
            return Optional.empty();
        }
        try (Stream<Path> runs = Files.list(RUNS)) {
            return runs.map(r -> r.resolve(Run.BEST)).filter(Files::isRegularFile).max(Comparator.comparing(Source::changed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static java.nio.file.attribute.FileTime changed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw new FormatException("there is no model " + given + ": " + e.getReason(), e);
        }
    }
}
