package cortado.train;

import cortado.io.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pictures of a run as files, drawn from its folder. */
final class Pictures {
    /** Images with the greatest losses that are shown. */
    static final int TOP_LOSSES = 24;
    /** Confused pairs that are shown. */
    static final int PAIRS = 8;
    /** Images of each pair. */
    static final int PER_PAIR = 6;

    private Pictures() {
    }

    static void write(RunRecord run) {
        Path folder = run.folder();
        Charts.of(run).forEach(f -> f.canvas().save(folder.resolve(f.name() + ".png")));
        run.val().ifPresent(val -> {
            ImageSheet.mistakes(run, val).save(folder);
            ImageSheet.confused(run, val).save(folder);
        });
        if (!run.batch().isEmpty()) {
            ImageSheet.batch(run.batch()).save(folder);
        }
        if (Files.exists(folder.resolve(Run.BEST))) {
            FilterPicture.draw(ModelFile.read(folder.resolve(Run.BEST))).ifPresent(c -> c.save(folder.resolve("filters.png")));
        }
    }
}
