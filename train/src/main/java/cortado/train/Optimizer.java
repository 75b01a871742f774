package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.FormatException;
import java.util.List;
import java.util.Set;

/**
 * How weights follow their gradients: settings only, what is remembered between steps lies in an {@link OptimizerState}.
 * Semantics and order of operations are PyTorch's ({@code torch.optim}), in F32; a test holds twenty steps against it. LAMB, which PyTorch lacks, is its
 * authors'.
 */
public sealed interface Optimizer permits Sgd, Adam, AdamW, RmsProp, Lamb {
    /** Names that {@link #named} knows, as timm spells them. */
    List<String> NAMES = List.of("sgd", "momentum", "adam", "adamw", "rmsprop", "lamb");

    /**
     * An optimizer by the name timm gives it, with its usual settings: {@code sgd} has Nesterov's momentum, {@code momentum} the
     * classical one; {@code rmsprop} has timm's α = 0.9.
     *
     * @param name        one of {@link #NAMES}
     * @param momentum    of the SGD variants and of RMSProp, 0 … 1; Adam's first β is 0.9 whatever this says
     * @param weightDecay 0 or more
     * @return the optimizer
     * @throws FormatException for an unknown name or a number out of range
     */
    static Optimizer named(String name, double momentum, double weightDecay) {
        return switch (name) {
            case "sgd" -> new Sgd(momentum, weightDecay, momentum > 0);
            case "momentum" -> new Sgd(momentum, weightDecay, false);
            case "adam" -> Adam.of(weightDecay);
            case "adamw" -> AdamW.of(weightDecay);
            case "rmsprop" -> new RmsProp(0.9, momentum, 1e-8, weightDecay);
            case "lamb" -> new Lamb(0.9, 0.999, 1e-6, weightDecay);
            default -> throw new FormatException("there is no optimizer " + name + "; there are " + String.join(", ", NAMES));
        };
    }

    /** {@return the name that {@link #named} knows it by} */
    String name();

    /** {@return the weight decay} */
    double weightDecay();

    /** {@return tensors the size of the weights that are remembered between steps} */
    int moments();

    /** {@return tensors the size of the weights that a step needs and forgets} */
    default int scratch() {
        return 0;
    }

    /**
     * {@return the state before the first step, which trains and decays every tensor that has a gradient}
     * @param weights   F32, changed by every step
     * @param gradients F32, names and shapes of the weights; read by every step
     */
    default OptimizerState start(Parameters weights, Parameters gradients) {
        return start(weights, gradients, Set.of(), true);
    }

    /**
     * {@return the state before the first step}
     * @param weights   F32, changed by every step; those without a gradient stay
     * @param gradients F32, names and shapes of the weights; read by every step
     * @param frozen    names of weights that stay as they are
     * @param decayAll  whether weight decay applies to biases and other tensors of one dimension too
     */
    default OptimizerState start(Parameters weights, Parameters gradients, Set<String> frozen, boolean decayAll) {
        return new OptimizerState(weights, gradients, moments() + scratch(), frozen, decayAll);
    }

    /**
     * Changes the weights. Allocates nothing.
     *
     * @param state from {@link #start} of an optimizer of the same kind
     * @param rate  learning rate of this step
     */
    void step(OptimizerState state, double rate);
}
