package cortado.cli;

import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.train.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a run's report and pictures anew. */
@Command(name = "report", description = "Write a run's report.html and pictures, while it trains or at any time after.",
        footer = {
            "  cortado report                           of the newest run",
            "  cortado report runs/digits-lenet5-3"})
final class ReportCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "A run's folder (default: the newest below runs/).")
    private Optional<Path> run = Optional.empty();

    ReportCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Path folder = run.or(() -> Source.newest().map(Path::getParent)).orElseThrow(() -> new FormatException(
                "there is no run below " + Source.RUNS + "; train one (" + Places.command() + " train), or name its folder"));
        if (!Files.isDirectory(folder)) {
            throw new FormatException("there is no folder " + folder + "; give the folder of a run");
        }
        Path report = Run.report(folder, d -> {
            o.note(o.noteStyle(Output.Style.YELLOW, "left out:") + " " + d);
            o.tell(Json.object().with("event", "damaged").with("message", d));
        });
        o.tell(Json.object().with("event", "report").with("run", folder).with("report", report));
        o.say("report: " + report);
        return Exit.OK;
    }
}
