package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.data.Dataset;
import cortado.data.Loader;
import cortado.data.Mixing;
import cortado.data.Transform;
import cortado.graph.Normalization;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThumbnailTest {
    private static BufferedImage read(Thumbnail t) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(t.png())));
    }

    private static byte[] noise(int n, long seed) {
        byte[] pixels = new byte[n];
        Rng rng = new Rng(seed);
        for (int i = 0; i < n; i++) {
            pixels[i] = (byte) rng.below(i, 256);
        }
        return pixels;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 5, 3", "3, 7, 13", "3, 1, 17", "1, 28, 28", "3, 112, 33", "4, 3, 3"})
    void pixelsComeBackFromAnotherReaderSeed3(int c, int h, int w) throws IOException {
        byte[] pixels = noise(c * h * w, 3);
        BufferedImage image = read(Thumbnail.of("x", pixels, Shape.of(c, h, w)));
        assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(w, h);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    assertThat(image.getRaster().getSample(x, y, band)).isEqualTo(pixels[(band * h + y) * w + x] & 255);
                }
            }
        }
        assertThat(image.getRaster().getNumBands()).isEqualTo(c == 3 ? 3 : 1);
    }

    /** Readers in browsers check the sums, the JDK's does not; that of the last chunk is the same in every PNG file. */
    @Test
    void chunksEndWithTheirSum() {
        byte[] file = Png.of(1, 1, 1, new byte[1]);
        assertThat(Arrays.copyOfRange(file, file.length - 4, file.length)).containsExactly(0xAE, 0x42, 0x60, 0x82);
    }

    @Test
    void largeImagesAreAveragedDown() throws IOException {
        byte[] pixels = new byte[225 * 300];
        pixels[0] = (byte) 90;
        BufferedImage image = read(Thumbnail.of("x", pixels, Shape.of(1, 225, 300)));
        assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(100, 75);
        assertThat(image.getRaster().getSample(0, 0, 0)).isEqualTo(10);
        assertThat(image.getRaster().getSample(1, 0, 0)).isZero();
    }

    @Test
    void noShareIsNamedThatRoundsToNothingSeed7() {
        Dataset data = Dataset.of(Shape.of(1, 2, 2), noise(16 * 4, 7), IntStream.range(0, 16).map(i -> i % 2).toArray(),
                List.of("a", "b"), "noise");
        Normalization n = new Normalization(List.of(0.0), List.of(1.0));
        Mixing mixing = Augmentation.of(Config.empty().with("mixup", 0.2)).mixing();
        List<String> labels = new ArrayList<>();
        for (int e = 0; e < 20; e++) {
            try (Loader.Epoch epoch = Loader.inOrder(data, n, 16, Layout.ROWS).changed(Transform.NONE, mixing, new Rng(7)).epoch(e)) {
                Thumbnail.of(epoch.next(), 16, data.classes(), n).forEach(t -> labels.add(t.label()));
            }
        }
        assertThat(labels).contains("a", "b").anyMatch(l -> l.contains("% a, ")).noneMatch(l -> l.matches("100 %.*|.*\\b0 %.*"));
    }

    @Test
    void aBatchShowsItsPixelsWithoutNormalizationSeed5() {
        byte[] pixels = noise(17 * 25, 5);
        Dataset data = Dataset.of(Shape.of(1, 5, 5), pixels, new int[17], List.of("noise", "none"), "noise");
        Normalization n = new Normalization(List.of(0.3), List.of(0.2));
        for (Layout layout : List.of(Layout.ROWS, Layout.LANES)) {
            try (Loader.Epoch epoch = Loader.inOrder(data, n, 17, layout).epoch(0)) {
                List<Thumbnail> all = Thumbnail.of(epoch.next(), 13, data.classes(), n);
                assertThat(all).hasSize(13);
                for (int i = 0; i < 13; i++) {
                    assertThat(all.get(i)).isEqualTo(Thumbnail.of("noise", data.pixels(i), data.image()));
                }
            }
        }
    }
}
