package cortado.cli;

import cortado.explain.Document;
import cortado.explain.Explain;
import cortado.explain.Html;
import cortado.explain.MatrixText;
import cortado.explain.Text;
import cortado.io.AtomicFile;
import cortado.io.Json;
import cortado.op.AvgPool2d;
import cortado.op.MaxPool2d;
import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows with numbers how an op computes and how gradients flow through it. */
@Command(name = "explain",
        description = {"Show with numbers how a convolutional network computes and learns.",
            "Without OP: the whole walk from convolution to cross-entropy. Exit code 1 if a number does not agree with its check."},
        footer = {
            "  cortado explain --html",
            "  cortado explain conv2d --x \"1 2 3; 4 5 6; 7 8 9\" --w \"1 0; -1 2\" --pad 1",
            "  cortado explain maxpool2d --x \"1 2 3 4; 5 6 7 8\" --kernel 2 --dy \"1 2\"",
            "  cortado explain softmax-cross-entropy --x \"2 1 -1\" --label 1"})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "OP",
            description = "conv2d, maxpool2d, avgpool2d, relu or softmax-cross-entropy.")
    private Optional<String> op = Optional.empty();

    @Option(names = "--x", paramLabel = "MATRIX",
            description = "Input: rows separated by ; and numbers by blanks (default: an example).")
    private Optional<String> x = Optional.empty();

    @Option(names = "--w", paramLabel = "MATRIX", description = "Kernel of conv2d (default: an example).")
    private Optional<String> w = Optional.empty();

    @Option(names = "--b", paramLabel = "NUMBER", description = "Bias of conv2d (default: none).")
    private Optional<String> b = Optional.empty();

    @Option(names = "--dy", paramLabel = "MATRIX", description = "Gradient that arrives at the output (default: 1 everywhere).")
    private Optional<String> dy = Optional.empty();

    @Mixin
    private final WindowOptions window = new WindowOptions();

    @Option(names = "--label", paramLabel = "N", defaultValue = "0",
            description = "True class of softmax-cross-entropy, from 0 (default ${DEFAULT-VALUE}).")
    private int label;

    @Option(names = "--html", paramLabel = "FILE", arity = "0..1", fallbackValue = "explain.html",
            description = "Write a page with real mathematics too (default: ${FALLBACK-VALUE}).")
    private Optional<Path> html = Optional.empty();

    ExplainCommand(Common common) {
        this.common = common;
    }

    /** What can be explained, by the names people type. */
    enum Kind {
        /** Its kernel is --w. */
        CONV2D("--x", "--w", "--b", "--dy", "--stride", "--pad", "--dilation"),
        /** Its kernel is a size. */
        MAXPOOL2D("--x", "--dy", "--kernel", "--stride", "--pad", "--dilation", "--ceil"),
        /** The same; padding may count or not. */
        AVGPOOL2D("--x", "--dy", "--kernel", "--stride", "--pad", "--dilation", "--ceil", "--count-include-pad"),
        /** Element by element. */
        RELU("--x", "--dy"),
        /** Its gradient begins here, so that none arrives. */
        SOFTMAX_CROSS_ENTROPY("--x", "--label");

        /** Options that say nothing about an op. */
        private static final Set<String> GENERAL = Set.of("--html", "--json", "--debug", "--help");
        private final List<String> options;

        Kind(String... options) {
            this.options = List.of(options);
        }

        static Kind named(String text) {
            return Arrays.stream(values()).filter(k -> k.text().equals(text)).findFirst().orElseThrow(() -> new FormatException(
                    "there is no explanation of " + text + "; there are " + Arrays.stream(values()).map(Kind::text)
                            .collect(Collectors.joining(", "))));
        }

        /** Refuses an op's option where no op is named. */
        static void none(String option) {
            if (!GENERAL.contains(option)) {
                throw new FormatException(option + " needs an op; there are " + Arrays.stream(values()).map(Kind::text)
                        .collect(Collectors.joining(", ")));
            }
        }

        /** Refuses an option that would be ignored. */
        void expect(String option) {
            if (!options.contains(option) && !GENERAL.contains(option)) {
                throw new FormatException(this == CONV2D && option.equals("--kernel")
                        ? "conv2d has no option --kernel: its kernel is given by --w"
                        : text() + " has no option " + option + "; it has " + String.join(", ", options));
            }
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Optional<Kind> kind = op.map(Kind::named);
        options().forEach(option -> kind.ifPresentOrElse(k -> k.expect(option), () -> Kind.none(option)));
        Document d = kind.map(this::document).orElseGet(Explain::notes);
        if (!o.json()) {
            Terminal t = o.terminal();
            o.out().print(Text.render(d, t.colour() && t.stdout(), Math.min(t.columns(), 120)));
        }
        html.ifPresent(file -> AtomicFile.write(file, Html.render(d)));
        o.tell(Json.object().with("title", d.title()).with("passed", d.ok()).with("html", html)
                .with("checks", d.checks().stream().map(c -> Json.object().with("what", c.what()).with("difference", c.difference())
                        .with("tolerance", c.tolerance()).with("passed", c.passed())).toList()));
        o.note(html.map(file -> "page: " + file).orElse("as a page with real mathematics: add --html"));
        return d.ok() ? Exit.OK : Exit.CHECK_FAILED;
    }

    /** The options on the command line, each by its first name. */
    private List<String> options() {
        return spec.commandLine().getParseResult().matchedOptions().stream().map(option -> option.names()[0]).toList();
    }

    private Document document(Kind k) {
        return switch (k) {
            case CONV2D -> {
                Tensor kernel = matrix("--w", w, "1 0; -1 2");
                yield Explain.conv2d(matrix("--x", x, "1 2 3; 4 5 6; 7 8 9"), kernel, b.map(t -> MatrixText.parse("--b", t)),
                        window.of(kernel.shape().dim(0), kernel.shape().dim(1)), gradient());
            }
            case MAXPOOL2D -> Explain.maxpool2d(matrix("--x", x, "1 2 5 3; 4 0 1 1; 2 2 9 8; 3 7 6 7"),
                    new MaxPool2d(window.ofPooling(), window.ceil()), gradient());
            case AVGPOOL2D -> Explain.avgpool2d(matrix("--x", x, "1 2 5 3; 4 0 1 1; 2 2 9 8; 3 7 6 7"),
                    new AvgPool2d(window.ofPooling(), window.ceil(), window.countPadding()), gradient());
            case RELU -> Explain.relu(matrix("--x", x, "1 -2; 0 3"), gradient());
            case SOFTMAX_CROSS_ENTROPY -> Explain.softmaxCrossEntropy(matrix("--x", x, "2 1 -1"), label);
        };
    }

    private static Tensor matrix(String what, Optional<String> text, String example) {
        return MatrixText.parse(what, text.orElse(example));
    }

    private Optional<Tensor> gradient() {
        return dy.map(t -> MatrixText.parse("--dy", t));
    }
}
