package cortado.cli;

import cortado.io.Hint;
import cortado.io.Json;
import cortado.train.Event;
import cortado.train.Footprint;
import cortado.train.Outcome;
import cortado.train.Position;
import cortado.train.Run;
import cortado.train.Trainer;
import cortado.train.Tta;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** A training that leaves a run, as a person sees it: begun or gone on with, stopped, failed or done. */
final class Training {
    private final Output o;
    private final Setup setup;
    private final Run run;
    private final Progress progress;
    private int steps;
    private long told;
    private volatile boolean stopping;
    private boolean stopped;

    /**
     * @param o     where to tell it
     * @param setup what is trained
     * @param run   its folder
     */
    Training(Output o, Setup setup, Run run) {
        this.o = o;
        this.setup = setup;
        this.run = run;
        this.progress = new Progress(o);
    }

    /** Trains from the run's newest whole checkpoint, or from the start; {@return the exit code}. */
    int go(Trainer trainer, Interrupt interrupt) {
        trainer.initial().ifPresent(i -> o.note(i.text()));
        interrupt.stops(() -> {
            o.note("");
            o.note("stopping: finishing the step, saving and judging");
            stopping = true;
            trainer.stop();
        });
        try {
            Outcome outcome = run.checkpoint().map(c -> trainer.resume(c, this::listen))
                    .orElseGet(() -> trainer.fit(this::listen));
            ended(outcome);
            return stopped ? Exit.INTERRUPTED : Exit.OK;
        } catch (OutOfMemoryError | UncheckedIOException e) {
            progress.clear();
            o.note("what was saved is kept; once there is room, go on with: " + resume(run.folder()));
            throw e;
        } finally {
            progress.clear();
        }
    }

    /** The command that goes on with a run. */
    static String resume(Path run) {
        return Places.command() + " resume " + Hint.quoted(run);
    }

    /** The hashes that a run is compared by. */
    static void weights(Output o, String best, String last) {
        o.note("best weights: " + best + "  (SHA-256 of the tensors, not of the file)");
        o.note("last weights: " + last);
    }

    private void listen(Event event) {
        if (event instanceof Event.Done || event instanceof Event.Stopped) {
            System.gc(); // so that the report's pictures find room where steps left garbage
        }
        run.accept(event);
        switch (event) {
            case Event.Started s -> started(s);
            case Event.Resumed r -> o.note("going on " + place(r.at()));
            case Event.Save s when stopping -> o.note("saved " + place(s.checkpoint().at()));
            case Event.Stopped s -> stopped = true;
            default -> {
                // the rest is progress
            }
        }
        progress.accept(event);
    }

    private void started(Event.Started s) {
        steps = s.steps();
        told = s.memory().total();
        o.note(String.format(Locale.ROOT, "%s: %,d images to learn from, %,d held out, %d classes", s.data().name(),
                s.data().train().size(), s.data().test().size(), s.data().classes().size()));
        o.note(String.format(Locale.ROOT, "%s: %,d parameters, images of %s", s.settings().model(), s.parameters(),
                s.data().image()));
        o.note("memory: " + Texts.memory(s.memory()));
        o.note("run: " + run.folder());
    }

    private String place(Position at) {
        return at.batch() == 0 ? "after epoch " + at.epoch()
                : "in epoch " + (at.epoch() + 1) + " after step " + at.batch() + " of " + steps;
    }

    private void ended(Outcome outcome) {
        Json.Obj summary = run.summary(stopped ? "stopped" : "done", outcome);
        OptionalLong took = Footprint.peak();
        o.tell(took.isEmpty() ? summary
                : summary.with("memory", Json.object().with("told", told).with("took", took.getAsLong())));
        took.ifPresent(bytes -> o.note("memory: told " + Texts.exact(told) + ", took " + Texts.exact(bytes)));
        if (!stopped && outcome.epochs() < setup.settings().epochs()) {
            o.note("stopped early: no epoch was better than epoch " + outcome.bestEpoch() + " for " + setup.settings().patience()
                    + " epochs (--patience)");
        }
        weights(o, Run.hash(outcome.best()), Run.hash(outcome.last()));
        if (stopped) {
            o.note("go on with: " + resume(run.folder()));
        }
        o.note("report: " + run.folder().resolve(Run.REPORT));
        o.say(last(outcome));
    }

    private String last(Outcome outcome) {
        Path best = run.folder().resolve(Run.BEST);
        String next = setup.data().name().equals(TrainingOptions.DATA) ? ", " + Places.command() + " train fashion-mnist" : "";
        String form = "%stop-1 %s on %,d held-out images%s (epoch %d of %d, %s); model: %s; try: %s predict IMAGE%s";
        return String.format(Locale.ROOT, form, stopped ? "stopped: " : "",
                o.style(Output.Style.BOLD, Texts.percent(outcome.val().top1())), outcome.val().images(),
                outcome.val().tta() == Tta.FLIP ? " and their mirror images" : "", outcome.bestEpoch(),
                outcome.epochs(), Texts.time(outcome.seconds()), best, Places.command(), next);
    }
}
