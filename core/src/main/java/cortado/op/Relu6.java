package cortado.op;

/**
 * ReLU cut off at 6, elementwise on any shape.
 *
 * <pre>
 * y   = min(max(x, 0), 6)
 * dx += dy where 0 &lt; x &lt; 6, else 0
 * </pre>
 *
 * The derivative at 0 and 6 is 0, as in PyTorch. Sandler et al., MobileNetV2, CVPR 2018.
 * Derivation: {@code docs/backprop.md#activations}.
 */
public record Relu6() implements Elementwise {

    @Override
    public double value(double x) {
        return Math.min(Math.max(x, 0), 6);
    }

    @Override
    public double slope(double x) {
        return x > 0 && x < 6 ? 1 : 0;
    }
}
