package cortado.train;

import cortado.train.Drawing.Align;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Histograms of weights and gradients, a row per layer: filled as they were last looked at, outlined at the first step. */
final class HistogramPicture {
    private static final int MOST = 24;
    private static final double ROW = 34;
    private static final double WIDTH = 420;
    private static final double NAME = 104;
    private static final double COLUMN = 138;
    private static final double GAP = 34;
    private static final double TOP = 26;
    private static final double SMALL = 10.5;

    private final List<LayerSample> first;
    private final List<LayerSample> last;
    private final int low;
    private final int high;

    private HistogramPicture(List<LayerSample> first, List<LayerSample> last) {
        this.first = first;
        this.last = last;
        int[] used = IntStream.range(0, Histogram.BINS).filter(b -> any(first, b) || any(last, b)).toArray();
        this.low = used.length == 0 ? 0 : used[0] / 2 * 2;
        this.high = used.length == 0 ? Histogram.BINS : used[used.length - 1] / 2 * 2 + 2;
    }

    private static boolean any(List<LayerSample> samples, int bin) {
        return samples.stream().anyMatch(s -> bin < s.gradients().counts().size() && s.gradients().counts().get(bin) > 0);
    }

    static Optional<Figure> of(RunRecord run) {
        List<LayerSample> last = chosen(run.looks().getLast().layers());
        if (last.isEmpty()) {
            return Optional.empty();
        }
        HistogramPicture p = new HistogramPicture(run.looks().getFirst().layers(), last);
        int layers = run.looks().getLast().layers().size();
        String which = layers > MOST ? String.format(Locale.ROOT, " %d of %d layers, evenly chosen.", MOST, layers) : "";
        RunRecord.Look look = run.looks().getLast();
        return Optional.of(new Figure("histograms", "Weights and gradients",
                String.format(Locale.ROOT, "Filled: epoch %d, step %d. Outlined: the first step.%s", look.epoch(), look.step(),
                        which),
                WIDTH, TOP + ROW * last.size() + 40, p::draw));
    }

    private static List<LayerSample> chosen(List<LayerSample> all) {
        return all.size() <= MOST ? all
                : IntStream.range(0, MOST).mapToObj(i -> all.get(i * (all.size() - 1) / (MOST - 1))).toList();
    }

    private void draw(Drawing d) {
        double gradients = NAME + COLUMN + GAP;
        d.text("weights", NAME, 11, 11, Ink.FAINT, Align.LEFT);
        d.text("size of gradients", gradients, 11, 11, Ink.FAINT, Align.LEFT);
        for (int k = 0; k < last.size(); k++) {
            LayerSample now = last.get(k);
            double base = TOP + ROW * (k + 1);
            List<LayerSample> then = first.stream().filter(s -> s.name().equals(now.name())).limit(1).toList();
            d.text(d.fit(now.layer(), SMALL, NAME - 8), 0, base - 4, SMALL, Ink.TEXT, Align.LEFT);
            row(d, now.weights(), then.stream().map(LayerSample::weights).toList(), NAME, base, Ink.BLUE);
            d.text(reach(now.weights()), NAME + COLUMN + 3, base - 4, 9, Ink.FAINT, Align.LEFT);
            row(d, cut(now.gradients()), then.stream().map(s -> cut(s.gradients())).toList(), gradients, base, Ink.RED);
        }
        double base = TOP + ROW * last.size();
        d.line(NAME + COLUMN / 2, TOP, NAME + COLUMN / 2, base, Ink.FAINT.at(0.5));
        d.text("0", NAME + COLUMN / 2, base + 14, SMALL, Ink.FAINT, Align.CENTRE);
        Axis axis = new Axis("", Math.pow(10, -12 + low / 2), Math.pow(10, -12 + high / 2), Axis.Scale.LOG);
        for (double v : axis.marks(4)) {
            d.text(axis.text(v, 4), gradients + COLUMN * axis.place(v), base + 14, SMALL, Ink.FAINT, Align.CENTRE);
        }
        d.text("own scale in each row: from −max to +max", NAME, base + 32, 9.5, Ink.FAINT, Align.LEFT);
        d.text("powers of ten", gradients + COLUMN, base + 32, 9.5, Ink.FAINT, Align.RIGHT);
    }

    private static String reach(Histogram h) {
        double m = h.to();
        return !Double.isFinite(m) ? "" : "±" + (m >= 0.01 && m < 100 ? String.format(Locale.ROOT, "%.2f", m) : String.format(
                Locale.ROOT, "%.0e", m).replaceFirst("e([-+])0?", "e$1").replace("e+", "e"));
    }

    /** The used range of the magnitudes alone. */
    private Histogram cut(Histogram h) {
        return new Histogram(h.from(), h.to(), h.counts().subList(low, Math.min(high, h.counts().size())), h.left());
    }

    private static void row(Drawing d, Histogram now, List<Histogram> then, double left, double base, Ink ink) {
        double high = ROW - 8;
        d.line(left, base, left + COLUMN, base, Ink.GRID);
        double bin = COLUMN / now.counts().size();
        double most = most(now);
        for (int b = 0; b < now.counts().size(); b++) {
            double h = high * now.counts().get(b) / most;
            if (h > 0) {
                d.box(left + b * bin, base - h, bin, h, ink.at(0.55));
            }
        }
        for (Histogram h : then) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int b = 0; b < h.counts().size(); b++) {
                double v = base - high * h.counts().get(b) / most(h);
                x.addAll(List.of(left + b * bin, left + (b + 1) * bin));
                y.addAll(List.of(v, v));
            }
            d.line(x.stream().mapToDouble(v -> v).toArray(), y.stream().mapToDouble(v -> v).toArray(), 0.9, false,
                    Ink.TEXT.at(0.6));
        }
    }

    private static double most(Histogram h) {
        return Math.max(1, h.counts().stream().mapToInt(n -> n).max().orElse(1));
    }
}
