package cortado.cli;

import cortado.io.Json;
import cortado.testkit.Finding;
import cortado.testkit.GradCheck;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Holds every gradient of a network against finite differences. */
@Command(name = "gradcheck",
        description = {"Hold every gradient of a network against central differences in double precision.",
            "Exit code 1 if one is wrong."},
        footer = {
            "  cortado gradcheck lenet5",
            "  cortado gradcheck my-net.json --input 3x32x32",
            "  cortado gradcheck runs/mnist-lenet5-1 --samples 100"})
final class GradcheckCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Option(names = {"-b", "--batch", "--batch-size"}, paramLabel = "N", defaultValue = "2",
            description = "Images in the batch (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "12",
            description = "Elements checked of each tensor (default ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Decides images, labels and elements (default ${DEFAULT-VALUE}).")
    private long seed;

    GradcheckCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Source source = model.source(o);
        Meter meter = new Meter(o, "checking", "gradients");
        List<Finding> findings = GradCheck.check(source.graph(), source.parameters(seed), batch, seed, samples, (found, of) -> {
            o.tell(json(found.getLast()));
            meter.at(found.size(), of);
        });
        Table table = new Table("gradient of", "shape", ">checked", ">kinks", ">worst error", "");
        for (Finding f : findings) {
            boolean passed = f.passed(GradCheck.TOLERANCE);
            table.row(f.tensor(), f.shape().toString(), Texts.count(f.checked()), Texts.count(f.kinks()),
                    Texts.small(f.error()), passed ? "ok" : "WRONG");
        }
        table.print(o);
        List<String> wrong = findings.stream().filter(f -> !f.passed(GradCheck.TOLERANCE)).map(Finding::tensor).toList();
        double worst = findings.stream().mapToDouble(Finding::error).max().orElse(0);
        o.tell(Json.object().with("event", "done").with("model", source.name()).with("worst_error", worst)
                .with("passed", wrong.isEmpty()));
        o.say(wrong.isEmpty()
                ? o.style(Output.Style.GREEN, "passed") + ": every gradient of " + source.name()
                        + " agrees with central differences (worst relative error " + Texts.small(worst) + "; allowed "
                        + Texts.small(GradCheck.TOLERANCE) + " beyond the rounding of the differences themselves)"
                : o.style(Output.Style.RED, "failed") + ": " + String.join(", ", wrong) + " of " + source.name()
                        + " differ from central differences by more than " + Texts.small(GradCheck.TOLERANCE));
        return wrong.isEmpty() ? Exit.OK : Exit.CHECK_FAILED;
    }

    private static Json.Obj json(Finding f) {
        return Json.object().with("tensor", f.tensor()).with("shape", f.shape()).with("error", f.error())
                .with("beyond_rounding", f.excess()).with("checked", f.checked()).with("kinks", f.kinks())
                .with("passed", f.passed(GradCheck.TOLERANCE));
    }
}
