package cortado.cli;

import cortado.io.Hint;
import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.train.Provenance;
import cortado.train.Run;
import cortado.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Goes on with a training that was killed, stopped or failed. */
@Command(name = "resume", description = "Go on with a training that was killed or stopped, to the same weights, bit for bit.",
        footer = {
            "  cortado resume runs/digits-lenet5-1",
            "  cortado resume runs/digits-lenet5-1 --threads 8     the same bits",
            "",
            "It begins at the newest whole checkpoint, or at the start if there is none,",
            "and ends with the same weights as if it had never been interrupted.",
            "Settings are those of the run's config.json."})
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final RunOptions options = new RunOptions();

    ResumeCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        try (Interrupt interrupt = new Interrupt(); Run run = Run.resume(options.folder(), ChecksCommand.machine())) {
            run.damaged().forEach(d -> {
                o.note(o.noteStyle(Output.Style.YELLOW, "damaged:") + " " + d);
                o.tell(Json.object().with("event", "damaged").with("message", d));
            });
            if (run.complete()) {
                List<String> edited = Provenance.read(run.folder()).edited(run.folder());
                if (!edited.isEmpty()) {
                    throw new FormatException("the run " + run.folder() + " is complete, but its settings have changed since: "
                            + String.join("; ", edited) + "; put them back, or train anew by them: " + again(run));
                }
                List<String> faults = run.faults();
                if (faults.isEmpty()) {
                    return complete(o, run.folder());
                }
                restore(o, run, faults);
            } else if (run.checkpoint().isEmpty()) {
                o.note("there is no " + (run.damaged().isEmpty() ? "" : "whole ") + "checkpoint yet: beginning at the start");
            } else if (!run.damaged().isEmpty()) {
                o.note("taking the newest whole checkpoint instead");
            }
            warn(o, run);
            Setup setup = options.setup(o, run.checkpoint().isPresent());
            try (Trainer trainer = new Trainer(setup.settings(), setup.network(), setup.data())) {
                return new Training(o, setup, run).go(trainer, interrupt);
            }
        }
    }

    /** A run that came to its end but lost a model goes on from its last checkpoint, which is that end. */
    private static void restore(Output o, Run run, List<String> faults) {
        if (run.checkpoint().isEmpty()) {
            throw new FormatException(faults.getFirst() + "; no whole checkpoint is left to write it anew from, so train it again: "
                    + again(run));
        }
        faults.forEach(f -> o.note(o.noteStyle(Output.Style.YELLOW, "damaged:") + " " + f));
        o.note("writing the run's models anew from its newest checkpoint");
    }

    private static void warn(Output o, Run run) {
        List<String> changes = run.otherCode();
        if (!changes.isEmpty()) {
            String message = String.join("; ", changes) + "; only with the same code and JDK are the same bits promised";
            o.note(o.noteStyle(Output.Style.YELLOW, "changed since it began:") + " " + message);
            o.tell(Json.object().with("event", "changed").with("message", message));
        }
    }

    private static String again(Run run) {
        return Places.command() + " train -c " + Hint.quoted(run.folder().resolve(Run.CONFIG)) + " --output DIR";
    }

    private static int complete(Output o, Path run) {
        Provenance p = Provenance.read(run);
        o.tell(Json.object().with("event", "complete").with("run", run).with("model", run.resolve(Run.BEST))
                .with("weights_sha256", p.text("best_sha256")).with("last_sha256", p.text("last_sha256")));
        Training.weights(o, p.text("best_sha256").orElse("unknown"), p.text("last_sha256").orElse("unknown"));
        o.say("the run " + run + " is complete: there is nothing to go on with; try: " + Places.command() + " reproduce "
                + Hint.quoted(run));
        return Exit.OK;
    }
}
