package cortado.train;

import cortado.graph.Model;
import cortado.graph.Node;
import cortado.op.Conv2d;
import cortado.op.Linear;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.train.Drawing.Align;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the first layer looks for: its weights as small pictures. Filters over three channels are drawn in their colours, grey
 * being 0; all others channel by channel, blue below 0, red above.
 *
 * @param w    {@code K C R S}
 * @param name of the layer
 */
record FilterPicture(Tensor w, String name) {
    private static final int MOST = 256;
    /** Weights of a filter's channel up to which it is small. */
    private static final int LARGE = 1024;

    /** Nothing if the first layer with weights neither convolves nor sees the image itself. */
    static Optional<FilterPicture> of(Model model) {
        Shape image = model.graph().input().example();
        Optional<Node> first = model.graph().nodes().stream().filter(n -> n.op() instanceof Conv2d || n.op() instanceof Linear)
                .findFirst();
        return first.flatMap(n -> {
            Tensor w = model.parameters().get(n.name() + ".weight");
            boolean conv = n.op() instanceof Conv2d;
            if (!conv && w.shape().dim(1) != image.size()) {
                return Optional.empty();
            }
            return Optional.of(new FilterPicture(conv ? w : w.reshape(image.batch(w.shape().dim(0))), n.name()));
        });
    }

    private boolean colour() {
        return w.shape().dim(1) == 3;
    }

    /** Pictures there are: one a filter, or one a channel of a filter. */
    private int pictures() {
        return w.shape().dim(0) * (colour() ? 1 : w.shape().dim(1));
    }

    /** The greatest weight, whichever its sign. */
    private double reach() {
        return IntStream.range(0, w.size()).mapToDouble(i -> Math.abs(w.get(i))).max().orElse(0);
    }

    /** Pictures that are shown, at most so many; fewer of filters as large as images. */
    private int shown(int most) {
        return Math.min(pictures(), Math.clamp((long) most * LARGE / (w.shape().dim(2) * w.shape().dim(3)), 1, most));
    }

    /** {@return which weights, where at most so many pictures are shown} */
    String title(int most) {
        return name + ".weight, " + w.shape().dim(0) + " filters of " + w.shape().dim(1) + "×" + w.shape().dim(2) + "×"
                + w.shape().dim(3)
                + (shown(most) < pictures() ? ", the first " + shown(most) + " of " + pictures() + " pictures" : "");
    }

    /** {@return how to read the pictures} */
    String caption() {
        return String.format(Locale.ROOT, colour() ? "In red, green and blue; grey is 0, the farthest from it ±%.2f."
                : "Blue is below 0, red above; the deepest are ±%.2f.", reach());
    }

    /** {@return at most so many pictures, a pixel a weight} */
    List<Thumbnail> tiles(int most) {
        double reach = reach();
        return IntStream.range(0, shown(most)).mapToObj(t -> tile(t, reach)).toList();
    }

    private Thumbnail tile(int t, double reach) {
        int channels = w.shape().dim(1);
        int height = w.shape().dim(2);
        int width = w.shape().dim(3);
        byte[] samples = new byte[3 * height * width];
        for (int i = 0; i < samples.length; i++) {
            int c = i % 3;
            int y = i / 3 / width;
            int x = i / 3 % width;
            samples[i] = (byte) (colour() ? level(w.get(t, c, y, x) / reach)
                    : diverging(w.get(t / channels, t % channels, y, x) / reach) >> 16 - 8 * c);
        }
        return new Thumbnail("", Base64.getEncoder().encodeToString(Png.of(width, height, 3, samples)));
    }

    /** {@return a sheet with title, legend and pictures} */
    Canvas canvas() {
        List<Thumbnail> tiles = tiles(MOST);
        int columns = Math.min(tiles.size(), tiles.size() <= 12 ? 6 : tiles.size() <= 64 ? 8 : 16);
        int rows = (tiles.size() + columns - 1) / columns;
        int largest = Math.max(w.shape().dim(2), w.shape().dim(3));
        int zoom = Math.max(1, (tiles.size() <= 64 ? 64 : 40) / largest);
        int width = zoom * w.shape().dim(3);
        int height = zoom * w.shape().dim(2);
        Canvas c = new Canvas(Math.max(480, 48 + columns * (width + 8)), 116 + rows * (height + 8));
        c.title("First-layer filters", 24, 36);
        c.text(title(MOST), 24, 58, 13, Ink.FAINT, Align.LEFT);
        legend(c, reach(), colour());
        for (int t = 0; t < tiles.size(); t++) {
            c.picture(tiles.get(t).image(), 24 + t % columns * (width + 8), 104 + t / columns * (height + 8), width, height);
        }
        return c;
    }

    private static void legend(Canvas c, double reach, boolean colour) {
        String most = String.format(Locale.ROOT, "%.2f", reach);
        c.text("−" + most, 24, 84, 11, Ink.FAINT, Align.LEFT);
        double from = 24 + c.width("−" + most, 11) + 8;
        for (int i = 0; i < 160; i++) {
            double v = i / 79.5 - 1;
            c.box(from + i, 74, 1, 12, new Ink("", colour ? 0x010101 * level(v) : diverging(v), 1));
        }
        c.text("0", from + 80, 97, 10, Ink.FAINT, Align.CENTRE);
        c.text("+" + most + (colour ? " in each of red, green, blue" : ""), from + 168, 84, 11, Ink.FAINT, Align.LEFT);
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
}
