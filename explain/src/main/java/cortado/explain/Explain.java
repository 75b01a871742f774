package cortado.explain;

import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.Optional;

/**
 * Explanations with concrete numbers. Each runs the real op on F64 tensors, computes every number again as the sum of its
 * terms, and measures every gradient by finite differences; {@link Document#ok()} says whether all of it agrees.
 *
 * <p>Matrices are tensors of rank 2, rows × columns, at most {@value MatrixText#LIMIT} each way ({@link MatrixText#parse});
 * a bias is any tensor of one element. Letters are those of the notes: input X, kernel K, output Z, and δ for ∂L/∂Z; pooling
 * and ReLU lead from C to P and from Z to C. Where no gradient is given, it is taken as 1 for every output: L is their sum.
 */
public final class Explain {
    private static final String CHECKED = "Every number comes from the op itself and is written out as the sum of its terms; every "
            + "gradient is held against what finite differences measure, `(L(x + h) − L(x − h)) / (2h)`.";
    private static final int LARGEST = 2 * MatrixText.LIMIT;

    private Explain() {
    }

    /**
     * N1 to N12 on the notes' own sizes.
     *
     * @return the walk
     */
    public static Document notes() {
        return Notes.document();
    }

    /**
     * N1 to N6: forward, kernel, bias and input gradient of one filter on one channel.
     *
     * @param x      input, rows × columns
     * @param w      kernel; the window's size must be this
     * @param b      bias, one element
     * @param window kernel, stride, padding, dilation
     * @param dy     gradient of the output; ones if absent
     * @return the explanation
     * @throws ShapeException if the sizes do not fit or are too large to show
     */
    public static Document conv2d(Tensor x, Tensor w, Optional<Tensor> b, Window window, Optional<Tensor> dy) {
        matrix("conv2d: x", x);
        matrix("conv2d: w", w);
        if (w.shape().dim(0) != window.h().kernel() || w.shape().dim(1) != window.w().kernel()) {
            throw new ShapeException("conv2d: the window is " + window.text() + ", but w is " + w.shape());
        }
        if (b.isPresent() && b.get().size() != 1) {
            throw new ShapeException("conv2d: one filter has one bias, received " + b.get().shape());
        }
        small("conv2d", window);
        Conv2d op = new Conv2d(1, window, 1, b.isPresent());
        Tensor delta = gradient(op, x, dy);
        Optional<Tensor> bias = b.map(t -> t.reshape(Shape.of(1)));
        return new Document("conv2d: " + words(window) + " on " + x.shape(), CHECKED + " Input `X`, kernel `K`, output `Z`, `δ = "
                + "∂L/∂Z`" + assumed(dy) + ".", new Convolution(x, w, bias, window, delta).parts());
    }

    /**
     * N7: max pooling of one channel.
     *
     * @param x  input, rows × columns
     * @param op window and rounding of the output size
     * @param dy gradient of the output; ones if absent
     * @return the explanation
     * @throws ShapeException if the sizes do not fit or are too large to show
     */
    public static Document maxpool2d(Tensor x, MaxPool2d op, Optional<Tensor> dy) {
        matrix("maxpool2d: x", x);
        small("maxpool2d", op.window());
        Tensor delta = gradient(op, x, dy);
        return new Document("maxpool2d: " + words(op.window()) + " on " + x.shape(), CHECKED + " Input `C`, output `P`, `∂L/∂P`"
                + assumed(dy) + ".", Pooling.max(op, x, delta));
    }

    /**
     * N10: average pooling of one channel.
     *
     * @param x  input, rows × columns
     * @param op window, rounding of the output size, whether padding counts
     * @param dy gradient of the output; ones if absent
     * @return the explanation
     * @throws ShapeException if the sizes do not fit or are too large to show
     */
    public static Document avgpool2d(Tensor x, AvgPool2d op, Optional<Tensor> dy) {
        matrix("avgpool2d: x", x);
        small("avgpool2d", op.window());
        Tensor delta = gradient(op, x, dy);
        return new Document("avgpool2d: " + words(op.window()) + " on " + x.shape(), CHECKED + " Input `C`, output `P`, `∂L/∂P`"
                + assumed(dy) + ".", Pooling.average(op, x, delta));
    }

    /**
     * N8: ReLU of a matrix.
     *
     * @param x  input, rows × columns
     * @param dy gradient of the output; ones if absent
     * @return the explanation
     * @throws ShapeException if the sizes do not fit or are too large to show
     */
    public static Document relu(Tensor x, Optional<Tensor> dy) {
        matrix("relu: x", x);
        dy.ifPresent(t -> fits("relu", t, x.shape()));
        return new Document("relu: " + x.shape(), CHECKED + " Input `Z`, output `C`, `∂L/∂C`" + assumed(dy) + ".",
                Rectifier.parts(x, dy.orElseGet(() -> ones(x.shape()))));
    }

    /**
     * N11 and N12: the loss of one image and its gradient.
     *
     * @param scores one row (or one column) of a score per class
     * @param label  the true class, 0 … classes−1
     * @return the explanation
     * @throws ShapeException if scores are not a row or the label is not a class
     */
    public static Document softmaxCrossEntropy(Tensor scores, int label) {
        matrix("softmax-cross-entropy: scores", scores);
        if (scores.shape().dim(0) != 1 && scores.shape().dim(1) != 1) {
            throw new ShapeException("softmax-cross-entropy takes one row of scores, received " + scores.shape());
        }
        if (label < 0 || label >= scores.size()) {
            throw new ShapeException("softmax-cross-entropy: the label must be one of the " + scores.size() + " classes, 0 … "
                    + (scores.size() - 1) + ", received " + label);
        }
        return new Document("softmax-cross-entropy: " + scores.size() + " scores", CHECKED,
                new Loss(scores.reshape(Shape.of(1, scores.size())), label).parts());
    }

    private static void matrix(String what, Tensor t) {
        t.shape().expectRank(2, what + " is a matrix, rows × columns");
        if (t.shape().dim(0) > MatrixText.LIMIT || t.shape().dim(1) > MatrixText.LIMIT) {
            throw new ShapeException(what + " is " + t.shape() + "; at most " + MatrixText.LIMIT + "×" + MatrixText.LIMIT
                    + " are explained");
        }
    }

    private static String words(Window w) {
        return "window " + w.text().replace(" /", ", stride ").replace(" pad", ", padding").replace(" dilation", ", dilation");
    }

    /** Refuses a window before anything is made from it: its padded input is going to be shown. */
    private static void small(String op, Window window) {
        for (Window.Axis a : new Window.Axis[] {window.h(), window.w()}) {
            int largest = Math.max(Math.max(a.kernel(), a.dilation()), Math.max(a.before(), a.after()));
            if (largest > LARGEST) {
                throw new ShapeException(op + ": " + words(window) + " is too large; kernel, padding and dilation of at most "
                        + LARGEST + " are explained");
            }
        }
    }

    /** The gradient to start from, checked against the op's output size. */
    private static Tensor gradient(Op op, Tensor x, Optional<Tensor> dy) {
        Shape y = op.output(Pass.image(x).shape());
        if (y.h() > LARGEST || y.w() > LARGEST) {
            throw new ShapeException(op.kind() + ": the output would be " + y.h() + "×" + y.w() + "; at most " + LARGEST
                    + "×" + LARGEST + " are explained");
        }
        Shape plane = Shape.of(y.h(), y.w());
        dy.ifPresent(t -> fits(op.kind(), t, plane));
        return dy.orElseGet(() -> ones(plane));
    }

    private static void fits(String op, Tensor dy, Shape y) {
        if (!dy.shape().equals(y)) {
            throw new ShapeException(op + ": dy must have the size of the output, expected " + y + ", received " + dy.shape());
        }
    }

    private static Tensor ones(Shape shape) {
        Tensor t = Tensor.f64(shape.dims());
        t.fill(1);
        return t;
    }

    private static String assumed(Optional<Tensor> dy) {
        return dy.isPresent() ? " as given" : "; none was given, so `L` is the sum of the outputs and it is 1 everywhere";
    }
}
