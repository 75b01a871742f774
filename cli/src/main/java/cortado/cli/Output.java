package cortado.cli;

import cortado.io.Json;
import java.io.PrintStream;

/**
 * Where a command writes. What was asked for goes to standard output; progress, notes and errors go to standard error. With
 * {@code --json} standard output holds JSON objects only, one a line, and what is for people goes to standard error.
 *
 * @param out      standard output
 * @param err      standard error
 * @param terminal who reads them
 * @param json     whether {@code --json} was given
 * @param debug    whether {@code --debug} was given
 */
record Output(PrintStream out, PrintStream err, Terminal terminal, boolean json, boolean debug) {

    /** A line for a person that is what the command was called for. */
    void say(String line) {
        (json ? err : out).println(line);
    }

    /** A line for a person on the side. */
    void note(String line) {
        err.println(line);
    }

    /** An object for a program, written only with {@code --json}. */
    void tell(Json.Obj object) {
        if (json) {
            out.println(object.text());
            out.flush();
        }
    }

    /** Text for {@link #say}, in a style where a person reads it. */
    String style(Style style, String text) {
        return style.on(text, terminal.colour() && (json ? terminal.stderr() : terminal.stdout()));
    }

    /** Text for {@link #note}, in a style where a person reads it. */
    String noteStyle(Style style, String text) {
        return style.on(text, terminal.colour() && terminal.stderr());
    }

    /** How text looks on a terminal. */
    enum Style {
        BOLD("1"), DIM("2"), RED("31"), GREEN("32"), YELLOW("33");

        private final String code;

        Style(String code) {
            this.code = code;
        }

        private String on(String text, boolean terminal) {
            return terminal ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
        }
    }
}
