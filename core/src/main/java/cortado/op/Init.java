package cortado.op;

import cortado.tensor.Shape;

/**
 * How the weights and biases of a convolution or a linear layer begin. Fan-in counts what one output reads, {@code C/groups·R·S};
 * fan-out is {@code K·R·S}, which groups do not divide, as in PyTorch. Biases begin at 0, save those of {@link #PYTORCH}.
 */
public enum Init {
    /** Weights and biases uniform within ±1/√fanIn: what PyTorch does if nobody asks. */
    PYTORCH,
    /** The same weights, biases 0. */
    PYTORCH_ZERO_BIAS,
    /** Normal, σ = √(2/fanIn): He, Zhang, Ren, Sun, ICCV 2015, keeping the size of activations through ReLU. */
    KAIMING_NORMAL_FAN_IN,
    /** Normal, σ = √(2/fanOut): the same for gradients. */
    KAIMING_NORMAL_FAN_OUT,
    /** Uniform within ±√(6/fanIn). */
    KAIMING_UNIFORM,
    /** Uniform within ±1/√fanOut. */
    UNIFORM_FAN_OUT,
    /** Normal, σ = 0.01. */
    NORMAL_001,
    /** Normal, σ = 0.02. */
    NORMAL_002;

    /** {@return the declaration of {@code weight}} */
    Op.Param weight(int fanIn, int fanOut, int... dims) {
        return switch (this) {
            case PYTORCH, PYTORCH_ZERO_BIAS -> Op.Param.uniform("weight", fanIn, dims);
            case KAIMING_NORMAL_FAN_IN -> Op.Param.normal("weight", Math.sqrt(2.0 / fanIn), dims);
            case KAIMING_NORMAL_FAN_OUT -> Op.Param.normal("weight", Math.sqrt(2.0 / fanOut), dims);
            case KAIMING_UNIFORM -> new Op.Param("weight", Shape.of(dims), -Math.sqrt(6.0 / fanIn), Math.sqrt(6.0 / fanIn));
            case UNIFORM_FAN_OUT -> Op.Param.uniform("weight", fanOut, dims);
            case NORMAL_001 -> Op.Param.normal("weight", 0.01, dims);
            case NORMAL_002 -> Op.Param.normal("weight", 0.02, dims);
        };
    }

    /** {@return the declaration of {@code bias}, K numbers} */
    Op.Param bias(int fanIn, int k) {
        return this == PYTORCH ? Op.Param.uniform("bias", fanIn, k) : new Op.Param("bias", Shape.of(k), 0, 0);
    }
}
