package cortado.train;

import cortado.graph.Model;
import cortado.graph.Node;
import cortado.op.Conv2d;
import cortado.op.Linear;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.train.Drawing.Align;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.Optional;

/**
 * What the first layer looks for: its weights as small pictures. Filters over three channels are drawn in their colours, grey
 * being 0; all others channel by channel, blue below 0, red above.
 */
final class FilterPicture {
    private static final int MOST = 256;

    private FilterPicture() {
    }

    /** Nothing if the first layer with weights neither convolves nor sees the image itself. */
    static Optional<Canvas> draw(Model model) {
        Shape image = model.graph().input().example();
        Optional<Node> first = model.graph().nodes().stream().filter(n -> n.op() instanceof Conv2d || n.op() instanceof Linear)
                .findFirst();
        return first.flatMap(n -> {
            Tensor w = model.parameters().get(n.name() + ".weight");
            boolean conv = n.op() instanceof Conv2d;
            if (!conv && w.shape().dim(1) != image.size()) {
                return Optional.empty();
            }
            return Optional.of(sheet(conv ? w : w.reshape(image.batch(w.shape().dim(0))), n.name()));
        });
    }

    private static Canvas sheet(Tensor w, String name) {
        int channels = w.shape().dim(1);
        boolean colour = channels == 3;
        int tiles = Math.min(MOST, w.shape().dim(0) * (colour ? 1 : channels));
        int columns = Math.min(tiles, tiles <= 12 ? 6 : tiles <= 64 ? 8 : 16);
        int rows = (tiles + columns - 1) / columns;
        int largest = Math.max(w.shape().dim(2), w.shape().dim(3));
        int zoom = Math.max(1, (tiles <= 64 ? 64 : 40) / largest);
        int width = zoom * w.shape().dim(3);
        int height = zoom * w.shape().dim(2);
        double reach = 0;
        for (int i = 0; i < w.size(); i++) {
            reach = Math.max(reach, Math.abs(w.get(i)));
        }
        Canvas c = new Canvas(Math.max(480, 48 + columns * (width + 8)), 116 + rows * (height + 8));
        c.title("First-layer filters", 24, 36);
        c.text(name + ".weight, " + w.shape().dim(0) + " filters of " + channels + "×" + w.shape().dim(2) + "×" + w.shape().dim(3)
                + (tiles == MOST ? ", the first " + MOST + " shown" : ""), 24, 58, 13, Ink.FAINT, Align.LEFT);
        legend(c, reach, colour);
        for (int t = 0; t < tiles; t++) {
            BufferedImage tile = colour ? rgb(w, t, reach) : signed(w, t / channels, t % channels, reach);
            c.picture(tile, 24 + t % columns * (width + 8), 104 + t / columns * (height + 8), width, height);
        }
        return c;
    }

    private static void legend(Canvas c, double reach, boolean colour) {
        String most = String.format(Locale.ROOT, "%.2f", reach);
        c.text("−" + most, 24, 84, 11, Ink.FAINT, Align.LEFT);
        double from = 24 + c.width("−" + most, 11) + 8;
        for (int i = 0; i < 160; i++) {
            double v = i / 79.5 - 1;
            int grey = level(v);
            c.box(from + i, 74, 1, 12, ink(colour ? 0x010101 * grey : diverging(v)));
        }
        c.text("0", from + 80, 97, 10, Ink.FAINT, Align.CENTRE);
        c.text("+" + most + (colour ? " in each of red, green, blue" : ""), from + 168, 84, 11, Ink.FAINT, Align.LEFT);
    }

    private static BufferedImage rgb(Tensor w, int k, double reach) {
        BufferedImage image = new BufferedImage(w.shape().dim(3), w.shape().dim(2), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, level(w.get(k, 0, y, x) / reach) << 16 | level(w.get(k, 1, y, x) / reach) << 8
                        | level(w.get(k, 2, y, x) / reach));
            }
        }
        return image;
    }

    private static BufferedImage signed(Tensor w, int k, int channel, double reach) {
        BufferedImage image = new BufferedImage(w.shape().dim(3), w.shape().dim(2), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, diverging(w.get(k, channel, y, x) / reach));
            }
        }
        return image;
    }

    /** −1 … 1 to black … white. */
    private static int level(double v) {
        return Math.clamp(Math.round(127.5 + 127.5 * v), 0, 255);
    }

    /** −1 … 0 … 1 to blue … white … red. */
    private static int diverging(double v) {
        double t = Math.min(1, Math.abs(v));
        int end = v < 0 ? 0x2166AC : 0xB2182B;
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            rgb |= (int) (247 + t * ((end >> shift & 255) - 247)) << shift;
        }
        return rgb;
    }

    private static Ink ink(int rgb) {
        return new Ink("", rgb, 1);
    }
}
