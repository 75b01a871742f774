package cortado.train;

import cortado.train.Drawing.Align;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Precision, recall and F1 of the classes, the hardest first. */
final class ClassesPicture {
    private static final int MOST = 40;
    private static final double ROW = 19;
    private static final double NAME = 130;
    private static final double ACROSS = 240;
    private static final double TOP = 40;

    private ClassesPicture() {
    }

    /** {@return the classes in the order in which they are shown: by F1, the lowest first} */
    static int[] order(List<Rates> rates) {
        return IntStream.range(0, rates.size()).boxed().sorted(Comparator.comparingDouble(k -> rates.get(k).f1())).mapToInt(k -> k)
                .toArray();
    }

    static Figure of(Evaluation val) {
        List<Rates> rates = val.rates();
        int[] shown = Arrays.copyOf(order(rates), Math.min(MOST, rates.size()));
        Rates macro = Rates.macro(rates);
        return new Figure("classes", "Classes",
                String.format(Locale.ROOT, "%sMean over classes: precision %.1f %%, recall %.1f %%, "
                        + "F1 %.1f %%.", shown.length < rates.size() ? "The " + MOST + " hardest of " + rates.size() + ". " : "",
                        100 * macro.precision(), 100 * macro.recall(), 100 * macro.f1()),
                NAME + ACROSS + 50, TOP + ROW * shown.length + 40,
                d -> draw(d, val, rates, shown));
    }

    private static void draw(Drawing d, Evaluation val, List<Rates> rates, int[] shown) {
        Axis axis = Axis.over("", Axis.Scale.LINEAR, IntStream.of(shown).mapToObj(rates::get)
                .flatMapToDouble(r -> DoubleStream.of(100 * r.precision(), 100 * r.recall(), 100 * r.f1(), 100)));
        double bottom = TOP + ROW * shown.length;
        key(d, "precision", Ink.BLUE, 0);
        key(d, "recall", Ink.RED, 84);
        key(d, "F1", Ink.TEXT, 148);
        for (double v : axis.marks(5)) {
            double x = NAME + ACROSS * axis.place(v);
            d.line(x, TOP, x, bottom, Ink.GRID);
            d.text(axis.text(v, 5), x, bottom + 16, 11, Ink.FAINT, Align.CENTRE);
        }
        d.text("%", NAME + ACROSS, bottom + 32, 11, Ink.FAINT, Align.RIGHT);
        for (int i = 0; i < shown.length; i++) {
            Rates r = rates.get(shown[i]);
            double y = TOP + ROW * i + ROW / 2;
            d.text(d.fit(val.classes().get(shown[i]), 11.5, NAME - 10), NAME - 8, y + 4, 11.5, Ink.TEXT, Align.RIGHT);
            double p = NAME + ACROSS * axis.place(100 * r.precision());
            double q = NAME + ACROSS * axis.place(100 * r.recall());
            d.line(p, y, q, y, Ink.FAINT);
            d.dot(p, y, 4, Ink.BLUE);
            d.dot(q, y, 4, Ink.RED);
            d.dot(NAME + ACROSS * axis.place(100 * r.f1()), y, 2.5, Ink.TEXT);
            d.text(String.format(Locale.ROOT, "%.1f", 100 * r.f1()), NAME + ACROSS + 12, y + 4, 11, Ink.FAINT, Align.LEFT);
        }
    }

    private static void key(Drawing d, String name, Ink ink, double x) {
        d.dot(NAME + x + 5, 12, 4, ink);
        d.text(name, NAME + x + 14, 16, 11, Ink.TEXT, Align.LEFT);
    }
}
