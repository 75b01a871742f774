package cortado.train;

import cortado.data.Batch;
import cortado.graph.Normalization;
import cortado.io.Checked;
import cortado.io.Json;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * A small picture of one image of a data set, ready to stand in a page.
 *
 * @param label what it is of, for a person
 * @param png   a PNG file in Base64, at most {@link #MOST} pixels wide and high
 */
record Thumbnail(String label, String png) {
    /** Greatest width and height; what is larger is averaged down by a whole factor. */
    static final int MOST = 112;
    private static final int FINE = 64;
    /** Classes that are named of a mixed image. */
    private static final int MIXED = 2;
    /** Shares below are 0 % when rounded, and leave 100 % to the other. */
    private static final double VISIBLE = 0.005;

    /**
     * {@return the picture of an image}
     * @param label  what it is of
     * @param pixels {@code C H W}, each 0–255 unsigned
     * @param image  {@code C H W}; three channels are red, green, blue, of any others the first is shown as grey
     */
    static Thumbnail of(String label, byte[] pixels, Shape image) {
        int channels = image.dim(0) == 3 ? 3 : 1;
        int factor = (Math.max(image.dim(1), image.dim(2)) + MOST - 1) / MOST;
        int height = Math.max(1, image.dim(1) / factor);
        int width = Math.max(1, image.dim(2) / factor);
        byte[] small = new byte[channels * height * width];
        int to = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    small[to++] = (byte) mean(pixels, image, c, y * factor, x * factor, factor);
                }
            }
        }
        return new Thumbnail(label, Base64.getEncoder().encodeToString(Png.of(width, height, channels, small)));
    }

    private static int mean(byte[] pixels, Shape image, int c, int y, int x, int factor) {
        int sum = 0;
        int n = 0;
        for (int j = y; j < Math.min(y + factor, image.dim(1)); j++) {
            for (int i = x; i < Math.min(x + factor, image.dim(2)); i++) {
                sum += pixels[(c * image.dim(1) + j) * image.dim(2) + i] & 255;
                n++;
            }
        }
        return (2 * sum + n) / (2 * n);
    }

    /** The first images of a batch as the network gets them, without the normalization. */
    static List<Thumbnail> of(Batch batch, int most, List<String> classes, Normalization normalization) {
        Tensor x = batch.images();
        Shape image = Shape.of(x.shape().dim(1), x.shape().dim(2), x.shape().dim(3));
        List<Thumbnail> all = new ArrayList<>();
        for (int n = 0; n < Math.min(most, batch.n()); n++) {
            byte[] pixels = new byte[image.size()];
            int to = 0;
            for (int c = 0; c < image.dim(0); c++) {
                for (int h = 0; h < image.dim(1); h++) {
                    for (int w = 0; w < image.dim(2); w++) {
                        double v = x.get(n, c, h, w) * normalization.std().get(c) + normalization.mean().get(c);
                        pixels[to++] = (byte) Math.clamp(Math.round(255 * v), 0, 255);
                    }
                }
            }
            all.add(of(label(batch, n, classes), pixels, image));
        }
        return all;
    }

    /** The class; where images are mixed, the greatest shares. */
    private static String label(Batch batch, int n, List<String> classes) {
        if (batch.targets().isEmpty()) {
            return classes.get(batch.labels().ints()[n]);
        }
        double[] shares = Scores.of(batch.targets().get(), n);
        return Arrays.stream(Scores.top(shares, Math.min(MIXED, shares.length))).filter(k -> shares[k] >= VISIBLE)
                .mapToObj(k -> shares[k] > 1 - VISIBLE ? classes.get(k)
                        : String.format(Locale.ROOT, "%.0f %% %s", 100 * shares[k], classes.get(k)))
                .collect(Collectors.joining(", "));
    }

    /** {@return whether it has so many pixels that single ones need not be seen} */
    boolean fine() {
        return ByteBuffer.wrap(Base64.getDecoder().decode(png.substring(0, 32))).getInt(16) >= FINE;
    }

    /** {@return its pixels, to draw} */
    BufferedImage image() {
        try {
            return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(png)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return {@code {"class":…,"png":…}}} */
    Json.Obj json() {
        return Json.object().with("class", label).with("png", png);
    }

    /** {@return what {@link #json} wrote}; throws {@link cortado.tensor.FormatException}. */
    static Thumbnail of(Checked o) {
        String png = o.text("png");
        if (!png.matches("[A-Za-z0-9+/]+={0,2}")) {
            throw o.wrong("png", "a file in Base64");
        }
        return new Thumbnail(o.text("class"), png);
    }
}
