package cortado.cli;

import cortado.io.Json;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The program. Without a command it shows help. */
@Command(name = "cortado", description = "Trains, explains and runs convolutional networks, in pure Java.",
        commandListHeading = "%nCommands:%n", footer = {
            "  cortado train                        LeNet-5 on built-in images of clothes",
            "  cortado train fashion-mnist          the same on all 60,000",
            "  cortado train photos/                your own: photos/train/<class>/*.jpg",
            "  cortado resume runs/x                goes on with a training that was killed, to the same bits",
            "  cortado predict cat.jpg              what the newest model sees in an image",
            "  cortado explain                      how gradients flow, with numbers",
            "",
            "cortado COMMAND --help tells more.",
            "Exit codes: 0 done, 1 a check failed, 2 bad input, 130 stopped by Ctrl-C,",
            "143 stopped by SIGTERM; both after saving."})
public final class Main implements Runnable {
    @Mixin
    private final Common common;

    private Main(Common common) {
        this.common = common;
    }

    @Override
    public void run() {
        Output o = common.output();
        String text = commandLine(o).getUsageMessage();
        if (o.json()) {
            help(text, o);
        } else {
            o.out().print(text);
            o.out().flush();
        }
    }

    /**
     * Runs one command and exits with its code.
     *
     * @param args what the user typed
     * @throws IOException if the launcher's stream for errors cannot be opened
     */
    public static void main(String[] args) throws IOException {
        String path = System.getProperty("cortado.stderr.path");
        PrintStream err = path == null ? stream(FileDescriptor.err, System.err.charset())
                : new PrintStream(new FileOutputStream(path, true), true, readable(System.err.charset()));
        System.setErr(err);
        // A warning from below is one line, without date and stack, whichever logger this Java has.
        System.setProperty("java.util.logging.SimpleFormatter.format", "cortado: %5$s%n");
        System.setProperty("jdk.system.logger.format", "cortado: %5$s%n");
        List<String> all = List.of(args);
        boolean json = all.contains("--json");
        PrintStream out = stream(FileDescriptor.out, json ? StandardCharsets.UTF_8 : System.out.charset());
        System.setOut(out);
        if (ChecksCommand.vectorBits() == 0) {
            err.println(
                    "cortado: 25 to 50 times slower than need be: this Java runs without its vector module, so numbers are computed one by one (to the same results);"
                            + " start it with --add-modules jdk.incubator.vector");
        }
        int code = run(new Output(out, err, Terminal.of(), json, all.contains("--debug")), args);
        System.exit(out.checkError() ? lost(err) : code);
    }

    /** What standard output did not take is missing from a file or a pipe; {@return the exit code for that}. */
    private static int lost(PrintStream err) {
        try (FileOutputStream again = new FileOutputStream(FileDescriptor.out)) {
            again.write('\n'); // a print stream forgets the reason: ask again
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                return Exit.READER_GONE; // as in `cortado summary | head -1`: no failure of ours
            }
            err.println("cortado: cannot write to standard output: " + e.getMessage());
            return Exit.BAD_INPUT;
        }
        err.println("cortado: some of standard output could not be written");
        return Exit.BAD_INPUT;
    }

    /** Standard output of a program that reads it by lines; ASCII, the answer of a bare environment, would lose letters. */
    private static PrintStream stream(FileDescriptor to, Charset charset) {
        return new PrintStream(new FileOutputStream(to), true, readable(charset));
    }

    private static Charset readable(Charset charset) {
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    /** Runs one command; {@return its exit code}. */
    static int run(Output output, String... args) {
        try {
            CommandLine cli = commandLine(output);
            if (!output.json()) {
                return cli.execute(args);
            }
            StringWriter text = new StringWriter();
            cli.setOut(new java.io.PrintWriter(text));
            int code = cli.execute(args);
            help(text.toString(), output);
            return code;
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            return Failures.report(e, output);
        }
    }

    /** What is written by picocli itself, help and completion, is text for people and one object for programs. */
    private static void help(String text, Output output) {
        if (!text.isEmpty()) {
            output.say(text.stripTrailing());
            output.tell(Json.object().with("event", "help").with("text", text));
        }
    }

    private static CommandLine commandLine(Output output) {
        Common common = new Common(output);
        CommandLine cli = new CommandLine(new Main(common))
                .addSubcommand("train", new TrainCommand(new Common(output)))
                .addSubcommand("resume", new ResumeCommand(new Common(output)))
                .addSubcommand("reproduce", new ReproduceCommand(new Common(output)))
                .addSubcommand("lr-find", new LrFindCommand(new Common(output)))
                .addSubcommand("augment", new AugmentCommand(new Common(output)))
                .addSubcommand("recipes", new RecipesCommand(new Common(output)))
                .addSubcommand("val", new ValCommand(new Common(output)))
                .addSubcommand("report", new ReportCommand(new Common(output)))
                .addSubcommand("predict", new PredictCommand(new Common(output)))
                .addSubcommand("summary", new SummaryCommand(new Common(output)))
                .addSubcommand("gradcheck", new GradcheckCommand(new Common(output)))
                .addSubcommand("explain", new ExplainCommand(new Common(output)))
                .addSubcommand("bench", new BenchCommand(new Common(output)))
                .addSubcommand("checks", new ChecksCommand(new Common(output)))
                .addSubcommand("version", new VersionCommand(new Common(output)))
                .addSubcommand("generate-completion", new GenerateCompletion())
                .addSubcommand("help", new CommandLine.HelpCommand());
        cli.setOut(new java.io.PrintWriter(output.out(), true));
        cli.setErr(new java.io.PrintWriter(output.err(), true));
        cli.setColorScheme(CommandLine.Help.defaultColorScheme(output.terminal().stdout() && output.terminal().colour()
                ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        List<CommandLine> all = new ArrayList<>(cli.getSubcommands().values());
        all.add(cli);
        for (CommandLine c : all) {
            c.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(true).footerHeading("%nExamples:%n");
        }
        cli.setUsageHelpWidth(Math.clamp(output.terminal().columns(), 60, 110));
        cli.setAbbreviatedOptionsAllowed(false).setCaseInsensitiveEnumValuesAllowed(true);
        cli.setExecutionExceptionHandler((e, at, result) -> Failures.report(e, output));
        cli.setParameterExceptionHandler((e, words) -> Failures.usage(e, output));
        return cli;
    }
}
