package cortado.train;

import cortado.train.Drawing.Align;
import java.util.List;
import java.util.Locale;

/** The confusion matrix: a row per true class, a column per predicted class, coloured by the share of the row. */
final class ConfusionPicture {
    /** Up to so many classes have their names beside the matrix. */
    static final int NAMED = 40;
    private static final int LONGEST = 110;
    private static final double SIDE = 560;

    private final Evaluation val;
    private final List<String> classes;
    private final double cell;
    private final double left;
    private final double top;

    private ConfusionPicture(Evaluation val) {
        this.val = val;
        this.classes = val.classes();
        int k = classes.size();
        this.cell = k <= 12 ? 34 : k <= 20 ? 26 : k <= NAMED ? 17 : Math.max(0.5, Math.floor(2 * SIDE / k) / 2);
        double names = k > NAMED ? 8 : Math.min(LONGEST, 6.2 * classes.stream().mapToInt(String::length).max().orElse(0));
        this.left = 26 + names;
        this.top = 30 + names;
    }

    static Figure of(Evaluation val) {
        ConfusionPicture p = new ConfusionPicture(val);
        double side = p.cell * val.classes().size();
        return new Figure("confusion", "Confusion",
                String.format(Locale.ROOT, "A row is a true class, a column what it was seen as; "
                        + "the colour is the share of the row.%s", val.classes().size() <= 20 ? " Numbers are images." : ""),
                p.left + side + (p.named() ? 44 : 4), p.top + side + 6, p::draw);
    }

    private boolean named() {
        return classes.size() <= NAMED;
    }

    private void draw(Drawing d) {
        double side = cell * classes.size();
        d.text("seen as", left + side / 2, 12, 12, Ink.FAINT, Align.CENTRE);
        d.upwards("is", 12, top + side / 2, 12, Ink.FAINT, Align.CENTRE);
        if (named()) {
            d.text("right", left + side + 8, top - 8, 11, Ink.FAINT, Align.LEFT);
        }
        d.box(left, top, side, side, Ink.FAINT.at(0.07));
        for (int row = 0; row < classes.size(); row++) {
            row(d, row);
        }
    }

    private void row(Drawing d, int row) {
        List<Integer> counts = val.confusion().get(row);
        int total = counts.stream().mapToInt(n -> n).sum();
        double y = top + row * cell;
        double gap = cell > 4 ? 1 : 0;
        for (int column = 0; column < counts.size(); column++) {
            int n = counts.get(column);
            if (n > 0) {
                double x = left + column * cell;
                d.box(x, y, cell - gap, cell - gap, Ink.BLUE.at(depth((double) n / total)));
                if (cell >= 22) {
                    d.text(Integer.toString(n), x + (cell - gap) / 2, y + cell / 2 + 3.5, n < 1000 ? 11 : 9,
                            depth((double) n / total) > 0.55 ? Ink.PAPER : Ink.TEXT, Align.CENTRE);
                }
            }
        }
        if (named()) {
            String name = d.fit(classes.get(row), 11, LONGEST);
            d.text(name, left - 6, y + cell / 2 + 3.5, 11, Ink.TEXT, Align.RIGHT);
            d.upwards(name, left + row * cell + cell / 2 + 3.5, top - 6, 11, Ink.TEXT, Align.LEFT);
            String right = total == 0 ? "none" : String.format(Locale.ROOT, "%.0f %%", 100.0 * counts.get(row) / total);
            d.text(right, left + cell * classes.size() + 8, y + cell / 2 + 3.5, 11, Ink.FAINT, Align.LEFT);
        }
    }

    /** The root lifts the few mistakes out of the white. */
    private static double depth(double share) {
        return Math.sqrt(share);
    }

    /** {@return the matrix alone as a PNG file, a cell being one or more whole pixels}: for so many classes that names find no room. */
    static byte[] raster(Evaluation val) {
        int k = val.classes().size();
        int zoom = Math.max(1, (int) SIDE / k);
        int side = zoom * k;
        byte[] samples = new byte[3 * side * side];
        for (int row = 0; row < k; row++) {
            int total = val.confusion().get(row).stream().mapToInt(n -> n).sum();
            for (int column = 0; column < k; column++) {
                double deep = total == 0 ? 0 : depth((double) val.confusion().get(row).get(column) / total);
                for (int c = 0; c < 3; c++) {
                    double ink = Ink.BLUE.rgb() >> 16 - 8 * c & 255;
                    byte level = (byte) Math.round(247 + deep * (ink - 247));
                    for (int y = row * zoom; y < (row + 1) * zoom; y++) {
                        for (int x = column * zoom; x < (column + 1) * zoom; x++) {
                            samples[3 * (y * side + x) + c] = level;
                        }
                    }
                }
            }
        }
        return Png.of(side, side, 3, samples);
    }
}
