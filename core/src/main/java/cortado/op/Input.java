package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Type;

/**
 * Where a batch enters a graph. It computes nothing.
 *
 * @param example sizes of one example: {@code C H W} of an image, scalar for a label
 * @param type    F32 for images (F64 when gradients are checked), I32 for labels
 */
public record Input(Shape example, Type type) implements Op {

    /**
     * {@return an input of images}
     * @param c channels
     * @param h rows
     * @param w columns
     */
    public static Input images(int c, int h, int w) {
        return new Input(Shape.of(c, h, w), Type.F32);
    }

    /** {@return an input of one class index per image} */
    public static Input labels() {
        return new Input(Shape.of(), Type.I32);
    }

    /**
     * {@return an input of numbers per image: soft targets, or values to be met}
     * @param dims sizes for one image
     */
    public static Input targets(int... dims) {
        return new Input(Shape.of(dims), Type.F32);
    }

    @Override
    public Shape output(Shape... x) {
        throw new ShapeException("an input has no inputs; its shape is the batch of " + example);
    }

    @Override
    public void forward(Operands o) {
        // The batch was written by whoever owns it.
    }

    @Override
    public void backward(Operands o) {
        // The chain rule ends here.
    }
}
