package cortado.train;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * One side of a chart.
 *
 * @param title what runs along it, with its unit
 * @param from  least value
 * @param to    greatest value, above it
 * @param scale how values become places
 */
record Axis(String title, double from, double to, Scale scale) {
    /** How values become places. */
    enum Scale {
        /** Evenly. */
        LINEAR,
        /** Evenly, marked at whole numbers alone. */
        WHOLE,
        /** By logarithm; values must be above 0. */
        LOG
    }

    private static final double ROOM = 0.04;
    private static final int MOST_MARKS = 20;
    private static final String[] RAISED = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

    /** An axis that has room for values; those that are no numbers do not count, nor what a logarithm does not take. */
    static Axis over(String title, Scale scale, DoubleStream values) {
        double[] v = values.filter(x -> Double.isFinite(x) && (scale != Scale.LOG || x > 0)).toArray();
        double low = Arrays.stream(v).min().orElse(scale == Scale.LOG ? 0.1 : 0);
        double high = Arrays.stream(v).max().orElse(1);
        if (scale == Scale.LOG) {
            double step = low == high ? 3 : StrictMath.pow(high / low, ROOM);
            return new Axis(title, Math.max(low / step, Double.MIN_NORMAL), Math.min(high * step, Double.MAX_VALUE / 4), scale);
        }
        double room = low == high ? Math.max(Math.abs(low) * ROOM, Math.abs(low) < Double.MIN_NORMAL ? 1 : 0) : ROOM * (high - low);
        return new Axis(title, low >= 0 ? Math.max(0, low - room) : low - room, high + room, scale);
    }

    /** {@return where a value stands, 0 at the beginning, 1 at the end; not finite if it stands nowhere} */
    double place(double v) {
        return scale == Scale.LOG ? (StrictMath.log10(v) - StrictMath.log10(from)) / (StrictMath.log10(to) - StrictMath.log10(from))
                : (v - from) / (to - from);
    }

    /** {@return the values to mark, at most about so many} */
    double[] marks(int most) {
        double decades = StrictMath.log10(to) - StrictMath.log10(from);
        if (scale == Scale.LOG && decades >= 1) {
            int every = (int) Math.ceil(decades / most);
            return LongStream.rangeClosed((long) Math.ceil(StrictMath.log10(from)), (long) Math.floor(StrictMath.log10(to)))
                    .filter(k -> k % every == 0).mapToDouble(k -> StrictMath.pow(10, k)).toArray();
        }
        double step = step(most);
        double first = Math.ceil(from / step);
        double count = Math.floor(to / step) - first;
        return count >= 0 && count <= MOST_MARKS
                ? DoubleStream.iterate(0, k -> k <= count, k -> k + 1).map(k -> (first + k) * step).toArray() : new double[0];
    }

    /** The least of 1, 2, 5, 10 … that leaves at most so many. */
    private double step(int most) {
        double rough = (to - from) / most;
        double ten = StrictMath.pow(10, Math.floor(StrictMath.log10(rough)));
        double step = rough <= ten ? ten : rough <= 2 * ten ? 2 * ten : rough <= 5 * ten ? 5 * ten : 10 * ten;
        return scale == Scale.WHOLE ? Math.max(1, step) : step;
    }

    /** {@return how a marked value is written} */
    String text(double v, int most) {
        double decades = StrictMath.log10(to) - StrictMath.log10(from);
        if (scale == Scale.LOG && decades >= 1) {
            return power(1, (int) Math.round(StrictMath.log10(v)));
        }
        double step = step(most);
        int digits = (int) Math.max(0, -Math.floor(StrictMath.log10(step) + 1e-9));
        double greatest = Math.max(Math.abs(from), Math.abs(to));
        if (digits > 4 || greatest >= 1e6) {
            if (v == 0) {
                return "0";
            }
            int ten = (int) Math.floor(StrictMath.log10(Math.abs(v)) + 1e-9);
            return power(v / StrictMath.pow(10, ten), ten);
        }
        return String.format(Locale.ROOT, "%,." + digits + "f", v).replace('-', '−');
    }

    private static String power(double factor, int ten) {
        StringBuilder raised = new StringBuilder(ten < 0 ? "⁻" : "");
        Integer.toString(Math.abs(ten)).chars().forEach(c -> raised.append(RAISED[c - '0']));
        String f = String.format(Locale.ROOT, "%.1f", factor).replaceFirst("\\.0$", "").replace('-', '−');
        return (f.equals("1") ? "" : f + "·") + "10" + raised;
    }
}
