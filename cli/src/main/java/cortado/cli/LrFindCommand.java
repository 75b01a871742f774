package cortado.cli;

import cortado.io.AtomicFile;
import cortado.tensor.FormatException;
import cortado.train.RateFinder;
import cortado.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for a learning rate. */
@Command(name = "lr-find",
        description = "Suggest a learning rate: let it grow step by step and watch the loss (Smith's range test).",
        footer = {
            "  cortado lr-find                              for train without anything",
            "  cortado lr-find photos/ --model resnet18     for your own data and network",
            "  cortado lr-find mnist --opt sgd --steps 400  for another optimizer, more slowly"})
final class LrFindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Mixin
    private final Common common;

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Option(names = "--start-lr", paramLabel = "RATE", defaultValue = "1e-6",
            description = "First rate (default ${DEFAULT-VALUE}).")
    private double from;

    @Option(names = "--end-lr", paramLabel = "RATE", defaultValue = "10", description = "Last rate (default ${DEFAULT-VALUE}).")
    private double to;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "200",
            description = "Steps in between (default ${DEFAULT-VALUE}); it ends before if the loss explodes.")
    private int steps;

    @Option(names = "--output", paramLabel = "FILE", defaultValue = "lr-find.png",
            description = "The picture (default ${DEFAULT-VALUE}).")
    private Path picture;

    LrFindCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        if (command.commandLine().getParseResult().hasMatchedOption("--lr")) {
            throw new FormatException("--lr means nothing with lr-find, which looks for it; leave it out,"
                    + " or give --start-lr and --end-lr");
        }
        AtomicFile.writable(picture);
        Setup setup = training.setup(o);
        RateFinder found;
        try (Trainer trainer = new Trainer(setup.settings(), setup.network(), setup.data())) {
            o.note(setup.settings().model() + " on " + setup.data().name() + " with " + setup.settings().optimizer().name() + ": "
                    + steps + " steps of " + setup.settings().batch() + " images");
            found = RateFinder.run(trainer, from, to, steps, done -> progress(o, done));
        }
        progress(o, 0);
        if (found.steps().size() < 3) {
            throw new ArithmeticException("the loss explodes at the first rate of " + from + "; give a smaller --start-lr");
        }
        found.picture(picture);
        o.tell(found.json().with("picture", picture));
        if (found.suggestion().isEmpty()) {
            o.say("the loss falls nowhere between " + from + " and " + to + "; picture: " + picture);
            return Exit.CHECK_FAILED;
        }
        o.note(String.format(Locale.ROOT, "the loss falls from %.1e on, fastest at %.1e, and is lowest at %.1e",
                found.falling().orElseThrow(), found.fastest().orElseThrow(), found.lowest().orElseThrow()));
        o.say(String.format(Locale.ROOT, "suggested: --lr %.1e; picture: %s", found.suggestion().get(), picture));
        return Exit.OK;
    }

    /** A line that overwrites itself, on a terminal alone; 0 clears it. */
    private void progress(Output o, int done) {
        if (o.terminal().stderr()) {
            o.err().print(done == 0 ? "\r\u001b[K" : "\rstep " + done + " of " + steps);
            o.err().flush();
        }
    }
}
