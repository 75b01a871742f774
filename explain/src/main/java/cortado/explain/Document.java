package cortado.explain;

import java.util.List;

/**
 * An explanation, ready to be shown by {@link Text} or {@link Html}.
 *
 * @param title    what is explained
 * @param subtitle one sentence
 * @param parts    in order
 */
public record Document(String title, String subtitle, List<Part> parts) {
    /** Copies the parts. */
    public Document {
        parts = List.copyOf(parts);
    }

    /** {@return every check in it} */
    public List<Part.Check> checks() {
        return parts.stream().filter(Part.Check.class::isInstance).map(Part.Check.class::cast).toList();
    }

    /** {@return the checks that failed} */
    public List<Part.Check> failures() {
        return checks().stream().filter(c -> !c.passed()).toList();
    }

    /** {@return whether every check passed} */
    public boolean ok() {
        return failures().isEmpty();
    }

    /** {@return one line: how many checks passed or failed} */
    public String verdict() {
        int all = checks().size();
        int failed = failures().size();
        return failed == 0 ? (all == 1 ? "1 check, passed" : all + " checks, all passed")
                : failed + " of " + all + " checks FAILED";
    }
}
