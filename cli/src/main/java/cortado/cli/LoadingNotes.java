package cortado.cli;

import cortado.data.Loading;
import cortado.io.Json;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Shows how reading image files goes, if it takes longer than a glance. Each image that is left out is named once, the more than
 * {@value #NAMED} at the end only counted; with {@code --json} all are told.
 */
final class LoadingNotes implements Consumer<Loading> {
    private static final int NAMED = 10;

    private final Output output;
    private final Set<String> skipped = new HashSet<>();
    private int counted;
    private Meter meter;

    LoadingNotes(Output output) {
        this.output = output;
        this.meter = new Meter(output, "reading", "images");
    }

    @Override
    public void accept(Loading told) {
        switch (told) {
            case Loading.Read r -> read(r);
            case Loading.Done d -> done(d);
            case Loading.Skipped s -> {
                if (skipped.add(s.reason())) {
                    output.tell(Json.object().with("event", "skipped").with("message", s.reason()));
                    if (skipped.size() <= NAMED) {
                        output.note("skipped: " + s.reason());
                    }
                }
            }
        }
    }

    /** A data set may be opened again for the network's size of images: nothing is told twice. */
    private void done(Loading.Done d) {
        if (d.skipped() > 0 && skipped.size() > counted) {
            counted = skipped.size();
            output.tell(Json.object().with("event", "read").with("images", d.images()).with("skipped", d.skipped()));
            output.note(String.format(Locale.ROOT, "skipped %,d of %,d images, which cannot be read%s", d.skipped(), d.images(),
                    skipped.size() > NAMED ? " (--json names all)" : ""));
        }
    }

    private void read(Loading.Read r) {
        if (r.images() == 1) {
            meter = new Meter(output, "reading", "images");
        }
        meter.at(r.images(), r.of());
    }
}
