package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransformTest {
    private static float[] apply(Transform t, Shape image, Rng rng) {
        float[] x = new float[image.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = i + 1;
        }
        t.apply(x, image, rng);
        return x;
    }

    @Test
    void flipMirrorsEveryRowOfEveryChannelHalfOfTheTime() {
        Shape image = Shape.of(2, 1, 3);
        int flipped = 0;
        for (int i = 0; i < 1000; i++) {
            float[] x = apply(Transform.flip(), image, new Rng(9).split(i));
            assertThat(x).isIn(new float[] {1, 2, 3, 4, 5, 6}, new float[] {3, 2, 1, 6, 5, 4});
            flipped += x[0] == 3 ? 1 : 0;
        }
        assertThat(flipped).isBetween(450, 550);
    }

    @Test
    void cropShiftsEachWayAndFillsWithBlack() {
        int h = 4;
        int w = 3;
        Set<String> shifts = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            Rng rng = new Rng(10).split(i);
            int dy = rng.below(0, 9) - 4;
            int dx = rng.below(1, 9) - 4;
            shifts.add(dy + " " + dx);
            float[] x = apply(Transform.crop(4), Shape.of(2, h, w), rng);
            for (int p = 0; p < x.length; p++) {
                int c = p / (h * w);
                int fromY = p / w % h + dy;
                int fromX = p % w + dx;
                boolean inside = fromY >= 0 && fromY < h && fromX >= 0 && fromX < w;
                assertThat(x[p]).isEqualTo(inside ? (c * h + fromY) * w + fromX + 1 : 0);
            }
        }
        assertThat(shifts).hasSize(81);
        assertThatThrownBy(() -> Transform.crop(0)).isInstanceOf(ShapeException.class);
    }

    @Test
    void theSameGeneratorGivesTheSameChange() {
        Transform both = Transform.flip().then(Transform.crop(2));
        Shape image = Shape.of(1, 6, 6);
        assertThat(apply(both, image, new Rng(3))).isEqualTo(apply(both, image, new Rng(3)));
        Set<Float> corners = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            corners.add(apply(both, image, new Rng(3).split(i))[14]);
        }
        assertThat(corners).hasSizeGreaterThan(10);
    }
}
