package cortado.cli;

import cortado.graph.Model;
import cortado.train.Tta;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a model is shown of each image. */
final class TtaOptions {
    @Option(names = "--tta", paramLabel = "WHAT",
            description = "Test-time augmentation: none, or flip, which judges an image by the mean of its probabilities and its"
                    + " mirror image's (default none; for a trained model, what its training was judged by).")
    private Optional<String> given = Optional.empty();

    /** What was said, if anything. */
    Optional<Tta> said() {
        return given.map(Tta::of);
    }

    /** What was said, or else what the model's training was judged by; says so where that is more than the image. */
    Tta of(Model model, Output o) {
        Tta trained = Optional.ofNullable(model.provenance().get("tta")).map(Tta::of).orElse(Tta.NONE);
        if (given.isEmpty() && trained != Tta.NONE) {
            o.note("--tta " + trained.word() + ", as its training was judged; --tta none takes images as they are");
        }
        return said().orElse(trained);
    }
}
