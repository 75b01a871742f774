package cortado.train;

import cortado.data.DataSplit;
import cortado.tensor.Shape;
import cortado.train.Canvas.Align;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The pictures of a run. */
final class Pictures {
    private Pictures() {
    }

    static void write(Path folder, History history, DataSplit data, Outcome outcome) {
        curves(history, outcome, data.classes().size()).forEach(c -> Canvas.save(c.draw(), folder.resolve(c.file())));
        ConfusionPicture.draw(outcome.val(), data.classes()).save(folder.resolve("confusion.png"));
        FilterPicture.draw(outcome.best()).ifPresent(c -> c.save(folder.resolve("filters.png")));
        mistakes(outcome.val(), data).save(folder.resolve("mistakes.png"));
    }

    private static List<Curves> curves(History history, Outcome outcome, int classes) {
        Curves.Line train = line("training", Canvas.BLUE, history, EpochResult::trainLoss);
        Curves.Line val = line("held-out images", Canvas.RED, history, EpochResult::valLoss);
        Curves.Line top1 = line(classes > 10 ? "top-1" : "held-out images", Canvas.RED, history, r -> 100 * r.top1());
        Curves.Line top5 = line("top-5", Canvas.BLUE, history, r -> 100 * r.top5());
        EpochResult best = history.rows().get(outcome.bestEpoch() - 1);
        return List.of(new Curves("loss.png", "Loss", "mean cross-entropy", List.of(train, val), best(best, best.valLoss())),
                new Curves("accuracy.png", "Accuracy", "% of images right", classes > 10 ? List.of(top1, top5) : List.of(top1),
                        best(best, 100 * best.top1())));
    }

    private static Curves.Line best(EpochResult row, double value) {
        return new Curves.Line(String.format(Locale.ROOT, "best: %.1f %% in epoch %d", 100 * row.top1(), row.epoch()), Canvas.INK,
                List.of(row.epoch()), List.of(value));
    }

    private static Curves.Line line(String name, Color colour, History history, ToDoubleFunction<EpochResult> of) {
        return new Curves.Line(name, colour, history.rows().stream().map(EpochResult::epoch).toList(),
                history.rows().stream().mapToDouble(of).boxed().toList());
    }

    /** The worst mistakes as a sheet of images, each with what it is and what it was taken for. */
    static Canvas mistakes(Evaluation val, DataSplit data) {
        int columns = 6;
        int tile = 128;
        int pitch = tile + 32;
        int shown = Math.min(4 * columns, val.topLosses().size());
        int rows = Math.max(1, (shown + columns - 1) / columns);
        Canvas c = new Canvas(2 * 24 + columns * pitch - 16, 80 + rows * (tile + 62));
        c.title("The worst mistakes", 24, 36);
        long wrong = Math.round((1 - val.top1()) * val.images());
        String count = String.format(Locale.ROOT, "%,d of %,d held-out images were seen as something else; the %d with the "
                + "greatest loss", wrong, val.images(), shown);
        c.text(wrong == 0 ? "None: every held-out image was recognised." : count, 24, 58, 13, Canvas.FAINT, Align.LEFT);
        for (int k = 0; k < shown; k++) {
            Evaluation.Example m = val.topLosses().get(k);
            int x = 24 + k % columns * pitch;
            int y = 80 + k / columns * (tile + 62);
            BufferedImage image = image(data.test().pixels(m.index()), data.image());
            double scale = (double) tile / Math.max(image.getWidth(), image.getHeight());
            int w = (int) Math.max(1, Math.round(scale * image.getWidth()));
            int h = (int) Math.max(1, Math.round(scale * image.getHeight()));
            c.picture(image, x + (tile - w) / 2, y + (tile - h) / 2, w, h);
            String share = String.format(Locale.ROOT, ", %.0f %%", 100 * m.probability());
            String said = Canvas.fit("seen as " + data.classes().get(m.predicted()), 11, pitch - 8 - Canvas.width(share, 11))
                    + share;
            c.text(Canvas.fit(data.classes().get(m.label()), 12, pitch - 10), x, y + tile + 18, 12, Canvas.INK, Align.LEFT);
            c.text(said, x, y + tile + 34, 11, Canvas.RED, Align.LEFT);
        }
        return c;
    }

    /** Pixels {@code C H W}, 0–255, as a picture. */
    private static BufferedImage image(byte[] pixels, Shape shape) {
        int channels = shape.dim(0);
        int height = shape.dim(1);
        int width = shape.dim(2);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int plane = height * width;
        for (int p = 0; p < plane; p++) {
            int r = pixels[p] & 255;
            int g = channels == 3 ? pixels[plane + p] & 255 : r;
            int b = channels == 3 ? pixels[2 * plane + p] & 255 : r;
            image.setRGB(p % width, p / width, r << 16 | g << 8 | b);
        }
        return image;
    }
}
