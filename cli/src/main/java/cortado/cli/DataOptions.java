package cortado.cli;

import cortado.data.Options;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where data sets are looked for and how one without a split of its own is split. */
final class DataOptions {
    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where mnist or fashion-mnist lies, looked in first.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--download", description = "Fetch mnist or fashion-mnist if it is nowhere here (checked by SHA-256).")
    private boolean download;

    @Option(names = "--holdout", paramLabel = "SHARE", defaultValue = "0.2",
            description = "Share of images held out, where the data has no split of its own (default ${DEFAULT-VALUE}).")
    private double holdout;

    @Option(names = "--split-seed", paramLabel = "N", defaultValue = "0", description = "Decides which those are (default ${DEFAULT-VALUE}).")
    private long seed;

    /** How to open a data set, in its own image size. */
    Options options() {
        Options o = Options.defaults().withCache(Places.cache(), download).withSplit(seed, holdout);
        return folder.map(o::withFolder).orElse(o);
    }
}
