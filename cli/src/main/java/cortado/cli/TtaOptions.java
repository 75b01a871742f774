package cortado.cli;

import cortado.train.Tta;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a model is shown of each image. */
final class TtaOptions {
    @Option(names = "--tta", paramLabel = "WHAT",
            description = "Test-time augmentation: flip takes the mean of the probabilities of an image and its mirror image.")
    private Optional<String> given = Optional.empty();

    Tta tta() {
        return given.map(Tta::of).orElse(Tta.NONE);
    }
}
