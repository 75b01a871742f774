package cortado.train;

import cortado.train.Drawing.Align;
import java.util.ArrayList;
import java.util.List;

/**
 * A chart: two axes and what stands between them. The vertical axis is named above it, so that nobody has to turn the head.
 *
 * @param x     to the right
 * @param y     up
 * @param marks what is drawn, the first below
 */
record Plot(Axis x, Axis y, List<Mark> marks) {
    private static final double SMALL = 11;
    private static final double BOTTOM = 38;

    /** What is drawn. One without a name is not in the legend. */
    sealed interface Mark {
        String name();

        Ink ink();
    }

    /** Values joined by a line, broken where one is no number. */
    record Line(String name, Ink ink, double[] at, double[] value, double width, boolean dashed, double dots) implements Mark {
        static Line of(String name, Ink ink, double[] at, double[] value) {
            return new Line(name, ink, at, value, 1.8, false, at.length <= 40 ? 2.2 : 0);
        }

        /** Without a name, in the background. */
        static Line guide(double x1, double y1, double x2, double y2) {
            return new Line("", Ink.FAINT, new double[] {x1, x2}, new double[] {y1, y2}, 1, true, 0);
        }
    }

    /** Bars from 0, each over a stretch of the horizontal axis. */
    record Bars(String name, Ink ink, double[] left, double[] right, double[] value) implements Mark {
    }

    /** One value. */
    record Dot(String name, Ink ink, double at, double value, double radius) implements Mark {
    }

    void draw(Drawing d, double width, double height) {
        List<Mark> named = marks.stream().filter(m -> !m.name().isEmpty()).toList();
        double top = 22 + legend(d, named, width);
        double down = height - top - BOTTOM;
        int rows = (int) Math.max(2, down / 34);
        double[] ys = y.marks(rows);
        double left = 8;
        for (double v : ys) {
            left = Math.max(left, d.width(y.text(v, rows), SMALL) + 8);
        }
        double across = width - left - 10;
        d.text(y.title(), 0, 11, SMALL, Ink.FAINT, Align.LEFT);
        for (double v : ys) {
            double h = top + down * (1 - y.place(v));
            d.line(left, h, left + across, h, Ink.GRID);
            d.text(y.text(v, rows), left - 6, h + 4, SMALL, Ink.FAINT, Align.RIGHT);
        }
        int columns = (int) Math.max(2, across / 56);
        for (double v : x.marks(columns)) {
            double w = left + across * x.place(v);
            d.line(w, top + down, w, top + down + 4, Ink.FAINT);
            d.text(x.text(v, columns), w, top + down + 16, SMALL, Ink.FAINT, Align.CENTRE);
        }
        d.line(left, top + down, left + across, top + down, Ink.FAINT);
        d.text(x.title(), left + across, height - 5, SMALL, Ink.FAINT, Align.RIGHT);
        for (Mark m : marks) {
            switch (m) {
                case Line l -> line(d, l, left, top, across, down);
                case Bars b -> bars(d, b, left, top, across, down);
                case Dot p -> d.dot(left + across * x.place(p.at), top + down * (1 - y.place(p.value)), p.radius, p.ink);
            }
        }
    }

    /** Names beside samples of their marks, in rows; {@return the height they take}. */
    private static double legend(Drawing d, List<Mark> named, double width) {
        double at = 0;
        double row = 27;
        for (Mark m : named) {
            double w = 22 + d.width(m.name(), SMALL) + 14;
            if (at > 0 && at + w > width) {
                at = 0;
                row += 16;
            }
            switch (m) {
                case Line l -> d.line(new double[] {at, at + 16}, new double[] {row - 4, row - 4}, l.width, l.dashed, l.ink);
                case Bars b -> d.box(at + 2, row - 9, 12, 9, b.ink);
                case Dot p -> d.dot(at + 8, row - 4, Math.min(p.radius, 4.5), p.ink);
            }
            d.text(m.name(), at + 22, row, SMALL, Ink.TEXT, Align.LEFT);
            at += w;
        }
        return named.isEmpty() ? 0 : row - 10;
    }

    private void line(Drawing d, Line l, double left, double top, double across, double down) {
        List<double[]> run = new ArrayList<>();
        for (int i = 0; i < l.at.length; i++) {
            double[] p = {left + across * x.place(l.at[i]), top + down * (1 - y.place(l.value[i]))};
            if (Double.isFinite(p[0]) && Double.isFinite(p[1])) {
                run.add(p);
                if (l.dots > 0) {
                    d.dot(p[0], p[1], l.dots, l.ink);
                }
            } else {
                flush(d, l, run);
            }
        }
        flush(d, l, run);
    }

    private static void flush(Drawing d, Line l, List<double[]> run) {
        if (run.size() > 1) {
            d.line(run.stream().mapToDouble(p -> p[0]).toArray(), run.stream().mapToDouble(p -> p[1]).toArray(), l.width, l.dashed,
                    l.ink);
        } else if (run.size() == 1 && l.dots == 0) {
            d.dot(run.getFirst()[0], run.getFirst()[1], l.width, l.ink);
        }
        run.clear();
    }

    private void bars(Drawing d, Bars b, double left, double top, double across, double down) {
        for (int i = 0; i < b.value.length; i++) {
            double h = down * y.place(b.value[i]);
            double from = left + across * x.place(b.left[i]);
            double to = left + across * x.place(b.right[i]);
            if (h > 0 && to > from) {
                d.box(from + 0.75, top + down - h, Math.max(0.5, to - from - 1.5), h, b.ink);
            }
        }
    }
}
