package cortado.cli;

import cortado.data.Datasets;
import cortado.data.Options;
import cortado.tensor.FormatException;
import cortado.train.Config;
import cortado.train.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run whose training is gone on with or done again, as its {@code config.json} says. */
final class RunOptions {
    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @Option(names = "--data", paramLabel = "DATA", description = "The folder of the same data, if it has moved.")
    private Optional<String> data = Optional.empty();

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where mnist or fashion-mnist lies, if it has moved.")
    private Optional<Path> place = Optional.empty();

    @Option(names = "--initial-checkpoint", paramLabel = "FILE",
            description = "The weights it started from, if they have moved; not needed to go on from a checkpoint.")
    private Optional<Path> initial = Optional.empty();

    @Option(names = "--download", description = "Fetch mnist or fashion-mnist if it is nowhere here (checked by SHA-256).")
    private boolean download;

    @Mixin
    private final ThreadOptions threads = new ThreadOptions();

    /** The run's folder. */
    Path folder() {
        if (!Files.isRegularFile(run.resolve(Run.CONFIG))) {
            throw new FormatException(!Files.exists(run) ? "there is no run " + run
                    : "the folder " + run + " holds no " + Run.CONFIG + "; give the folder of a run");
        }
        return run;
    }

    /** What a file of settings says; that of a run with the copy of its network's text file that it keeps. */
    static Config config(Path file) {
        Config said = Config.read(file);
        Optional<Path> network = said.text("model").map(m -> file.resolveSibling(Run.network(Path.of(""), m)))
                .filter(Files::isRegularFile);
        return network.isPresent() ? said.with("model", network.get().toString()) : said;
    }

    /** Refuses a run whose folder of data is not there any more. */
    static void expectData(Config run) {
        run.text("data").filter(d -> !Datasets.NAMES.contains(d) && !Files.exists(Path.of(d))).ifPresent(d -> {
            throw new FormatException("the run learned from " + d + ", which is not there (any more, or from here); "
                    + "say where it is now: --data DIR");
        });
    }

    /**
     * Opens what the run was trained with.
     *
     * @param begun whether a checkpoint has all weights, so that the file they started from is not read
     */
    Setup setup(Output output, boolean begun) {
        Config said = config(folder().resolve(Run.CONFIG)).with("threads", threads.count());
        if (data.isEmpty()) {
            expectData(said);
        }
        said = data.isPresent() ? said.with("data", data.get()) : said;
        said = place.isPresent() ? said.with("data_dir", place.get().toString()) : said;
        if (initial.isPresent() && said.text("initial_checkpoint").isEmpty()) {
            throw new FormatException("--initial-checkpoint: the run " + run + " started from fresh weights; leave it out");
        }
        said = initial.isPresent() ? said.with("initial_checkpoint", initial.get().toString()) : said;
        said = begun ? said.with("initial_checkpoint", Optional.empty()) : said;
        Options options = Options.defaults().withCache(Places.cache(), download)
                .withReading(Options.BadImage.FAIL, new LoadingNotes(output));
        return Setup.of(said, options, threads.count());
    }
}
