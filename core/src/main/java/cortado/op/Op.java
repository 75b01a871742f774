package cortado.op;

import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * What to compute: a record of settings with a shape rule and a plain forward and backward that read like the formulas.
 * The op is its own reference kernel; fast kernels live in sibling files and are held against it.
 *
 * <p>The settings are the serialised form. Backward adds into gradients ({@code dx}, {@code dw}); it never overwrites.
 * Users add ops of their own through {@link Custom}.
 */
public sealed interface Op permits Input, Conv2d, Linear, MaxPool2d, AvgPool2d, GlobalAvgPool2d, Relu, Flatten, Add, Softmax,
        Loss, ConvTranspose2d, AdaptiveAvgPool2d, LogSoftmax, BatchNorm2d, BatchNormAdd, ConvAdd, GroupNorm, LayerNorm, Elementwise,
        Prelu,
        Dropout,
        DropPath, Concat, Mul, ChannelScale, Pad, Upsample, Rectified, Op.Custom {

    /** The open door: an op of a user's own. {@link #kind()} names it in listings. */
    non-sealed interface Custom extends Op {
    }

    /**
     * A tensor that an op declares, usually learned, and how it is drawn before training.
     *
     * @param name    {@code weight} or {@code bias}; the node's name goes in front
     * @param shape   sizes, PyTorch's layout
     * @param low     smallest initial value
     * @param high    largest initial value; equal to {@code low} for a constant
     * @param std     σ of a normal distribution around 0, cut off at {@code low} and {@code high}; 0 for a uniform one between them
     * @param learned whether it has a gradient; false for what forward itself keeps in training, such as a running mean
     */
    record Param(String name, Shape shape, double low, double high, double std, boolean learned) {
        /**
         * A learned tensor.
         *
         * @param name  {@code weight} or {@code bias}
         * @param shape sizes
         * @param low   smallest initial value
         * @param high  largest initial value
         */
        public Param(String name, Shape shape, double low, double high) {
            this(name, shape, low, high, 0, true);
        }

        /**
         * A tensor that forward changes in training and no gradient reaches.
         *
         * @param name  {@code running_mean}
         * @param value initial value of every element
         * @param dims  sizes
         * @return the declaration
         */
        static Param state(String name, double value, int... dims) {
            return new Param(name, Shape.of(dims), value, value, 0, false);
        }

        /**
         * Normal around 0.
         *
         * @param name the parameter's name
         * @param std  σ, positive
         * @param dims sizes
         * @return the declaration
         */
        static Param normal(String name, double std, int... dims) {
            return new Param(name, Shape.of(dims), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, std, true);
        }

        /**
         * PyTorch's default for weights and biases of convolutions and linear layers: uniform within ±1/√fanIn
         * ({@code kaiming_uniform_} with a = √5).
         *
         * @param name  the parameter's name
         * @param fanIn inputs of one output
         * @param dims  sizes
         * @return the declaration
         */
        static Param uniform(String name, int fanIn, int... dims) {
            double bound = 1 / Math.sqrt(fanIn);
            return new Param(name, Shape.of(dims), -bound, bound);
        }

        /**
         * {@return the same under another name}
         * @param other the new name
         */
        public Param named(String other) {
            return new Param(other, shape, low, high, std, learned);
        }

        /**
         * {@return an element's initial value}
         * @param rng the tensor's own
         * @param i   which element
         */
        public double initial(Rng rng, long i) {
            return std > 0 ? Math.clamp(std * rng.normal(i), low, high) : low + (high - low) * rng.uniform(i);
        }
    }

    /**
     * The shape rule.
     *
     * @param x shapes of the inputs, batch included
     * @return shape of the output
     * @throws cortado.tensor.ShapeException if the inputs do not fit
     */
    Shape output(Shape... x);

    /**
     * {@return learned tensors, in the order that {@link Operands#param(int)} numbers them}
     * @param x shapes of the inputs
     */
    default List<Param> params(Shape... x) {
        return List.of();
    }

    /**
     * {@return shapes of I32 tensors that forward leaves for backward, such as the positions of maxima}
     * @param x shapes of the inputs
     */
    default List<Shape> saved(Shape... x) {
        return List.of();
    }

    /**
     * {@return whether an image's output depends on the other images of the batch, as in batch normalisation: a plan then hands
     * the op the whole batch at once, all of it real}
     */
    default boolean mixes() {
        return false;
    }

    /**
     * Sets {@code y} from {@code x} and the parameters.
     *
     * @param o the tensors of one step
     */
    void forward(Operands o);

    /**
     * Adds to {@code dx} (where wanted) and to the parameters' gradients what {@code dy} implies.
     *
     * @param o the tensors of one step, after forward
     */
    void backward(Operands o);

    /**
     * {@return floating-point operations of one forward pass over the batch, a multiply-add counting two; 0 for what only moves data}
     * @param x shapes of the inputs
     */
    default long flops(Shape... x) {
        return 0;
    }

    /** {@return the op's name in files and listings: the class name in lower case} */
    default String kind() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
