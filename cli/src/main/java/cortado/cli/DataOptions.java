package cortado.cli;

import cortado.data.Options;
import cortado.train.Config;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where data sets are looked for. */
final class DataOptions {
    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where mnist or fashion-mnist lies, looked in first.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--download", description = "Fetch mnist or fashion-mnist if it is nowhere here (checked by SHA-256).")
    private boolean download;

    @Option(names = "--on-bad-image", paramLabel = "WHAT",
            description = "An image file that cannot be read: fail (default), or skip: name it and go on without.")
    private Optional<String> bad = Optional.empty();

    /** How to open a data set, in its own image size. */
    Options options(Output output) {
        return options(output, Config.empty());
    }

    /** The same, where nothing was said as a run's settings say. */
    Options options(Output output, Config run) {
        Config said = Config.empty().with("data_dir", folder.map(Path::toString)).with("on_bad_image", bad);
        return Setup.reading(said.over(run), Options.defaults().withCache(Places.cache(), download)
                .withReading(Options.BadImage.FAIL, new LoadingNotes(output)));
    }
}
