package cortado.cli;

import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.train.Event;
import cortado.train.Outcome;
import cortado.train.Provenance;
import cortado.train.Run;
import cortado.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Does a run's training again and compares. */
@Command(name = "reproduce",
        description = "Train a run again, as its config.json says, and compare the weights' hashes with those it ended with.",
        footer = {
            "  cortado reproduce runs/digits-lenet5-1",
            "",
            "It writes nothing. Exit codes: 0 the same bits, 1 others; then it names what",
            "has changed since: settings, data, code, Java, machine."})
final class ReproduceCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final RunOptions options = new RunOptions();

    ReproduceCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Path run = options.folder();
        Provenance then = Provenance.read(run);
        if (!then.finished()) {
            throw new FormatException("the run " + run + " has not come to its end, so there is nothing to compare with; "
                    + Training.resume(run) + " first");
        }
        List<String> changes = new ArrayList<>();
        note(o, then.edited(run), changes);
        Setup setup = options.setup(o, false);
        Progress progress = new Progress(o);
        Outcome outcome;
        try (Trainer trainer = new Trainer(setup.settings(), setup.network(), setup.data())) {
            outcome = trainer.fit(e -> {
                if (e instanceof Event.Started s) {
                    note(o, then.differences(Provenance.of(s, ChecksCommand.machine())), changes);
                }
                progress.accept(e);
            });
        } finally {
            progress.clear();
        }
        return compare(o, run, then, outcome, changes);
    }

    private static void note(Output o, List<String> some, List<String> changes) {
        some.forEach(c -> o.note("changed since: " + c));
        changes.addAll(some);
    }

    private static int compare(Output o, Path run, Provenance then, Outcome outcome, List<String> changes) {
        String best = Run.hash(outcome.best());
        String last = Run.hash(outcome.last());
        Optional<String> oldBest = then.text("best_sha256");
        Optional<String> oldLast = then.text("last_sha256");
        boolean same = oldBest.equals(Optional.of(best)) && oldLast.equals(Optional.of(last));
        o.tell(Json.object().with("event", "reproduced").with("run", run).with("same", same).with("weights_sha256", best)
                .with("last_sha256", last).with("expected_weights_sha256", oldBest).with("expected_last_sha256", oldLast)
                .with("changes", changes));
        line(o, "best", oldBest, best);
        line(o, "last", oldLast, last);
        o.say(same ? o.style(Output.Style.GREEN, "the same") + " weights, bit for bit: " + run + " is reproduced"
                : o.style(Output.Style.RED, "other") + " weights than those of " + run + (changes.isEmpty()
                        ? ": settings, data, code, Java and machine are the same, so its provenance.json or its network's file"
                                + " was changed"
                        : "; changed since: " + String.join("; ", changes)));
        return same ? Exit.OK : Exit.CHECK_FAILED;
    }

    private static void line(Output o, String which, Optional<String> then, String now) {
        boolean same = then.equals(Optional.of(now));
        o.note(which + " weights: " + (same ? "the same, " : "other, ") + now
                + (same ? "" : " (expected " + then.orElse("nothing") + ")"));
    }
}
