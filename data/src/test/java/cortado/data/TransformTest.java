package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TransformTest {
    private static final Transform FLIP = Transform.horizontalFlip(0.5);

    private static Pixels pixels(Shape image) {
        int c = image.dim(0);
        return new Pixels(image, new Normalization(List.of(0.1, 0.2, 0.3).subList(0, c), List.of(0.5, 0.25, 0.5).subList(0, c)));
    }

    /** Elements 1, 2, 3, … */
    private static Pixels counted(Shape image) {
        Pixels x = pixels(image);
        for (int i = 0; i < x.now().length; i++) {
            x.now()[i] = i + 1;
        }
        return x;
    }

    private static float[] apply(Transform t, Shape image, Rng rng) {
        Pixels x = counted(image);
        t.apply(x, rng.key());
        return x.now();
    }

    private static Pixels random(Shape image, long seed) {
        Pixels x = pixels(image);
        for (int i = 0; i < x.now().length; i++) {
            x.now()[i] = new Rng(seed).below(i, 256);
        }
        return x;
    }

    @Test
    void flipMirrorsEveryRowOfEveryChannelHalfOfTheTime_seed9() {
        Shape image = Shape.of(2, 1, 3);
        int flipped = 0;
        for (int i = 0; i < 1000; i++) {
            float[] x = apply(FLIP, image, new Rng(9).split(i));
            assertThat(x).isIn(new float[] {1, 2, 3, 4, 5, 6}, new float[] {3, 2, 1, 6, 5, 4});
            flipped += x[0] == 3 ? 1 : 0;
        }
        assertThat(flipped).isBetween(450, 550);
    }

    @ParameterizedTest(name = "{0}×{1}×{2}")
    @CsvSource({"1,1,1", "3,3,2", "1,5,7", "3,13,17", "3,33,31"})
    void flipsAreInvolutionsAndMoveWhereTheyShould(int c, int h, int w) {
        Shape image = Shape.of(c, h, w);
        Transform horizontal = Transform.horizontalFlip(1);
        Transform vertical = Transform.verticalFlip(1);
        assertThat(apply(horizontal.then(horizontal), image, new Rng(0))).isEqualTo(counted(image).now());
        assertThat(apply(vertical.then(vertical), image, new Rng(0))).isEqualTo(counted(image).now());
        float[] x = apply(horizontal.then(vertical), image, new Rng(0));
        for (int p = 0; p < h * w; p++) {
            assertThat(x[(c - 1) * h * w + p]).isEqualTo((c - 1) * h * w + h * w - p);
        }
        assertThat(apply(Transform.horizontalFlip(0).then(Transform.verticalFlip(0)), image, new Rng(0)))
                .isEqualTo(counted(image).now());
    }

    @ParameterizedTest(name = "{0}, seed 10")
    @CsvSource({"ZERO", "REFLECT"})
    void cropShiftsEachWayAndBringsInTheBorder(Transform.Border border) {
        int h = 6;
        int w = 5;
        Set<String> shifts = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            Rng rng = new Rng(10).split(i);
            int dy = rng.below(0, 9) - 4;
            int dx = rng.below(1, 9) - 4;
            shifts.add(dy + " " + dx);
            float[] x = apply(Transform.crop(4, border), Shape.of(2, h, w), rng);
            for (int p = 0; p < x.length; p++) {
                int c = p / (h * w);
                int fromY = p / w % h + dy;
                int fromX = p % w + dx;
                boolean inside = fromY >= 0 && fromY < h && fromX >= 0 && fromX < w;
                int y = fromY < 0 ? -fromY : fromY >= h ? 2 * (h - 1) - fromY : fromY;
                int o = fromX < 0 ? -fromX : fromX >= w ? 2 * (w - 1) - fromX : fromX;
                assertThat(x[p]).isEqualTo(inside || border == Transform.Border.REFLECT ? (c * h + y) * w + o + 1 : 0);
            }
        }
        assertThat(shifts).hasSize(81);
        assertThatThrownBy(() -> Transform.crop(0, border)).isInstanceOf(ShapeException.class);
    }

    @Test
    void cropWithBlackMayShiftEverythingOut_seed10() {
        for (int i = 0; i < 200; i++) {
            Rng rng = new Rng(10).split(i);
            boolean out = Math.abs(rng.below(0, 9) - 4) >= 3 || Math.abs(rng.below(1, 9) - 4) >= 2;
            assertThat(apply(Transform.crop(4, Transform.Border.ZERO), Shape.of(1, 3, 2), rng)).satisfies(
                    x -> assertThat(x).containsOnly(out ? new float[] {0} : x));
        }
    }

    @Test
    void resizedCropTakesPartsOfTheAskedAreaAndRatio_seed11() {
        int side = 101;
        Shape image = Shape.of(2, side, side);
        double least = 9;
        double most = 0;
        double wide = 0;
        for (int i = 0; i < 300; i++) {
            Pixels x = pixels(image);
            for (int p = 0; p < side * side; p++) { // channel 0 is y, channel 1 is x: a map's slope tells the part's size
                x.now()[p] = p / side;
                x.now()[side * side + p] = p % side;
            }
            Transform.resizedCrop(0.2, 0.7, 0.5, 2).apply(x, new Rng(11).split(i).key());
            double ch = (x.now()[60 * side] - x.now()[40 * side]) * side / 20.0;
            double cw = (x.now()[side * side + 60] - x.now()[side * side + 40]) * side / 20.0;
            double share = ch * cw / (side * side);
            assertThat(share).isBetween(0.19, 0.72);
            assertThat(cw / ch).isBetween(0.48, 2.1);
            assertThat(x.now()[0]).isBetween(0f, 100f);
            least = Math.min(least, share);
            most = Math.max(most, share);
            wide += cw > ch ? 1 : 0;
        }
        assertThat(least).isLessThan(0.25);
        assertThat(most).isGreaterThan(0.65);
        assertThat(wide).isBetween(110.0, 190.0);
    }

    static Stream<Transform> nothing() {
        return Stream.of(Transform.resizedCrop(1, 1, 1, 1), Transform.rotation(0), new ColorJitter(0, 0, 0, 0),
                new Erasing(0, Erasing.Mode.PIXEL, 3), Transform.NONE.then(Transform.NONE), new RandAugment(9, 2, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void zeroStrengthChangesNothing_seed12(Transform t) {
        for (Shape image : List.of(Shape.of(3, 13, 13), Shape.of(1, 7, 7), Shape.of(3, 1, 1))) {
            Pixels x = random(image, 12);
            t.apply(x, new Rng(12).key());
            assertThat(x.now()).isEqualTo(random(image, 12).now());
        }
    }

    static Stream<Transform> all() {
        return Stream.of(FLIP, Transform.verticalFlip(0.5), Transform.crop(2, Transform.Border.REFLECT),
                Transform.resizedCrop(0.08, 1, 0.75, 1.33), Transform.rotation(180), new ColorJitter(0.9, 2, 3, 0.5),
                new RandAugment(10, 3, 3, 0.9), Transform.cutout(3), new Erasing(1, Erasing.Mode.CONST, 3));
    }

    @ParameterizedTest
    @MethodSource("all")
    void valuesStayInRangeAndTheSameKeyGivesTheSameChange_seed13(Transform t) {
        for (Shape image : List.of(Shape.of(3, 13, 17), Shape.of(1, 31, 5), Shape.of(3, 3, 3), Shape.of(1, 3, 3))) {
            Set<Integer> different = new HashSet<>();
            Pixels used = random(image, 1);
            for (int i = 0; i < 100; i++) {
                long key = new Rng(13).split(i).key();
                Pixels x = random(image, 14);
                t.apply(x, key);
                for (float v : x.now()) {
                    assertThat(v).isBetween(0f, 255f);
                }
                // A place that was used before gives the same bits as a new one.
                System.arraycopy(random(image, 14).now(), 0, used.now(), 0, image.size());
                t.apply(used, key);
                assertThat(used.now()).isEqualTo(x.now());
                different.add(java.util.Arrays.hashCode(x.now()));
            }
            assertThat(different).hasSizeGreaterThan(1);
        }
    }

    @Test
    void rotationTurnsCounterclockwiseAboutTheMiddle() {
        Pixels x = counted(Shape.of(1, 3, 3));
        Geometry.rotate(x, 90, false);
        float[] quarter = {3, 6, 9, 2, 5, 8, 1, 4, 7};
        for (int p = 0; p < 9; p++) {
            assertThat(x.now()[p]).isCloseTo(quarter[p], within(1e-4f));
        }
        Pixels y = counted(Shape.of(1, 5, 5));
        Geometry.rotate(y, 45, false);
        assertThat(y.now()[12]).isCloseTo(13, within(1e-4f));
        assertThat(y.now()[0]).isLessThan(0.6f); // a pixel beyond the first one, mixed with black
    }

    /** A place within rounding of the last pixel's end must not be taken for the pixel after it. */
    @Test
    void placesJustInsideTheImageAreInside() {
        for (int side : new int[] {4, 16, 32}) {
            double t = (double) Math.nextDown((float) side) - (side - 1);
            Pixels x = counted(Shape.of(1, side, side));
            Geometry.affine(x, 1, 0, 0, 1, t, t, false);
            assertThat(x.now()[0]).isCloseTo(side + 2, within(0.01f));
            assertThat(x.now()[side * side - 1]).isCloseTo(0, within(0.01f));
        }
    }

    @Test
    void sinesAreThoseOfStrictMathAndNoiseIsNearlyNormal_seed16() {
        for (double d = -180; d <= 180; d += 0.37) {
            assertThat(Geometry.sine(d)).isCloseTo(StrictMath.sin(d * Math.PI / 180), within(2e-15));
        }
        double sum = 0;
        double squares = 0;
        double fourth = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            double z = Pixels.noise(new Rng(16).key(), i);
            sum += z / n;
            squares += z * z / n;
            fourth += z * z * z * z / n;
        }
        assertThat(sum).isCloseTo(0, within(0.015));
        assertThat(squares).isCloseTo(1, within(0.02));
        assertThat(fourth).isCloseTo(3, within(0.12));
    }

    @Test
    void rotationsAreEquallyDistributed_seed15() {
        double sum = 0;
        double most = 0;
        for (int i = 0; i < 2000; i++) {
            Pixels x = pixels(Shape.of(1, 101, 101));
            java.util.Arrays.setAll(x.counts(), k -> 0);
            for (int p = 0; p < 101 * 101; p++) {
                x.now()[p] = p % 101;
            }
            Transform.rotation(30).apply(x, new Rng(15).split(i).key());
            double sine = (x.now()[40 * 101 + 50] - x.now()[60 * 101 + 50]) / 20.0;
            double degrees = Math.toDegrees(Math.asin(sine));
            sum += degrees / 2000;
            most = Math.max(most, Math.abs(degrees));
            assertThat(degrees).isBetween(-30.1, 30.1);
        }
        assertThat(sum).isCloseTo(0, within(1.0));
        assertThat(most).isGreaterThan(29);
    }

    @Test
    void thenSplitsTheKeyAndRangesAreChecked() {
        Transform both = FLIP.then(Transform.crop(2, Transform.Border.ZERO));
        Shape image = Shape.of(1, 6, 6);
        Set<Float> corners = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            corners.add(apply(both, image, new Rng(3).split(i))[14]);
        }
        assertThat(corners).hasSizeGreaterThan(10);
        assertThat(Transform.NONE.then(FLIP)).isSameAs(FLIP);
        assertThat(FLIP.then(Transform.NONE)).isSameAs(FLIP);
        assertThatThrownBy(() -> Transform.horizontalFlip(1.5)).isInstanceOf(FormatException.class).hasMessageContaining("1.5");
        assertThatThrownBy(() -> Transform.rotation(-1)).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> Transform.resizedCrop(0.5, 0.2, 1, 1)).hasMessageContaining("--scale")
                .hasMessageContaining("0.5 0.2");
        assertThatThrownBy(() -> Transform.resizedCrop(0.5, 1, 2, 1)).hasMessageContaining("--ratio");
        assertThatThrownBy(() -> Transform.cutout(0)).isInstanceOf(FormatException.class);
    }
}
