package cortado.cli;

import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.tensor.ShapeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line for a person, one object for a program, and an exit code. */
final class Failures {
    private Failures() {
    }

    /** Reports what a command threw; {@return the exit code}. */
    static int report(Throwable t, Output output) {
        String message = message(t);
        String line = message.lines().map(String::strip).filter(l -> !l.isEmpty()).reduce((a, b) -> a + " " + b).orElse("failed");
        output.err().println(output.noteStyle(Output.Style.RED, "cortado:") + " " + line);
        if (output.debug()) {
            t.printStackTrace(output.err());
        }
        output.tell(Json.object().with("event", "error").with("message", line));
        return expected(t) ? Exit.BAD_INPUT : Exit.INTERNAL;
    }

    /** Reports what a command line lacks or has too much of; {@return the exit code}. */
    static int usage(ParameterException e, Output output) {
        String hint = "";
        if (e instanceof UnmatchedArgumentException u) {
            List<String> near = u.getSuggestions();
            hint = near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near.subList(0, Math.min(2, near.size()))) + "?";
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = e.getMessage().lines().findFirst().orElse("");
        message = message.replaceFirst("^Invalid value for option '(.*)': '(.*)' is not an? (int|long)$",
                "$1: expected a whole number, received $2");
        message = message.replaceFirst("^Invalid value for option '(.*)': '(.*)' is not an? double$",
                "$1: expected a number, received $2");
        message = message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
        return report(new CommandLine.PicocliException(message + hint + " (" + command + " --help lists all)"), output);
    }

    private static boolean expected(Throwable t) {
        return t instanceof FormatException || t instanceof ShapeException || t instanceof IOException
                || t instanceof UncheckedIOException || t instanceof OutOfMemoryError || t instanceof InvalidPathException
                || t instanceof ArithmeticException || t instanceof CommandLine.PicocliException;
    }

    private static String message(Throwable t) {
        return switch (t) {
            case NoSuchFileException e -> e.getFile() + ": no such file or folder";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileAlreadyExistsException e -> e.getFile() + ": exists already";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            case OutOfMemoryError e -> "out of memory: the heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB is full; use a smaller batch (-b), smaller images, or more memory (CORTADO_JAVA_OPTS=-Xmx8g)";
            case UncheckedIOException e when e.getCause().toString().equals(e.getMessage()) -> message(e.getCause());
            case Throwable e when expected(e) -> String.valueOf(e.getMessage());
            default -> "a mistake in Cortado itself: " + t + "; run it again with --debug and report what it prints";
        };
    }
}
