package cortado.train;

import cortado.io.Checked;
import cortado.io.Json;
import java.util.Arrays;
import java.util.List;

/**
 * How numbers spread: counts of equal bins.
 *
 * @param from   where the first bin begins
 * @param to     where the last bin ends; what lies outside is counted in the nearest bin
 * @param counts one a bin
 * @param left   how many numbers fit no bin: zeros, where the bins are of logarithms
 */
public record Histogram(double from, double to, List<Integer> counts, int left) {
    /** Bins of every histogram. */
    static final int BINS = 32;
    /** The range of magnitudes, in powers of ten. */
    private static final int LOW = -12;
    private static final int HIGH = 4;

    /** Copies the list. */
    public Histogram {
        counts = List.copyOf(counts);
    }

    /**
     * {@return numbers from −m to m, m being the greatest magnitude}
     * @param values finite numbers
     */
    static Histogram of(double[] values) {
        double m = Arrays.stream(values).map(Math::abs).max().orElse(0);
        return count(Arrays.stream(values).toArray(), -m, m, 0);
    }

    /**
     * {@return the logarithms to base 10 of the magnitudes of numbers, −12 … 4; zeros are left out}
     * @param values finite numbers
     */
    static Histogram ofMagnitudes(double[] values) {
        double[] logs = Arrays.stream(values).filter(v -> v != 0).map(v -> StrictMath.log10(Math.abs(v))).toArray();
        return count(logs, LOW, HIGH, values.length - logs.length);
    }

    private static Histogram count(double[] values, double from, double to, int left) {
        Integer[] counts = new Integer[BINS];
        Arrays.fill(counts, 0);
        for (double v : values) {
            counts[to > from ? Math.clamp((long) Math.floor((v - from) / (to - from) * BINS), 0, BINS - 1) : BINS / 2]++;
        }
        return new Histogram(from, to, List.of(counts), left);
    }

    /** {@return {@code {"from":…,"to":…,"counts":[…],"left":…}}} */
    Json.Obj json() {
        return Json.object().with("from", from).with("to", to).with("counts", counts).with("left", left);
    }

    /** {@return what {@link #json} wrote}; throws {@link cortado.tensor.FormatException}. */
    static Histogram of(Checked o) {
        List<Integer> counts = Checked.wholes(o.json().get("counts").orElse(new Json.Null()), o.where() + ": counts");
        if (counts.isEmpty()) {
            throw o.wrong("counts", "a list with a count for every bin");
        }
        return new Histogram(o.number("from"), o.number("to"), counts, o.whole("left"));
    }
}
