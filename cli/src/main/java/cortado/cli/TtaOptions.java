package cortado.cli;

import cortado.train.Tta;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a model is shown of each image. */
final class TtaOptions {
    @Option(names = "--tta", paramLabel = "WHAT",
            description = "Test-time augmentation: none, or flip, which judges an image by the mean of its probabilities and its"
                    + " mirror image's (default none).")
    private Optional<String> given = Optional.empty();

    Tta tta() {
        return given.map(Tta::of).orElse(Tta.NONE);
    }
}
