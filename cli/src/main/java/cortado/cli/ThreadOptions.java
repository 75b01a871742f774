package cortado.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** How many threads compute; results never depend on it. */
final class ThreadOptions {
    @Option(names = "--threads", paramLabel = "N",
            description = "Threads that compute (default: all processors); results do not depend on it.")
    private Optional<Integer> threads = Optional.empty();

    int count() {
        return threads.orElse(Runtime.getRuntime().availableProcessors());
    }
}
