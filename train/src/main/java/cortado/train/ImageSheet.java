package cortado.train;

import cortado.train.Drawing.Align;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A sheet of images with words below each.
 *
 * @param name    of its file, without ending
 * @param title   a few words
 * @param caption a sentence
 * @param rows    from the top
 */
record ImageSheet(String name, String title, String caption, List<Row> rows) {
    private static final int TILE = 84;
    private static final int PITCH = TILE + 16;
    private static final int MARGIN = 20;

    /**
     * @param head above the row; empty for none
     * @param tiles from the left
     */
    record Row(String head, List<Tile> tiles) {
    }

    /**
     * An image with what is written below it.
     *
     * @param image to show
     * @param said  a second line; empty for none
     * @param wrong whether the line stands in red
     */
    record Tile(Thumbnail image, String said, boolean wrong) {
    }

    /** Images in rows of so many. */
    private static List<Row> rows(List<Tile> tiles, int columns) {
        return IntStream.range(0, (tiles.size() + columns - 1) / columns)
                .mapToObj(r -> new Row("", tiles.subList(r * columns, Math.min(tiles.size(), (r + 1) * columns)))).toList();
    }

    static ImageSheet batch(List<Thumbnail> batch) {
        return new ImageSheet("batch", "First training batch", batch.size()
                + " of the images that were learned from first, augmented as the network saw them.",
                rows(batch.stream().map(t -> new Tile(t, "", false)).toList(), 8));
    }

    /**
     * What augmentation makes of some images, epoch by epoch.
     *
     * @param images   the images as they are
     * @param augmented of each epoch
     */
    static ImageSheet augmented(List<Thumbnail> images, List<List<Tile>> augmented) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("as they are", images.stream().map(t -> new Tile(t, "", false)).toList()));
        for (List<Tile> epoch : augmented) {
            rows.add(new Row("epoch " + rows.size(), epoch));
        }
        return new ImageSheet("augment", "Augmented training images", "One image a column, one epoch a row.", rows);
    }

    static ImageSheet mistakes(RunRecord run, Evaluation val) {
        List<Tile> tiles = val.topLosses().stream().limit(Pictures.TOP_LOSSES)
                .flatMap(e -> tile(run, val, e).stream()).toList();
        return new ImageSheet("mistakes", "The greatest losses", worst(val), rows(tiles, 6));
    }

    /** {@return how many were wrong, and what the greatest losses are} */
    static String worst(Evaluation val) {
        long wrong = Math.round((1 - val.top1()) * val.images());
        return wrong == 0 ? "Every held-out image was recognised; these were the hardest."
                : String.format(Locale.ROOT,
                        "%,d of %,d held-out images were seen as something else; these have the greatest loss.",
                        wrong, val.images());
    }

    static ImageSheet confused(RunRecord run, Evaluation val) {
        List<Row> rows = new ArrayList<>();
        for (Evaluation.Confused c : val.confused().stream().limit(Pictures.PAIRS).toList()) {
            rows.add(new Row(pair(val, c), c.examples().stream().limit(Pictures.PER_PAIR).flatMap(e -> tile(run, val, e).stream())
                    .map(t -> new Tile(new Thumbnail("", t.image().png()), t.said(), true)).toList()));
        }
        return new ImageSheet("confused", "The most confused pairs", rows.isEmpty() ? "None: every image was recognised."
                : "Classes that were taken for one another most often.", rows);
    }

    /** {@return which class was taken for which, and how often} */
    static String pair(Evaluation val, Evaluation.Confused c) {
        int all = val.confusion().get(c.label()).stream().mapToInt(n -> n).sum();
        return String.format(Locale.ROOT, "%s seen as %s: %,d of %,d", val.classes().get(c.label()),
                val.classes().get(c.predicted()), c.images(), all);
    }

    /** {@return what an image was seen as, and how surely} */
    static String seen(Evaluation val, Evaluation.Example e) {
        return String.format(Locale.ROOT, "%s, %.0f %%", val.classes().get(e.predicted()), 100 * e.probability());
    }

    private static Optional<Tile> tile(RunRecord run, Evaluation val, Evaluation.Example e) {
        return Optional.ofNullable(run.examples().get(e.index())).map(t -> new Tile(t, seen(val, e), e.label() != e.predicted()));
    }

    void save(Path folder) {
        canvas().save(folder.resolve(name + ".png"));
    }

    Canvas canvas() {
        int columns = Math.max(6, rows.stream().mapToInt(r -> r.tiles().size()).max().orElse(0));
        int height = rows.stream().mapToInt(ImageSheet::height).sum();
        Canvas c = new Canvas(2 * MARGIN + columns * PITCH, 76 + height);
        c.title(title, MARGIN, 32);
        c.text(c.fit(caption, 12, columns * PITCH), MARGIN, 52, 12, Ink.FAINT, Align.LEFT);
        int y = 70;
        for (Row row : rows) {
            int top = y + (row.head().isEmpty() ? 0 : 22);
            c.text(row.head(), MARGIN, y + 12, 12.5, Ink.TEXT, Align.LEFT);
            for (int k = 0; k < row.tiles().size(); k++) {
                tile(c, row.tiles().get(k), MARGIN + k * PITCH, top);
            }
            y += height(row);
        }
        return c;
    }

    private static int height(Row row) {
        boolean said = row.tiles().stream().anyMatch(t -> !t.said().isEmpty());
        boolean named = row.tiles().stream().anyMatch(t -> !t.image().label().isEmpty());
        return TILE + 14 + (row.head().isEmpty() ? 0 : 22) + (said ? 15 : 0) + (named ? 15 : 0);
    }

    private static void tile(Canvas c, Tile tile, double x, double y) {
        BufferedImage image = tile.image().image();
        double scale = (double) TILE / Math.max(image.getWidth(), image.getHeight());
        double w = scale * image.getWidth();
        double h = scale * image.getHeight();
        c.picture(image, x + (TILE - w) / 2, y + (TILE - h) / 2, w, h);
        String label = tile.image().label();
        c.text(c.fit(label, 11, PITCH - 6), x, y + TILE + 14, 11, Ink.TEXT, Align.LEFT);
        int comma = tile.said().lastIndexOf(", ");
        String sure = comma < 0 ? "" : tile.said().substring(comma);
        String said = c.fit(comma < 0 ? tile.said() : tile.said().substring(0, comma), 10, PITCH - 6 - c.width(sure, 10));
        c.text(said + sure, x, y + TILE + (label.isEmpty() ? 14 : 28), 10, tile.wrong() ? Ink.RED : Ink.FAINT, Align.LEFT);
    }
}
