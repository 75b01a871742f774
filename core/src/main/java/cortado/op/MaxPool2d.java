package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Max pooling.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y, argmax</td><td>{@code N C P Q}; argmax is the position r·S+s in the window, saved for backward</td></tr>
 * </table>
 *
 * <pre>
 * y[n,c,p,q]   = max over (r,s) of x[n, c, p·stride−pad+r·dilation, q·stride−pad+s·dilation]
 * dx[n,c,h,w] += Σ dy[n,c,p,q] over the windows whose maximum lies at (h, w)                            N7
 * </pre>
 *
 * Of equal elements the first in row order gets the gradient, as in PyTorch. Padding never wins. A NaN in the window wins.
 * Derivation: {@code docs/backprop.md#max-pooling}.
 *
 * @param window   kernel, stride, padding (at most half the kernel), dilation
 * @param ceilMode whether a last window may hang over the end
 */
public record MaxPool2d(Window window, boolean ceilMode) implements Op {

    /** Checks the padding; throws {@link ShapeException}. */
    public MaxPool2d {
        AvgPool2d.checkPadding("maxpool2d", window);
    }

    /**
     * {@return pooling without overlap}
     * @param kernel rows and columns; also the stride
     */
    public static MaxPool2d of(int kernel) {
        return new MaxPool2d(Window.of(kernel, kernel, 0), false);
    }

    @Override
    public Shape output(Shape... x) {
        return AvgPool2d.output("maxpool2d", window, ceilMode, x[0]);
    }

    @Override
    public List<Shape> saved(Shape... x) {
        return List.of(output(x));
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.saved(0), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> backward(dx, o.dy(), o.saved(0)));
    }

    private void forward(Tensor y, Tensor argmax, Tensor x) {
        Conv2d.each(y.shape(), (n, c, p, q) -> {
            double max = Double.NEGATIVE_INFINITY;
            int at = -1;
            for (int i = 0; i < window.size(); i++) {
                int h = window.h().at(p, i / window.w().kernel());
                int w = window.w().at(q, i % window.w().kernel());
                if (h >= 0 && h < x.shape().h() && w >= 0 && w < x.shape().w()) {
                    double v = x.get(n, c, h, w);
                    if (at < 0 || v > max || Double.isNaN(v)) {
                        max = v;
                        at = i;
                    }
                }
            }
            y.set(n, c, p, q, max);
            argmax.set(n, c, p, q, at);
        });
    }

    /** N7: the whole gradient goes to where the maximum was. */
    private void backward(Tensor dx, Tensor dy, Tensor argmax) {
        Conv2d.each(dy.shape(), (n, c, p, q) -> {
            int i = (int) argmax.get(n, c, p, q);
            if (i >= 0) { // a dilated window can lie in padding altogether
                dx.add(n, c, window.h().at(p, i / window.w().kernel()), window.w().at(q, i % window.w().kernel()),
                        dy.get(n, c, p, q));
            }
        });
    }
}
