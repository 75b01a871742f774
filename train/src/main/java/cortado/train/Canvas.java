package cortado.train;

import cortado.io.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A white sheet to draw on, without a screen. Coordinates are pixels from the top left; text is placed by its baseline. */
final class Canvas {
    static final Color INK = new Color(0x22, 0x22, 0x22);
    static final Color FAINT = new Color(0x70, 0x70, 0x70);
    static final Color GRID = new Color(0xE4, 0xE4, 0xE4);
    /** Blue and vermilion of Okabe and Ito's palette, which the colour-blind can tell apart. */
    static final Color BLUE = new Color(0x00, 0x72, 0xB2);
    static final Color RED = new Color(0xD5, 0x5E, 0x00);

    /** Where text stands relative to its point. */
    enum Align {
        LEFT, CENTRE, RIGHT
    }

    private final BufferedImage image;
    private final Graphics2D g;

    Canvas(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
    }

    private static Font font(int size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size);
    }

    static int width(String text, int size) {
        Graphics2D probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        int width = probe.getFontMetrics(font(size, false)).stringWidth(text);
        probe.dispose();
        return width;
    }

    /** Text no wider than so many pixels, the rest replaced by an ellipsis. */
    static String fit(String text, int size, int width) {
        String t = text;
        for (int n = text.length() - 1; n > 0 && width(t, size) > width; n--) {
            t = text.substring(0, n).strip() + "…";
        }
        return t;
    }

    void title(String text, int x, int y) {
        g.setFont(font(18, true));
        g.setColor(INK);
        g.drawString(text, x, y);
    }

    void text(String text, double x, double y, int size, Color colour, Align align) {
        g.setFont(font(size, false));
        g.setColor(colour);
        int w = g.getFontMetrics().stringWidth(text);
        g.drawString(text, (float) (align == Align.LEFT ? x : align == Align.CENTRE ? x - w / 2.0 : x - w), (float) y);
    }

    /** Text that reads upwards, from its left end or around its middle. */
    void upwards(String text, double x, double y, int size, Color colour, Align align) {
        var before = g.getTransform();
        g.translate(x, y);
        g.rotate(-Math.PI / 2);
        text(text, 0, 0, size, colour, align);
        g.setTransform(before);
    }

    void box(int x, int y, int width, int height, Color colour) {
        g.setColor(colour);
        g.fillRect(x, y, width, height);
    }

    /** A picture blown up without smoothing, so that single pixels can be seen. */
    void picture(BufferedImage pixels, int x, int y, int width, int height) {
        boolean shrinks = width < pixels.getWidth();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, shrinks ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(pixels, x, y, width, height, null);
        g.setColor(GRID);
        g.drawRect(x - 1, y - 1, width + 1, height + 1);
    }

    void save(Path file) {
        g.dispose();
        save(image, file);
    }

    static void save(BufferedImage image, Path file) {
        AtomicFile.write(file, out -> {
            try (MemoryCacheImageOutputStream png = new MemoryCacheImageOutputStream(out)) {
                ImageIO.write(image, "png", png);
            }
        });
    }
}
