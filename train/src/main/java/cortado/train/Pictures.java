package cortado.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        List<Runnable> all = new ArrayList<>();
        Charts.of(run).forEach(f -> all.add(() -> f.canvas().save(folder.resolve(f.name() + ".png"))));
        run.val().ifPresent(val -> {
            all.add(() -> ImageSheet.mistakes(run, val).save(folder));
            all.add(() -> ImageSheet.confused(run, val).save(folder));
        });
        if (!run.batch().isEmpty()) {
            all.add(() -> ImageSheet.batch(run.batch()).save(folder));
        }
        run.filters().ifPresent(f -> all.add(() -> f.canvas().save(folder.resolve("filters.png"))));
        all.parallelStream().forEach(Runnable::run);
    }
}
