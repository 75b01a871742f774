package cortado.cli;

import cortado.train.Footprint;
import java.util.Locale;

/** Numbers as people read them. */
final class Texts {
    private Texts() {
    }

    /** {@code 61,706}; an empty cell for 0. */
    static String count(long n) {
        return n == 0 ? "" : String.format(Locale.ROOT, "%,d", n);
    }

    /** {@code 12.3 MB}. */
    static String bytes(long n) {
        return n < 1_000_000 ? String.format(Locale.ROOT, "%.1f kB", n / 1e3)
                : n < 1_000_000_000 ? String.format(Locale.ROOT, "%.1f MB", n / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", n / 1e9);
    }

    /** {@code 1.05 GB (a step 620.0 MB, …)}. */
    static String memory(Footprint f) {
        return exact(f.total()) + " (a step " + bytes(f.plan()) + ", judging " + bytes(f.judging())
                + ", weights and what the optimizer keeps " + bytes(f.weights()) + ", batches ahead " + bytes(f.batches())
                + (f.data() == 0 ? "" : ", data " + bytes(f.data())) + ", Java " + bytes(f.java()) + ")";
    }

    /** {@code 1.05 GB}: three digits, so that two can be compared. */
    static String exact(long n) {
        return n < 1_000_000_000 ? String.format(Locale.ROOT, "%.0f MB", n / 1e6) : String.format(Locale.ROOT, "%.2f GB", n / 1e9);
    }

    /** {@code 8 s}, {@code 3:07}, {@code 1:02:03}. */
    static String time(double seconds) {
        long s = Math.max(0, Math.round(seconds));
        return s < 60 ? s + " s" : s < 3600 ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /** {@code 87.1 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** {@code 0.1234}, and {@code 2.070e+25} where that many digits say nothing. */
    static String loss(double x) {
        return String.format(Locale.ROOT, x < 1e6 ? "%.4f" : "%.4g", x);
    }

    /** {@code 2.6e-09}. */
    static String small(double x) {
        return String.format(Locale.ROOT, "%.1e", x);
    }
}
