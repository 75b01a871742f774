package cortado.cli;

import cortado.train.Event;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Shows a training on standard error: on a terminal one line that updates itself, elsewhere a plain line every ten seconds, and
 * a line for every epoch.
 */
final class Progress implements Consumer<Event> {
    private static final double REDRAW_SECONDS = 0.1;
    private static final double PLAIN_SECONDS = 10;
    private static final double TELL_SECONDS = 1;
    private static final int BAR = 24;
    /** Columns left free: a terminal echoes Ctrl-C as ^C, which must not begin a new line. */
    private static final int RIGHT = 3;

    private final Output output;
    private final String block;
    private final String rest;
    private double shown;
    private double told = -TELL_SECONDS; // the first step is told at once
    private boolean open;

    Progress(Output output) {
        this.output = output;
        boolean blocks = output.err().charset().newEncoder().canEncode('█');
        this.block = blocks ? "█" : "#";
        this.rest = blocks ? "░" : ".";
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.Started s -> output.tell(s.json());
            case Event.Progress p -> progress(p);
            case Event.EpochEnd e -> {
                clear();
                output.note(line(e));
                output.tell(e.json());
            }
            case Event.Resumed r -> output.tell(r.json());
            case Event.FirstBatch b -> {
            }
            case Event.Layers l -> {
            }
            case Event.Save s -> output.tell(s.json());
            case Event.Done d -> clear();
            case Event.Stopped s -> clear();
            case Event.Failed f -> clear();
        }
    }

    /** Ends the line that updates itself, so that something else can be written. */
    void clear() {
        if (open) {
            output.err().print("\r\u001b[K");
            output.err().flush();
            open = false;
        }
    }

    private void progress(Event.Progress p) {
        boolean terminal = output.terminal().stderr();
        if (p.seconds() - shown >= (terminal ? REDRAW_SECONDS : PLAIN_SECONDS)) {
            shown = p.seconds();
            if (terminal) {
                output.err().print("\r" + fitted(p) + "\u001b[K");
                output.err().flush();
                open = true;
            } else {
                output.note(text(p) + String.format(Locale.ROOT, "  %.0f %%", 100 * p.done()));
            }
        }
        if (output.json() && p.seconds() - told >= TELL_SECONDS) {
            told = p.seconds();
            output.tell(p.json());
        }
    }

    /** With a bar where there is room for it, cut where there is none. */
    private String fitted(Event.Progress p) {
        String text = text(p);
        int room = output.terminal().columns() - RIGHT;
        int bar = Math.min(BAR, room - text.length() - 8);
        if (bar < 6) {
            return text.substring(0, Math.min(text.length(), room));
        }
        int full = (int) Math.round(p.done() * bar);
        return output.noteStyle(Output.Style.GREEN, block.repeat(full))
                + output.noteStyle(Output.Style.DIM, rest.repeat(bar - full))
                + String.format(Locale.ROOT, " %3.0f %%  ", 100 * p.done()) + text;
    }

    private static String text(Event.Progress p) {
        double left = p.done() > 0 ? p.seconds() * (1 - p.done()) / p.done() : 0;
        return String.format(Locale.ROOT, "epoch %d  loss %s  %,.0f images/s  ETA %s", p.epoch(), Texts.loss(p.loss()),
                p.imagesPerSecond(), Texts.time(left));
    }

    private String line(Event.EpochEnd e) {
        int digits = Integer.toString(e.epochs()).length();
        String form = "epoch %" + digits + "d/%d  loss %s  val %s  top-1 %s  %,.0f images/s  %s";
        String text = String.format(Locale.ROOT, form, e.epoch(), e.epochs(), Texts.loss(e.trainLoss()), Texts.loss(e.val().loss()),
                Texts.percent(e.val().top1()), e.imagesPerSecond(), Texts.time(e.seconds()));
        return e.best() ? text + output.noteStyle(Output.Style.GREEN, "  best") : text;
    }
}
