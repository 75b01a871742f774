package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Softmax;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The output-size formula against counting windows, and what the shape rules refuse. */
class ShapeRuleTest {

    /** All small windows on all small inputs: the formula gives as many windows as fit when they are laid down one by one. */
    @Test
    void theFormulaCountsTheWindowsThatFit() {
        int compared = 0;
        for (int i = 0; i < 6 * 5 * 4 * 4 * 4 * 3; i++) {
            Window.Axis a = new Window.Axis(1 + i / 6 % 5, 1 + i / 30 % 4, i / 120 % 4, i / 480 % 4, 1 + i / 1920 % 3);
            int in = 1 + i % 6;
            int fit = 0;
            int ceil = 0;
            for (int start = -a.before(); start + a.extent() <= in + a.after(); start += a.stride()) {
                fit++;
            }
            for (int start = -a.before(); fit > 0 && start < in + a.after(); start += a.stride()) {
                boolean first = start - a.stride() + a.extent() < in + a.after(); // the one before left something over
                ceil += ceil < fit || ceil == fit && first && start < in ? 1 : 0;
            }
            if (fit == 0) {
                assertThatThrownBy(() -> a.output(in)).isInstanceOf(ShapeException.class);
            } else {
                assertThat(a.output(in)).as("%s on %d", a, in).isEqualTo(fit);
                assertThat(a.outputCeil(in)).as("ceil mode, %s on %d", a, in).isEqualTo(ceil);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(2000);
    }

    /** Stride 1 and "same" padding: as many outputs as inputs, for odd and even kernels. */
    @Test
    void sameKeepsTheSize() {
        for (int kernel = 1; kernel < 8; kernel++) {
            Window w = Window.same(kernel, 8 - kernel, 1 + kernel % 3, 1);
            assertThat(Conv2d.of(2, w).output(Shape.of(3, 1, 13, 7))).isEqualTo(Shape.of(3, 2, 13, 7));
            assertThat(w.h().after() - w.h().before()).as("an odd rest goes after").isBetween(0, 1);
        }
    }

    @Test
    void whatCannotFitIsRefusedInOneLine() {
        Shape image = Shape.of(2, 3, 5, 5);
        refused(() -> Window.of(0), "kernel, stride and dilation of 1", "kernel 0");
        refused(() -> Window.of(3, 0, 0), "stride and dilation of 1", "stride 0");
        refused(() -> Window.of(3, 1, -1), "padding of 0");
        refused(() -> Conv2d.of(0, Window.of(3)), "filters must be at least 1", "0 filters");
        refused(() -> Conv2d.of(2, Window.of(6)).output(image), "spans 6", "only 5");
        refused(() -> new Conv2d(3, Window.of(1), 2, true), "divisible by groups");
        refused(() -> new Conv2d(4, Window.of(1), 2, true).output(image), "2 groups", "3 channels");
        refused(() -> Conv2d.of(2, Window.of(1)).output(Shape.of(2, 5)), "N×C×H×W", "expected 4", "received 2");
        refused(() -> new MaxPool2d(Window.of(3, 1, 2), false), "padding", "half the kernel");
        refused(() -> MaxPool2d.of(6).output(image), "spans 6");
        Window.Axis dilated = new Window.Axis(2, 1, 0, 0, 2);
        refused(() -> new AvgPool2d(new Window(dilated, dilated), false, true), "dilation");
        refused(() -> Linear.of(0), "at least 1");
        refused(() -> Linear.of(3).output(image), "flatten");
        refused(() -> new Add().output(image, Shape.of(2, 3, 5, 4)), "2×3×5×5", "2×3×5×4");
        refused(() -> new Softmax().output(Shape.of(2)), "N×C", "received 2");
        refused(() -> new SoftmaxCrossEntropy().output(Shape.of(3, 5), Shape.of(2)), "3", "received 2");
    }

    private static void refused(ThrowingCallable what, String... words) {
        assertThatThrownBy(what).isInstanceOf(ShapeException.class).hasMessageContainingAll(words)
                .message().doesNotContain("\n");
    }
}
