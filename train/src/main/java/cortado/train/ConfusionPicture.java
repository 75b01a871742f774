package cortado.train;

import cortado.train.Canvas.Align;
import java.awt.Color;
import java.util.List;
import java.util.Locale;

/** The confusion matrix: a row per true class, a column per predicted class, coloured by the share of the row. */
final class ConfusionPicture {
    private static final int NAMED = 40;
    private static final Color PAPER = new Color(0xF4, 0xF6, 0xFA);
    private static final Color LIGHT = new Color(0x6B, 0xAE, 0xD6);
    private static final Color DARK = new Color(0x08, 0x30, 0x6B);

    private final Evaluation val;
    private final List<String> classes;
    private final int cell;
    private final int left;
    private final int top;

    private ConfusionPicture(Evaluation val, List<String> classes) {
        this.val = val;
        this.classes = classes;
        int k = classes.size();
        this.cell = k <= 12 ? 52 : k <= 20 ? 40 : Math.max(1, 880 / k);
        int names = k > NAMED ? 30 : Math.min(150, classes.stream().mapToInt(n -> Canvas.width(n, 12)).max().orElse(0));
        this.left = 60 + names;
        this.top = 112 + names;
    }

    static Canvas draw(Evaluation val, List<String> classes) {
        return new ConfusionPicture(val, classes).draw();
    }

    private Canvas draw() {
        int side = cell * classes.size();
        Canvas c = new Canvas(Math.max(560, left + side + 150), top + side + 40);
        c.title("Confusion", 24, 36);
        c.text(String.format(Locale.ROOT, "%,d held-out images, %.1f %% right; numbers are images", val.images(), 100 * val.top1()),
                24, 58, 13, Canvas.FAINT, Align.LEFT);
        c.text("seen as", left + side / 2.0, 88, 13, Canvas.INK, Align.CENTRE);
        c.upwards("is", 34, top + side / 2.0, 13, Canvas.INK, Align.CENTRE);
        boolean named = classes.size() <= NAMED;
        if (named) {
            c.text("right", left + side + 10, top - 10, 12, Canvas.FAINT, Align.LEFT);
        }
        for (int row = 0; row < classes.size(); row++) {
            row(c, row, named);
        }
        legend(c, left + side + (named ? 78 : 24), Math.min(side, 260));
        return c;
    }

    private void row(Canvas c, int row, boolean named) {
        List<Integer> counts = val.confusion().get(row);
        int total = counts.stream().mapToInt(n -> n).sum();
        int y = top + row * cell;
        for (int column = 0; column < counts.size(); column++) {
            int n = counts.get(column);
            double share = total == 0 ? 0 : (double) n / total;
            int x = left + column * cell;
            c.box(x, y, cell > 4 ? cell - 1 : cell, cell > 4 ? cell - 1 : cell, shade(share));
            if (n > 0 && cell >= 22) {
                c.text(Integer.toString(n), x + cell / 2.0, y + cell / 2.0 + 4.5, cell >= 40 ? 13 : 9,
                        share > 0.3 ? Color.WHITE : Canvas.INK, Align.CENTRE);
            }
        }
        if (named) {
            int size = cell >= 18 ? 12 : 10;
            String name = Canvas.fit(classes.get(row), 12, 150);
            c.text(name, left - 9, y + cell / 2.0 + 4, size, Canvas.INK, Align.RIGHT);
            c.upwards(name, left + row * cell + cell / 2.0 + 4, top - 9, size, Canvas.INK, Align.LEFT);
            String right = total == 0 ? "none" : String.format(Locale.ROOT, "%.0f %%", 100.0 * counts.get(row) / total);
            c.text(right, left + cell * classes.size() + 10, y + cell / 2.0 + 4, size, Canvas.FAINT, Align.LEFT);
        }
    }

    private void legend(Canvas c, int x, int height) {
        for (int i = 0; i < height; i++) {
            c.box(x, top + i, 14, 1, shade(1 - (double) i / height));
        }
        c.text("100 % of row", x, top - 10, 10, Canvas.FAINT, Align.LEFT);
        c.text("0", x + 20, top + height, 11, Canvas.FAINT, Align.LEFT);
        c.text("50", x + 20, top + height / 2.0 + 4, 11, Canvas.FAINT, Align.LEFT);
    }

    /** White over light to dark blue; the root lifts the few mistakes out of the white. */
    private static Color shade(double share) {
        double t = 2 * Math.sqrt(share);
        return t < 1 ? between(PAPER, LIGHT, t) : between(LIGHT, DARK, t - 1);
    }

    private static Color between(Color a, Color b, double t) {
        float[] from = a.getRGBColorComponents(null);
        float[] to = b.getRGBColorComponents(null);
        float s = (float) t;
        return new Color(from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1]), from[2] + s * (to[2] - from[2]));
    }
}
