package cortado.cli;

import cortado.io.Json;
import cortado.train.AugmentationSheet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws what augmentation does to training images, before a training does. */
@Command(name = "augment", description = "Draw training images as augmentation changes them, with the options of train.",
        footer = {
            "  cortado augment fashion-mnist-small --crop 2 --flip",
            "  cortado augment photos/ --aa rand-m9-n2 --reprob 0.25 --cutmix 1 --output sheet.png"})
final class AugmentCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Option(names = "--images", paramLabel = "N", defaultValue = "10", description = "How many (default ${DEFAULT-VALUE}).")
    private int images;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "6",
            description = "Epochs that are shown (default ${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--output", paramLabel = "FILE", defaultValue = "augment.png",
            description = "The picture (default ${DEFAULT-VALUE}).")
    private Path picture;

    AugmentCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Setup setup = training.setup(o);
        AugmentationSheet.draw(setup.settings(), setup.data(), images, rows, picture);
        o.tell(Json.object().with("event", "augment").with("picture", picture).with("images", images).with("rows", rows));
        o.say("picture: " + picture);
        return Exit.OK;
    }
}
