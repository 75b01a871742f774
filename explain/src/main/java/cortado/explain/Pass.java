package cortado.explain;

import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Relu;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One op, run forward and backward by its own reference kernel on F64 tensors, with every gradient wanted.
 *
 * @param op      what was run
 * @param x       inputs
 * @param params  learned tensors
 * @param y       output
 * @param dy      the gradient that came from above
 * @param dx      gradient of the first input
 * @param dparams gradients of the learned tensors
 */
record Pass(Op op, List<Tensor> x, List<Tensor> params, Tensor y, Tensor dy, Tensor dx, List<Tensor> dparams) {

    static Pass of(Op op, List<Tensor> x, List<Tensor> params, Tensor dy) {
        Shape[] shapes = x.stream().map(Tensor::shape).toArray(Shape[]::new);
        Tensor y = Tensor.of(op.output(shapes), Type.F64);
        List<Tensor> saved = op.saved(shapes).stream().map(s -> Tensor.of(s, Type.I32)).toList();
        Tensor dx = Tensor.of(shapes[0], Type.F64);
        List<Tensor> dparams = params.stream().map(p -> Tensor.of(p.shape(), Type.F64)).toList();
        List<Optional<Tensor>> wanted = new ArrayList<>();
        wanted.add(Optional.of(dx));
        while (wanted.size() < x.size()) {
            wanted.add(Optional.empty());
        }
        Operands o = Operands.of(x, y, params, saved)
                .withGradients(dy, wanted, new boolean[x.size()], dparams.stream().map(Optional::of).toList());
        op.forward(o);
        op.backward(o);
        return new Pass(op, x, params, y, dy, dx, dparams);
    }

    /** Forward only. */
    static Tensor forward(Op op, List<Tensor> x, List<Tensor> params) {
        Shape[] shapes = x.stream().map(Tensor::shape).toArray(Shape[]::new);
        Tensor y = Tensor.of(op.output(shapes), Type.F64);
        List<Tensor> saved = op.saved(shapes).stream().map(s -> Tensor.of(s, Type.I32)).toList();
        op.forward(Operands.of(x, y, params, saved));
        return y;
    }

    /** Holds the gradient of one of this op's tensors against finite differences. */
    Slopes slopes(Tensor of, Tensor gradient) {
        boolean kinks = op instanceof Relu || op instanceof MaxPool2d;
        return Slopes.of(() -> forward(op, x, params), dy, of, gradient, Slopes.step(of), size(), kinks);
    }

    /** The size of the numbers added up on the way to y: that of y, were every term positive. */
    private double size() {
        return Slopes.largest(forward(op, x.stream().map(Pass::absolute).toList(), params.stream().map(Pass::absolute).toList()));
    }

    private static Tensor absolute(Tensor t) {
        Tensor a = Tensor.of(t.shape(), t.type());
        for (int i = 0; i < t.size(); i++) {
            a.set(i, Math.abs(t.get(i)));
        }
        return a;
    }

    /** A matrix as the one channel of one image, sharing memory. */
    static Tensor image(Tensor matrix) {
        return matrix.reshape(Shape.of(1, 1, matrix.shape().dim(0), matrix.shape().dim(1)));
    }

    /** The one channel of one image as a matrix, sharing memory. */
    static Tensor matrix(Tensor image) {
        return image.reshape(Shape.of(image.shape().h(), image.shape().w()));
    }
}
