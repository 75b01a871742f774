package cortado.train;

import cortado.io.AtomicFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.nio.file.Path;

/** A white sheet to draw on, without a screen. A unit is two pixels wide and high, so that small text stays sharp. */
final class Canvas implements Drawing {
    /** Pixels of a unit. */
    static final int SCALE = 2;

    private final BufferedImage image;
    private final Graphics2D g;

    Canvas(int width, int height) {
        image = new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
        g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(SCALE, SCALE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
    }

    private static Font font(double size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size);
    }

    private static Color colour(Ink ink) {
        return new Color(ink.rgb() | (int) Math.round(255 * ink.deep()) << 24, true);
    }

    @Override
    public double width(String text, double size) {
        return g.getFontMetrics(font(size, false)).stringWidth(text);
    }

    void title(String text, double x, double y) {
        g.setFont(font(17, true));
        g.setColor(colour(Ink.TEXT));
        g.drawString(text, (float) x, (float) y);
    }

    @Override
    public void text(String text, double x, double y, double size, Ink ink, Align align) {
        g.setFont(font(size, false));
        g.setColor(colour(ink));
        int w = g.getFontMetrics().stringWidth(text);
        g.drawString(text, (float) (align == Align.LEFT ? x : align == Align.CENTRE ? x - w / 2.0 : x - w), (float) y);
    }

    @Override
    public void upwards(String text, double x, double y, double size, Ink ink, Align align) {
        var before = g.getTransform();
        g.translate(x, y);
        g.rotate(-Math.PI / 2);
        text(text, 0, 0, size, ink, align);
        g.setTransform(before);
    }

    /** Draws with another origin. */
    void within(double x, double y, Runnable content) {
        var before = g.getTransform();
        g.translate(x, y);
        content.run();
        g.setTransform(before);
    }

    @Override
    public void box(double x, double y, double width, double height, Ink ink) {
        g.setColor(colour(ink));
        g.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void line(double[] x, double[] y, double width, boolean dashed, Ink ink) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < x.length; i++) {
            if (i == 0) {
                path.moveTo(x[i], y[i]);
            } else {
                path.lineTo(x[i], y[i]);
            }
        }
        float w = (float) width;
        g.setStroke(dashed ? new BasicStroke(w, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {4, 4}, 0)
                : new BasicStroke(w, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.setColor(colour(ink));
        g.draw(path);
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        g.setColor(colour(ink));
        g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    /** A picture blown up without smoothing, so that single pixels can be seen. */
    void picture(BufferedImage pixels, double x, double y, double width, double height) {
        boolean shrinks = SCALE * width < pixels.getWidth();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, shrinks ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        within(x, y, () -> {
            g.scale(width / pixels.getWidth(), height / pixels.getHeight());
            g.drawImage(pixels, 0, 0, null);
        });
        g.setColor(colour(Ink.GRID));
        g.setStroke(new BasicStroke(1));
        g.draw(new Rectangle2D.Double(x - 0.5, y - 0.5, width + 1, height + 1));
    }

    /** {@return what was drawn} */
    BufferedImage image() {
        return image;
    }

    void save(Path file) {
        g.dispose();
        int[] rgb = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] samples = new byte[3 * rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            samples[3 * i] = (byte) (rgb[i] >> 16);
            samples[3 * i + 1] = (byte) (rgb[i] >> 8);
            samples[3 * i + 2] = (byte) rgb[i];
        }
        AtomicFile.write(file, Png.of(image.getWidth(), image.getHeight(), 3, samples));
    }
}
