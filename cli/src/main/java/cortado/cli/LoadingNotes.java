package cortado.cli;

import cortado.data.Loading;
import cortado.io.Json;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Shows on standard error how reading image files goes, if it takes longer than a glance: on a terminal a line that updates itself,
 * elsewhere a line every few seconds. Each image that is left out is named once, the more than {@value #NAMED} at the end only
 * counted; with {@code --json} all are told.
 */
final class LoadingNotes implements Consumer<Loading> {
    private static final int NAMED = 10;
    private static final double PATIENCE = 1.5;
    private static final double REDRAW_SECONDS = 0.1;
    private static final double PLAIN_SECONDS = 3;

    private final Output output;
    private final Set<String> skipped = new HashSet<>();
    private int counted;
    private long begin;
    private double shown;

    LoadingNotes(Output output) {
        this.output = output;
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
            begin = System.nanoTime();
            shown = PATIENCE;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        boolean last = r.images() == r.of();
        boolean terminal = output.terminal().stderr();
        if (last ? seconds > PATIENCE : seconds >= shown) {
            shown = seconds + (terminal ? REDRAW_SECONDS : PLAIN_SECONDS);
            String text = String.format(Locale.ROOT, "reading images: %,d of %,d, %,.0f images/s", r.images(), r.of(),
                    r.images() / seconds);
            if (terminal) {
                output.err().print("\r" + text + "\u001b[K" + (last ? "\n" : ""));
                output.err().flush();
            } else {
                output.note(text);
            }
        }
    }
}
