package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitTest {
    private static byte[] fit(Shape from, Shape to, int... pixels) {
        byte[] b = new byte[pixels.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = (byte) pixels[i];
        }
        return Fit.fit(b, from, to);
    }

    @ParameterizedTest
    @CsvSource({"7,5,3,3", "3,3,7,5", "100,100,28,28", "1,1,4,6", "28,28,1,1", "3024,17,10,10", "9,9,9,4"})
    void aPlainImageStaysPlainAtEverySize(int h, int w, int toH, int toW) {
        byte[] grey = new byte[h * w];
        Arrays.fill(grey, (byte) 201);
        assertThat(Fit.fit(grey, Shape.of(1, h, w), Shape.of(1, toH, toW))).hasSize(toH * toW).containsOnly(201);
    }

    @Test
    void theMiddleIsCroppedWhereTheSidesDiffer() {
        assertThat(fit(Shape.of(1, 1, 5), Shape.of(1, 1, 3), 1, 2, 3, 4, 5)).containsExactly(2, 3, 4);
        assertThat(fit(Shape.of(1, 4, 2), Shape.of(1, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8)).containsExactly(3, 4, 5, 6);
    }

    @Test
    void halvingWeighsFourNeighboursByATriangle() {
        // Weights ⅛ ⅜ ⅜ ⅛ inside; at the border the missing one's weight goes to the others: 3/7 3/7 1/7.
        byte[] half = fit(Shape.of(1, 1, 6), Shape.of(1, 1, 3), 0, 0, 80, 160, 240, 240);
        assertThat(half[1] & 255).isEqualTo(Math.round(0 / 8f + 80 * 3 / 8f + 160 * 3 / 8f + 240 / 8f));
        // One row is scaled to cover three by three columns of the same aspect: only the middle counts.
        assertThat(fit(Shape.of(1, 2, 2), Shape.of(1, 1, 1), 0, 100, 100, 200)).containsExactly(100);
    }

    @Test
    void doublingInterpolates() {
        byte[] up = fit(Shape.of(1, 2, 2), Shape.of(1, 4, 4), 0, 100, 0, 100);
        assertThat(Arrays.copyOf(up, 4)).containsExactly(0, 25, 75, 100);
    }

    @Test
    void mirroringCommutesWithFitting() {
        Random random = new Random(3);
        byte[] x = new byte[13 * 11];
        random.nextBytes(x);
        byte[] mirrored = mirror(x, 11);
        Shape from = Shape.of(1, 13, 11);
        Shape to = Shape.of(1, 6, 4);
        byte[] a = Fit.fit(x, from, to);
        byte[] b = mirror(Fit.fit(mirrored, from, to), 4);
        for (int i = 0; i < a.length; i++) {
            assertThat(Math.abs((a[i] & 255) - (b[i] & 255))).isLessThanOrEqualTo(1);
        }
    }

    private static byte[] mirror(byte[] x, int w) {
        byte[] m = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            m[i] = x[i / w * w + w - 1 - i % w];
        }
        return m;
    }

    @Test
    void coloursBecomeLumaAndGreyIsRepeated() {
        assertThat(fit(Shape.of(3, 1, 2), Shape.of(1, 1, 2), 255, 0, 0, 255, 0, 0)).containsExactly(76, (byte) 150);
        assertThat(fit(Shape.of(1, 1, 2), Shape.of(3, 1, 2), 5, 6)).containsExactly(5, 6, 5, 6, 5, 6);
    }
}
