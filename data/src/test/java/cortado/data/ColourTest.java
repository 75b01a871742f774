package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ColourTest {
    private static final Normalization NORM = new Normalization(List.of(0.5, 0.4, 0.3), List.of(0.25, 0.25, 0.25));

    private static Pixels of(Shape image, float... values) {
        Pixels x = new Pixels(image, image.dim(0) == 3 ? NORM : Normalization.none(1));
        System.arraycopy(values, 0, x.now(), 0, values.length);
        return x;
    }

    private static float[] after(Consumer<Pixels> change, Pixels x) {
        change.accept(x);
        return x.now();
    }

    private static Pixels random(long seed, Shape image) {
        Pixels x = of(image);
        for (int i = 0; i < x.now().length; i++) {
            x.now()[i] = new Rng(seed).below(i, 256);
        }
        return x;
    }

    @Test
    void brightnessContrastAndSaturationBlend() {
        Shape grey = Shape.of(1, 1, 3);
        assertThat(after(x -> Colour.brightness(x, 1.5f), of(grey, 10, 100, 200))).containsExactly(15, 150, 255);
        assertThat(after(x -> Colour.contrast(x, 0), of(grey, 10, 100, 190))).containsExactly(100, 100, 100);
        assertThat(after(x -> Colour.contrast(x, 2), of(grey, 10, 100, 190))).containsExactly(0, 100, 255);
        assertThat(after(x -> Colour.saturation(x, 0), of(grey, 10, 100, 190))).containsExactly(10, 100, 190);
        // Green's luma is 0.587 · 100.
        float[] faded = after(x -> Colour.saturation(x, 0), of(Shape.of(3, 1, 1), 0, 100, 0));
        for (float v : faded) {
            assertThat(v).isCloseTo(58.7f, within(1e-3f));
        }
    }

    @ParameterizedTest(name = "{0} turns")
    @CsvSource({"0.33333334,0 255 0", "-0.33333334,0 0 255", "0.5,0 255 255", "0.16666667,255 255 0"})
    void hueTurnsRedInto(float turns, String rgb) {
        float[] x = after(p -> Colour.hue(p, turns), of(Shape.of(3, 1, 1), 255, 0, 0));
        float[] expected = {Float.parseFloat(rgb.split(" ")[0]), Float.parseFloat(rgb.split(" ")[1]),
            Float.parseFloat(rgb.split(" ")[2])};
        for (int c = 0; c < 3; c++) {
            assertThat(x[c]).isCloseTo(expected[c], within(0.01f));
        }
    }

    @Test
    void aHueTurnedThereAndBackIsTheSame_seed1() {
        Pixels x = random(1, Shape.of(3, 13, 7));
        float[] before = x.now().clone();
        Colour.hue(x, 0.3f);
        assertThat(x.now()).isNotEqualTo(before);
        Colour.hue(x, -0.3f);
        for (int i = 0; i < before.length; i++) {
            assertThat(x.now()[i]).isCloseTo(before[i], within(0.01f));
        }
    }

    @Test
    void posterizeSolarizeAutocontrastAndEqualizeAsPilDoes() {
        Shape grey = Shape.of(1, 1, 4);
        assertThat(after(x -> Colour.posterize(x, 4), of(grey, 15, 16, 100, 255))).containsExactly(0, 16, 96, 240);
        assertThat(after(x -> Colour.solarize(x, 128), of(grey, 0, 127, 128, 255))).containsExactly(0, 127, 127, 0);
        assertThat(after(Colour::autocontrast, of(grey, 50, 75, 100, 150))).containsExactly(0, 63.75f, 127.5f, 255);
        assertThat(after(Colour::autocontrast, of(grey, 9, 9, 9, 9))).containsExactly(9, 9, 9, 9);
        // 1024 pixels, a quarter of each level: step = 768/255 = 3, table = (1 + pixels below)/3.
        Pixels x = of(Shape.of(1, 32, 32));
        for (int p = 0; p < 1024; p++) {
            x.now()[p] = 100 + p % 4;
        }
        Colour.equalize(x);
        assertThat(Arrays.copyOf(x.now(), 4)).containsExactly(0, 85, 171, 255);
    }

    @Test
    void sharpnessZeroIsPilsSmoothAndKeepsTheRim() {
        float[] x = after(p -> Colour.sharpness(p, 0), of(Shape.of(1, 3, 3), 0, 0, 0, 0, 130, 0, 0, 0, 0));
        assertThat(x).containsExactly(0, 0, 0, 0, 50, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(value = RandAugment.Op.class, names = {"AUTOCONTRAST", "EQUALIZE"}, mode = EnumSource.Mode.EXCLUDE)
    void opsOfNoStrengthChangeNothingAndOthersDo_seed2(RandAugment.Op op) {
        Shape image = Shape.of(3, 17, 13);
        for (int sign : new int[] {-1, 1}) {
            Pixels x = random(2, image);
            RandAugment.apply(op, x, 0, sign);
            assertThat(x.now()).isEqualTo(random(2, image).now());
            RandAugment.apply(op, x, 0.9, sign);
            assertThat(Arrays.equals(x.now(), random(2, image).now())).isEqualTo(op == RandAugment.Op.IDENTITY);
        }
    }

    @Test
    void randAugmentTakesEveryOpEquallyOftenAndSpreadsItsMagnitude_seed3() {
        // What an op does to one picture tells it from the others: count the outcomes.
        Set<Integer> outcomes = new HashSet<>();
        Set<Integer> spread = new HashSet<>();
        int nothing = 0;
        for (int i = 0; i < 2800; i++) {
            long key = new Rng(3).split(i).key();
            Pixels x = random(4, Shape.of(3, 17, 17));
            new RandAugment(9, 1, 0, 1).apply(x, key);
            outcomes.add(Arrays.hashCode(x.now()));
            nothing += Arrays.equals(x.now(), random(4, Shape.of(3, 17, 17)).now()) ? 1 : 0;
            Pixels y = random(4, Shape.of(3, 17, 17));
            new RandAugment(9, 1, 0.5, 1).apply(y, key);
            spread.add(Arrays.hashCode(y.now()));
        }
        // 14 ops, of which rotate, color, contrast, brightness, sharpness, shears and translations go both ways.
        assertThat(outcomes).hasSizeBetween(20, 23);
        assertThat(nothing).isBetween(130, 330);
        assertThat(spread).hasSizeGreaterThan(1000);
    }

    @Test
    void randAugmentIsWrittenAsTimmDoes() {
        assertThat(RandAugment.of("rand-m9-n2")).isEqualTo(new RandAugment(9, 2, 0, 1));
        assertThat(RandAugment.of("rand-m7.5-mstd0.5-inc1-n3-p0.5")).isEqualTo(new RandAugment(7.5, 3, 0.5, 0.5));
        assertThat(RandAugment.of("rand")).isEqualTo(new RandAugment(10, 2, 0, 1));
        assertThat(RandAugment.of(new RandAugment(7.5, 3, 0.5, 0.25).text())).isEqualTo(new RandAugment(7.5, 3, 0.5, 0.25));
        for (String bad : List.of("", "augmix-m3", "rand-m11", "rand-n0", "rand-m9-", "rand-q3", "rand-m9-n2.5", "rand-inc0")) {
            assertThatThrownBy(() -> RandAugment.of(bad)).as(bad).isInstanceOf(FormatException.class).hasMessageContaining("--aa");
        }
    }

    @Test
    void jitterGoesThroughAllOrdersAndItsFactorsAreUniform_seed5() {
        Set<Integer> orders = new HashSet<>();
        double sum = 0;
        for (int i = 0; i < 2000; i++) {
            long key = new Rng(5).split(i).key();
            Pixels x = of(Shape.of(3, 1, 1), 100, 100, 100);
            new ColorJitter(0.4, 0, 0, 0).apply(x, key);
            assertThat(x.now()[0]).isBetween(60f, 140f);
            sum += x.now()[0] / 2000;
            orders.add(Rng.below(key, 4, 24));
        }
        assertThat(sum).isCloseTo(100, within(2.0));
        assertThat(orders).hasSize(24);
        assertThatThrownBy(() -> new ColorJitter(0, 0, 0, 0.6)).isInstanceOf(FormatException.class).hasMessageContaining("hue")
                .hasMessageContaining("0.6");
    }

    @ParameterizedTest(name = "{0}, seed 6")
    @EnumSource(Erasing.Mode.class)
    void erasingWritesARectangleOfTheAskedShareAsOftenAsAsked(Erasing.Mode mode) {
        Shape image = Shape.of(3, 32, 32);
        int erased = 0;
        double area = 0;
        for (int i = 0; i < 1000; i++) {
            Pixels x = of(image);
            Arrays.fill(x.now(), 7);
            new Erasing(0.25, mode, 1).apply(x, new Rng(6).split(i).key());
            int changed = 0;
            Set<Float> colours = new HashSet<>();
            for (int p = 0; p < 1024; p++) {
                if (x.now()[p] != 7) {
                    changed++;
                    colours.add(x.now()[p]);
                    assertThat(mode == Erasing.Mode.CONST ? x.now()[p] : 127.5f).isEqualTo(127.5f);
                }
            }
            if (changed > 0) {
                erased++;
                area += changed / 1024.0;
                assertThat(changed).isBetween(15, 360);
                assertThat(colours.size()).isEqualTo(mode == Erasing.Mode.PIXEL ? changed : 1);
            }
        }
        assertThat(erased).isBetween(200, 300);
        assertThat(area / erased).isBetween(0.14, 0.21);
    }

    @Test
    void cutoutWritesASquareThatMayLieOutside_seed7() {
        int whole = 0;
        for (int i = 0; i < 500; i++) {
            Pixels x = of(Shape.of(1, 17, 13));
            Arrays.fill(x.now(), 7);
            Transform.cutout(5).apply(x, new Rng(7).split(i).key());
            int changed = 0;
            for (float v : x.now()) {
                changed += v == 0 ? 1 : 0;
            }
            assertThat(changed).isBetween(9, 25);
            whole += changed == 25 ? 1 : 0;
        }
        assertThat(whole).isBetween(220, 340); // 13·9 of 17·13 places
    }
}
