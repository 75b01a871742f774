package cortado.op;

import cortado.tensor.Shape;

/**
 * An op that does the same to every element by itself, on any shape: an activation.
 *
 * <pre>
 * y   = f(x)
 * dx += dy · f′(x)
 * </pre>
 *
 * Where f has a kink, f′ is what PyTorch says.
 */
public sealed interface Elementwise extends Op
        permits LeakyRelu, Elu, Gelu, Silu, HardSwish, HardSigmoid, Sigmoid, Tanh, Softplus, Relu6 {

    /**
     * {@return f(x)}
     * @param x an element; a NaN gives NaN
     */
    double value(double x);

    /**
     * {@return f′(x)}
     * @param x an element
     */
    double slope(double x);

    @Override
    default Shape output(Shape... x) {
        return x[0];
    }

    @Override
    default long flops(Shape... x) {
        return x[0].size();
    }

    @Override
    default void forward(Operands o) {
        for (int i = 0; i < o.x().size(); i++) {
            o.y().set(i, value(o.x().get(i)));
        }
    }

    @Override
    default void backward(Operands o) {
        o.dx().ifPresent(dx -> {
            for (int i = 0; i < dx.size(); i++) {
                dx.add(i, o.dy().get(i) * slope(o.x().get(i)));
            }
        });
    }
}
