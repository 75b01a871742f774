package cortado.train;

import cortado.train.Canvas.Align;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;

/**
 * A chart of lines over epochs.
 *
 * @param file  the picture's name
 * @param title above
 * @param unit  of the vertical axis
 * @param lines one value per epoch each
 * @param best  epoch that is marked
 * @param note  what it is marked for
 */
record Curves(String file, String title, String unit, List<Line> lines, int best, String note) {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 540;
    private static final int LEFT = 84;
    private static final int RIGHT = WIDTH - 28;
    private static final int TOP = 84;
    private static final int BOTTOM = HEIGHT - 62;

    /**
     * @param name   for the legend
     * @param colour of line and legend
     * @param x      epochs
     * @param y      values
     */
    record Line(String name, Color colour, List<Integer> x, List<Double> y) {
    }

    /** A scale from values to pixels, with marks at round numbers. */
    private record Axis(double low, double high, double mark, int from, int to) {
        static Axis of(double low, double high, int marks, double least, int from, int to) {
            double rough = Math.max((high - low) / marks, least);
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double mark = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
            return new Axis(low, high, mark, from, to);
        }

        double at(double v) {
            return from + (v - low) / (high - low) * (to - from);
        }

        String text(double v) {
            int digits = (int) Math.max(0, -Math.floor(Math.log10(mark) + 1e-9));
            return String.format(java.util.Locale.ROOT, "%." + digits + "f", v);
        }
    }

    Canvas draw() {
        Canvas c = new Canvas(WIDTH, HEIGHT);
        c.title(title, LEFT, 34);
        int last = lines.getFirst().x().getLast();
        Axis x = Axis.of(last > 1 ? 1 : 0.5, last > 1 ? last : 1.5, 12, 1, LEFT + 12, RIGHT - 12);
        double low = lines.stream().flatMap(l -> l.y().stream()).mapToDouble(v -> v).min().orElse(0);
        double high = lines.stream().flatMap(l -> l.y().stream()).mapToDouble(v -> v).max().orElse(1);
        double room = Math.max((high - low) * 0.06, 1e-3);
        Axis y = Axis.of(Math.max(0, low - room), high + room, 6, 1e-6, BOTTOM, TOP);
        axes(c, x, y);
        c.draw(new java.awt.geom.Line2D.Double(x.at(best), TOP, x.at(best), BOTTOM), 1, Canvas.FAINT);
        boolean leftward = x.at(best) > WIDTH / 2.0;
        c.text(note, x.at(best) + (leftward ? 6 : -6), TOP - 8, 12, Canvas.FAINT, leftward ? Align.RIGHT : Align.LEFT);
        int at = LEFT;
        for (Line l : lines) {
            plot(c, l, x, y);
            c.box(at, 52, 22, 3, l.colour());
            c.text(l.name(), at + 29, 58, 13, Canvas.INK, Align.LEFT);
            at += 29 + Canvas.width(l.name(), 13) + 28;
        }
        return c;
    }

    private void axes(Canvas c, Axis x, Axis y) {
        for (double v = Math.ceil(y.low / y.mark) * y.mark; v <= y.high; v += y.mark) {
            c.line(LEFT, y.at(v), RIGHT, y.at(v), Canvas.GRID);
            c.text(y.text(v), LEFT - 9, y.at(v) + 4.5, 12, Canvas.FAINT, Align.RIGHT);
        }
        for (double v = x.mark == 1 ? 1 : x.mark; v <= x.high; v += x.mark) {
            c.line(x.at(v), BOTTOM, x.at(v), BOTTOM + 5, Canvas.FAINT);
            c.text(x.text(v), x.at(v), BOTTOM + 21, 12, Canvas.FAINT, Align.CENTRE);
        }
        c.line(LEFT, BOTTOM, RIGHT, BOTTOM, Canvas.FAINT);
        c.text("epoch", (LEFT + RIGHT) / 2.0, BOTTOM + 44, 13, Canvas.INK, Align.CENTRE);
        c.upwards(unit, 26, (TOP + BOTTOM) / 2.0, 13, Canvas.INK, Align.CENTRE);
    }

    private static void plot(Canvas c, Line l, Axis x, Axis y) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < l.x().size(); i++) {
            double px = x.at(l.x().get(i));
            double py = y.at(l.y().get(i));
            if (i == 0) {
                path.moveTo(px, py);
            } else {
                path.lineTo(px, py);
            }
            if (l.x().size() <= 60) {
                c.fill(new Ellipse2D.Double(px - 3, py - 3, 6, 6), l.colour());
            }
        }
        c.draw(path, 2, l.colour());
    }
}
