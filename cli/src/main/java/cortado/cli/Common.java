package cortado.cli;

import picocli.CommandLine.Option;

/** Options that every command has. {@link Main} has looked for the first two before parsing, since errors depend on them too. */
final class Common {
    private final Output output;

    @Option(names = "--json", order = 1000,
            description = "Print JSON objects, one a line, on standard output; the rest on standard error.")
    private boolean json;

    @Option(names = "--debug", order = 1001, description = "Show where an error comes from.")
    private boolean debug;

    @Option(names = {"-h", "--help"}, order = 1002, usageHelp = true,
            description = "Show this help.")
    private boolean help;

    Common(Output output) {
        this.output = output;
    }

    Output output() {
        return output;
    }
}
