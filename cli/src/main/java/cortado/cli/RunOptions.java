package cortado.cli;

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

    /** Opens what the run was trained with. */
    Setup setup(Output output) {
        Config said = Config.read(folder().resolve(Run.CONFIG)).with("threads", threads.count());
        said = data.isPresent() ? said.with("data", data.get()) : said;
        said = place.isPresent() ? said.with("data_dir", place.get().toString()) : said;
        Optional<Path> network = said.text("model").map(m -> Run.network(run, m)).filter(Files::isRegularFile);
        said = network.isPresent() ? said.with("model", network.get().toString()) : said;
        Options options = Options.defaults().withCache(Places.cache(), download)
                .withReading(Options.BadImage.FAIL, new LoadingNotes(output));
        return Setup.of(said, options, threads.count());
    }
}
