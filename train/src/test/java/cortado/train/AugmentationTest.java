package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.data.ColorJitter;
import cortado.data.Mixing;
import cortado.data.RandAugment;
import cortado.data.Transform;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationTest {
    private static Augmentation of(Object... keysAndValues) {
        Config c = Config.empty();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            c = c.with((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return Augmentation.of(c);
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(of()).isEqualTo(Augmentation.NONE);
        assertThat(Augmentation.NONE.transform()).isSameAs(Transform.NONE);
        Augmentation all = of("crop", 4, "crop_border", "reflect", "scale", List.of(0.5, 1.0), "ratio", List.of(0.9, 1.1), "hflip",
                0.3,
                "vflip", 0.1, "rotation", 15, "aa", "rand-m7-n3-mstd0.5", "color_jitter", List.of(0.4, 0.3, 0.2, 0.1), "cutout", 8,
                "reprob", 0.25, "remode", "const", "recount", 2, "mixup", 0.2, "cutmix", 1, "mixup_prob", 0.8, "mixup_switch_prob",
                0.6, "mixup_off_epoch", 9);
        assertThat(Augmentation.of(Config.of(all.json(), "written"))).isEqualTo(all);
        assertThat(Augmentation.of(Config.of(Augmentation.NONE.json(), "written"))).isEqualTo(Augmentation.NONE);
        assertThat(all.aa()).contains(new RandAugment(7, 3, 0.5, 1));
        assertThat(all.mixing()).isEqualTo(new Mixing(0.2, 1, 0.8, 0.6, 9));
        assertThat(of("color_jitter", List.of(0.4)).jitter()).isEqualTo(new ColorJitter(0.4, 0.4, 0.4, 0));
        assertThat(of("aa", "none").aa()).isEqualTo(Optional.empty());
    }

    @Test
    void flipIsShortForHflipWhereverItIsSaid() {
        assertThat(of("flip", true)).isEqualTo(of("hflip", 0.5));
        Config high = Config.empty().with("flip", false);
        assertThat(Augmentation.of(high.over(Config.empty().with("hflip", 0.7))).hflip()).isZero();
        assertThat(Augmentation.of(Config.empty().with("hflip", 0.7).over(Config.empty().with("flip", true))).hflip())
                .isEqualTo(0.7);
    }

    @ParameterizedTest
    @CsvSource({"crop,8,2,--crop", "cutout,9,2,no larger than an image of 8×9", "mixup,1,1,at least 2"})
    void whatMakesNoSenseForTheImagesIsRefused(String key, int value, int batch, String message) {
        Augmentation a = of(key, value);
        assertThatThrownBy(() -> a.check(Shape.of(3, 8, 9), batch)).isInstanceOf(FormatException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("received");
        of(key, value - 1).check(Shape.of(3, 8, 9), 2);
    }

    @Test
    void badValuesNameTheirOption() {
        assertThatThrownBy(() -> of("remode", "black")).isInstanceOf(FormatException.class)
                .hasMessage("--remode: expected const or rand or pixel, received black");
        assertThatThrownBy(() -> of("crop_border", "edge")).hasMessageContaining("--crop-border: expected zero or reflect");
        assertThatThrownBy(() -> of("color_jitter", List.of(0.1, 0.2))).hasMessageContaining("--color-jitter");
        assertThatThrownBy(() -> of("scale", List.of(0.5))).hasMessageContaining("--scale");
        assertThatThrownBy(() -> of("mixup", -0.1)).hasMessageContaining("mixup");
        assertThatThrownBy(() -> of("hflip", 2)).hasMessageContaining("flip").hasMessageContaining("2.0");
    }

    /** With everything on at once, a training gives the same bits with 1 and 3 threads, and others than without. */
    @Test
    void threadsDoNotMatter_seed7() {
        Augmentation all = of("crop", 1, "scale", List.of(0.5, 1.0), "rotation", 20, "aa", "rand-m5-n1", "color_jitter",
                List.of(0.2),
                "reprob", 0.5, "mixup", 0.4, "cutmix", 1);
        Parameters one = weights(all, 1);
        assertThat(equal(one, weights(all, 3))).isTrue();
        assertThat(equal(one, weights(of("crop", 1), 1))).isFalse();
    }

    private static Parameters weights(Augmentation a, int threads) {
        Settings s = Shades.settings(2).withThreads(threads).withAugmentation(a);
        try (Trainer t = new Trainer(s, Shades.network(), Shades.data(90, 20), Backend.vector())) {
            return t.fit(e -> {}).last().parameters();
        }
    }

    private static boolean equal(Parameters a, Parameters b) {
        return a.map().keySet().stream().allMatch(n -> java.util.Arrays.equals(a.get(n).floats(), b.get(n).floats()));
    }

    /** Columns and rows decide the size; without augmentation all rows show the same pixels, with it they do not. */
    @Test
    void theSheetShowsImagesByEpochs_seed7(@org.junit.jupiter.api.io.TempDir java.nio.file.Path dir) throws java.io.IOException {
        Settings s = Shades.settings(2);
        java.awt.image.BufferedImage plain = sheet(s.withAugmentation(Augmentation.NONE), dir.resolve("plain.png"));
        java.awt.image.BufferedImage mixed = sheet(s.withAugmentation(of("mixup", 1, "rotation", 45)), dir.resolve("mixed.png"));
        assertThat(mixed.getWidth()).isEqualTo(plain.getWidth());
        assertThat(plain.getHeight()).isGreaterThan(plain.getWidth() / 4);
        int pitch = 2 * 135; // label and head included
        int top = 2 * 92;
        assertThat(strip(plain, top)).isEqualTo(strip(plain, top + pitch));
        assertThat(strip(mixed, top)).isEqualTo(strip(plain, top)).isNotEqualTo(strip(mixed, top + pitch));
        assertThatThrownBy(() -> AugmentationSheet.draw(s, Shades.data(30, 5), 0, 3, dir.resolve("none.png")))
                .isInstanceOf(FormatException.class).hasMessageContaining("received 0");
    }

    private static java.awt.image.BufferedImage sheet(Settings s, java.nio.file.Path file) throws java.io.IOException {
        AugmentationSheet.draw(s, Shades.data(30, 5), 8, 3, file);
        return javax.imageio.ImageIO.read(file.toFile());
    }

    private static int[] strip(java.awt.image.BufferedImage image, int top) {
        return image.getRGB(0, top, image.getWidth(), 140, null, 0, image.getWidth());
    }
}
