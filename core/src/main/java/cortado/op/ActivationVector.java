package cortado.op;

import cortado.simd.Blocks;
import cortado.tensor.Tensor;

/**
 * An elementwise op by two loops, f and f′: both passes go a stretch at a time, so that they stay in the cache of the first level.
 *
 * @param value f
 * @param slope f′
 */
record ActivationVector(Bends.Loop value, Bends.Loop slope) implements Lanewise {
    private static final int STRETCH = 1024;

    static ActivationVector of(Elementwise op) {
        return switch (op) {
            case LeakyRelu r -> new ActivationVector(Bends.leaky((float) r.slope()), Bends.leakySlope((float) r.slope()));
            case Elu e -> new ActivationVector(Bends.elu((float) e.alpha()), Bends.eluSlope((float) e.alpha()));
            case Softplus s -> new ActivationVector(Bends.softplus((float) s.beta(), (float) s.threshold()),
                    Bends.softplusSlope((float) s.beta(), (float) s.threshold()));
            case Gelu g when g.tanh() -> new ActivationVector(Bends::geluTanh, Bends::geluTanhSlope);
            case Gelu _ -> new ActivationVector(Bends::gelu, Bends::geluSlope);
            case Silu _ -> new ActivationVector(Bends::silu, Bends::siluSlope);
            case HardSwish _ -> new ActivationVector(Bends::hardSwish, Bends::hardSwishSlope);
            case HardSigmoid _ -> new ActivationVector(Bends::hardSigmoid, Bends::hardSigmoidSlope);
            case Sigmoid _ -> new ActivationVector(Bends::sigmoid, Bends::sigmoidSlope);
            case Tanh _ -> new ActivationVector(Bends::tanh, Bends::tanhSlope);
            case Relu6 _ -> new ActivationVector(Bends::relu6, Bends::relu6Slope);
        };
    }

    @Override
    public int scratch() {
        return STRETCH;
    }

    @Override
    public void forward(Operands o) {
        for (int from = 0; from < o.y().length(); from += STRETCH) {
            value.run(o.y().floats(), o.y().offset() + from, o.x().floats(), o.x().offset() + from,
                    Math.min(STRETCH, o.y().length() - from));
        }
    }

    @Override
    public void backward(Operands o) {
        if (o.dx().isEmpty()) {
            return;
        }
        Tensor dx = o.dx().get();
        Tensor s = o.scratch();
        for (int from = 0; from < dx.length(); from += STRETCH) {
            int n = Math.min(STRETCH, dx.length() - from);
            slope.run(s.floats(), s.offset(), o.x().floats(), o.x().offset() + from, n);
            Blocks.multiply(dx.floats(), dx.offset() + from, o.dy().floats(), o.dy().offset() + from, s.floats(), s.offset(), n,
                    o.accumulates(0));
        }
    }
}
