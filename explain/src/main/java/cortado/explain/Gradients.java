package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Grid;
import cortado.op.Conv2d;
import cortado.op.Window;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * N3 and N6: both gradients of a convolution as convolutions, for any stride, padding and dilation.
 *
 * <pre>
 * dk = conv(pad(x), δ)                stepping by the forward pass's dilation, δ spread by its stride
 * dx = conv(pad(dilate(δ)), rot180(k))
 * </pre>
 *
 * @param x      input
 * @param k      kernel
 * @param window of the forward pass
 * @param delta  gradient of the output
 */
record Gradients(Tensor x, Tensor k, Window window, Tensor delta) {

    boolean padding() {
        return window.h().before() + window.h().after() + window.w().before() + window.w().after() > 0;
    }

    /** Whether the stride puts zeros between the elements of δ. */
    boolean spread() {
        return window.h().stride() > 1 && delta.shape().dim(0) > 1 || window.w().stride() > 1 && delta.shape().dim(1) > 1;
    }

    boolean dilated() {
        return window.h().dilation() > 1 || window.w().dilation() > 1;
    }

    /** Whether the last windows leave rows or columns of the padded input untouched. */
    boolean rest() {
        return reach(window.h(), delta.shape().dim(0)) < x.shape().dim(0) + window.h().before() + window.h().after()
                || reach(window.w(), delta.shape().dim(1)) < x.shape().dim(1) + window.w().before() + window.w().after();
    }

    /** Whether some of δ belongs to outputs that met nothing but padding. */
    boolean cropped() {
        return window.h().before() >= window.h().extent() || window.w().before() >= window.w().extent();
    }

    private static int reach(Window.Axis a, int outputs) {
        return a.stride() * (outputs - 1) + a.extent();
    }

    /** The input with its padding, as far as any window reaches. */
    Grid input(String name) {
        return Frames.spread(name, x, reach(window.h(), delta.shape().dim(0)), reach(window.w(), delta.shape().dim(1)),
                new At(window.h().before(), window.w().before()), 1, 1);
    }

    /** δ, spread by the stride. */
    Grid spreadDelta(String name) {
        return Frames.spread(name, delta, window.h().stride() * (delta.shape().dim(0) - 1) + 1,
                window.w().stride() * (delta.shape().dim(1) - 1) + 1, new At(0, 0), window.h().stride(), window.w().stride());
    }

    /** N3. */
    Tensor dk() {
        Window.Axis h = new Window.Axis(delta.shape().dim(0), window.h().dilation(), 0, 0, window.h().stride());
        Window.Axis w = new Window.Axis(delta.shape().dim(1), window.w().dilation(), 0, 0, window.w().stride());
        return convolve(input("").values(), delta, new Window(h, w));
    }

    /** δ, spread by the stride, within so many zeros that the turned kernel's windows are as many as x has elements. */
    Grid paddedDelta(String name) {
        Window.Axis h = window.h();
        Window.Axis w = window.w();
        return Frames.spread(name, delta, x.shape().dim(0) + h.extent() - 1, x.shape().dim(1) + w.extent() - 1,
                new At(h.extent() - 1 - h.before(), w.extent() - 1 - w.before()), h.stride(), w.stride());
    }

    /** N6. */
    Tensor dx() {
        Window full = new Window(new Window.Axis(window.h().kernel(), 1, 0, 0, window.h().dilation()),
                new Window.Axis(window.w().kernel(), 1, 0, 0, window.w().dilation()));
        return convolve(paddedDelta("").values(), Frames.rot180(k), full);
    }

    private static Tensor convolve(Tensor in, Tensor kernel, Window window) {
        return Pass.matrix(Pass.forward(new Conv2d(1, window, 1, false), List.of(Pass.image(in)), List.of(Pass.image(kernel))));
    }
}
