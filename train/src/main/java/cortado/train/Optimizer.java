package cortado.train;

import cortado.graph.Parameters;
import cortado.tensor.FormatException;
import java.util.List;

/**
 * How weights follow their gradients: settings only, what is remembered between steps lies in an {@link OptimizerState}.
 * Semantics and order of operations are PyTorch's ({@code torch.optim}), in F32; a test holds twenty steps against it.
 */
public sealed interface Optimizer permits Sgd, Adam, AdamW {
    /** Names that {@link #named} knows, as timm spells them. */
    List<String> NAMES = List.of("sgd", "momentum", "adam", "adamw");

    /**
     * An optimizer by the name timm gives it: {@code sgd} has Nesterov's momentum, {@code momentum} the classical one.
     *
     * @param name        one of {@link #NAMES}
     * @param momentum    of the SGD variants, 0 … 1; Adam's first β is 0.9 whatever this says
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
            default -> throw new FormatException("there is no optimizer " + name + "; there are " + String.join(", ", NAMES));
        };
    }

    /** {@return the name that {@link #named} knows it by} */
    String name();

    /** {@return the weight decay} */
    double weightDecay();

    /** {@return tensors the size of the weights that are remembered between steps} */
    int moments();

    /**
     * {@return the state before the first step}
     * @param weights   F32, changed by every step
     * @param gradients F32, the same names and shapes; read by every step
     */
    default OptimizerState start(Parameters weights, Parameters gradients) {
        return new OptimizerState(weights, gradients, moments());
    }

    /**
     * Changes the weights. Allocates nothing.
     *
     * @param state from {@link #start} of an optimizer of the same kind
     * @param rate  learning rate of this step
     */
    void step(OptimizerState state, double rate);
}
