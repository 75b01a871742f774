package cortado.cli;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows on standard error how something long goes, if it takes longer than a glance: on a terminal a line that updates itself,
 * elsewhere a line every few seconds.
 */
final class Meter {
    private static final double PATIENCE = 1.5;
    private static final double REDRAW_SECONDS = 0.1;
    private static final double PLAIN_SECONDS = 3;

    private final Output output;
    private final String what;
    private final String unit;
    private final LongSupplier clock;
    private final long begin;
    private double next = PATIENCE;
    private boolean open;

    /**
     * @param what is being done, {@code judging}
     * @param unit what is counted, {@code images}
     */
    Meter(Output output, String what, String unit) {
        this(output, what, unit, System::nanoTime);
    }

    Meter(Output output, String what, String unit, LongSupplier clock) {
        this.clock = clock;
        this.begin = clock.getAsLong();
        this.output = output;
        this.what = what;
        this.unit = unit;
    }

    /** So many are done of all. The last ends the line. */
    void at(int done, int of) {
        double seconds = (clock.getAsLong() - begin) / 1e9;
        boolean last = done == of;
        if (last ? seconds > PATIENCE : seconds >= next) {
            next = seconds + (output.terminal().stderr() ? REDRAW_SECONDS : PLAIN_SECONDS);
            String text = text(done, of, seconds);
            if (output.terminal().stderr()) {
                output.err().print("\r" + text + "\u001b[K");
                output.err().flush();
                open = true;
            } else {
                output.note(text);
            }
        }
        if (last && open) {
            output.note("");
            open = false;
        }
    }

    private String text(int done, int of, double seconds) {
        double each = done / seconds;
        String speed = String.format(Locale.ROOT, each < 10 ? "%.1f" : "%,.0f", each);
        return String.format(Locale.ROOT, "%s: %,d of %,d %s, %s a second, %s", what, done, of, unit, speed,
                done == of ? "in " + Texts.time(seconds) : "ETA " + Texts.time((of - done) / each));
    }
}
