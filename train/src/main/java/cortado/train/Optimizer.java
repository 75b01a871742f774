package cortado.train;

import cortado.graph.Parameters;
import cortado.io.Json;
import cortado.tensor.FormatException;
import java.util.List;

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

    /**
     * {@return the optimizer that a config asks for; AdamW if it asks for none}
     * @param c keys {@code opt}, {@code momentum}, {@code weight_decay}, {@code opt_betas}, {@code opt_eps}, {@code opt_alpha}
     * @throws FormatException for an unknown name, a number out of range, or a key that means nothing for this optimizer
     */
    static Optimizer of(Config c) {
        String name = c.text("opt").orElse("adamw");
        double decay = c.number("weight_decay").orElse(name.equals("adamw") ? 0.01 : 0.0);
        Optimizer usual = named(name, c.number("momentum").orElse(0.9), decay);
        c.expect("opt", name, usual.json());
        List<Double> betas = c.numbers("opt_betas").orElse(List.of(0.9, 0.999));
        if (betas.size() != 2) {
            throw new FormatException("--opt-betas: expected two numbers, β1 and β2, received " + betas);
        }
        double b1 = betas.get(0);
        double b2 = betas.get(1);
        return switch (usual) {
            case Sgd s -> s;
            case Adam a -> new Adam(b1, b2, c.number("opt_eps").orElse(a.epsilon()), decay);
            case AdamW a -> new AdamW(b1, b2, c.number("opt_eps").orElse(a.epsilon()), decay);
            case RmsProp r -> new RmsProp(c.number("opt_alpha").orElse(r.alpha()), r.momentum(),
                    c.number("opt_eps").orElse(r.epsilon()), decay);
            case Lamb l -> new Lamb(b1, b2, c.number("opt_eps").orElse(l.epsilon()), decay);
        };
    }

    /** {@return what {@link #of} reads: the name, and the settings that this optimizer has} */
    default Json.Obj json() {
        Json.Obj o = Json.object().with("opt", name()).with("weight_decay", weightDecay());
        return switch (this) {
            case Sgd s -> o.with("momentum", s.momentum());
            case Adam a -> o.with("opt_betas", List.of(a.beta1(), a.beta2())).with("opt_eps", a.epsilon());
            case AdamW a -> o.with("opt_betas", List.of(a.beta1(), a.beta2())).with("opt_eps", a.epsilon());
            case RmsProp r -> o.with("momentum", r.momentum()).with("opt_alpha", r.alpha()).with("opt_eps", r.epsilon());
            case Lamb l -> o.with("opt_betas", List.of(l.beta1(), l.beta2())).with("opt_eps", l.epsilon());
        };
    }

    /** {@return a learning rate that often suits it} */
    default double usualRate() {
        return switch (this) {
            case Sgd s -> 0.05;
            case Adam a -> 2e-3;
            case AdamW a -> 2e-3;
            case RmsProp r -> 1e-3;
            case Lamb l -> 5e-3;
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
        return start(weights, gradients, true);
    }

    /**
     * {@return the state before the first step}
     * @param weights   F32, changed by every step; those without a gradient stay
     * @param gradients F32, names and shapes of the weights; read by every step
     * @param decayAll  whether weight decay applies to biases and other tensors of one dimension too
     */
    default OptimizerState start(Parameters weights, Parameters gradients, boolean decayAll) {
        return new OptimizerState(weights, gradients, moments() + scratch(), decayAll);
    }

    /**
     * Changes the weights. Allocates nothing.
     *
     * @param state from {@link #start} of an optimizer of the same kind
     * @param rate  learning rate of this step
     */
    void step(OptimizerState state, double rate);
}
