package cortado.train;

import cortado.io.Json;
import cortado.tensor.FormatException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What happens around an optimizer's step. Weight decay never applies to biases and other tensors of one dimension, such as those
 * of norms, as in timm.
 *
 * @param clip       the length that all gradients together are shortened to, above 0; none for as they are
 * @param accumulate batches whose mean gradient makes one step, at least 1; those left at an epoch's end make one more
 * @param freeze     which weights stay as they are: names of layers or tensors, {@code *} for any letters. Running statistics of a
 *                   frozen norm still follow the data
 * @param ema        averaged weights, which are judged and kept in place of those that learn
 */
public record Updating(Optional<Double> clip, int accumulate, List<String> freeze, Optional<Ema.Rule> ema) {
    /** A step for every batch, gradients as they are, all weights learn, none are averaged. */
    public static final Updating PLAIN = new Updating(Optional.empty(), 1, List.of(), Optional.empty());
    /** timm's decay of averaged weights. */
    private static final double EMA = 0.9998;

    /** Copies the list and checks ranges; throws {@link FormatException}. */
    public Updating {
        clip.ifPresent(c -> Ranges.above("gradient clipping (--clip-grad)", c));
        Ranges.count("batches to accumulate (--grad-accum-steps)", accumulate, 1, 1 << 20);
        freeze = List.copyOf(freeze);
    }

    /** {@return what a config says}; throws {@link FormatException}. */
    static Updating of(Config c) {
        boolean averaged = c.flag("model_ema").orElse(false);
        if (!averaged && (c.number("model_ema_decay").isPresent() || c.flag("model_ema_warmup").isPresent())) {
            throw new FormatException("--model-ema-decay and --model-ema-warmup mean nothing without --model-ema");
        }
        Optional<Ema.Rule> ema = averaged
                ? Optional.of(new Ema.Rule(c.number("model_ema_decay").orElse(EMA), c.flag("model_ema_warmup").orElse(true)))
                : Optional.empty();
        return new Updating(c.number("clip_grad"), c.count("grad_accum_steps").orElse(1), c.texts("freeze").orElse(List.of()), ema);
    }

    /** {@return what {@link #of} reads} */
    Json.Obj json() {
        Json.Obj o = Json.object().with("grad_accum_steps", accumulate).with("model_ema", ema.isPresent());
        o = clip.isPresent() ? o.with("clip_grad", clip.get()) : o;
        o = freeze.isEmpty() ? o : o.with("freeze", freeze);
        return ema.isEmpty() ? o
                : o.with("model_ema_decay", ema.get().decay()).with("model_ema_warmup", ema.get().warmup());
    }

    /**
     * {@return names of the weights that stay as they are}
     * @param names of all weights that could learn
     * @throws FormatException if a pattern fits none of them, or nothing is left to learn
     */
    Set<String> frozen(List<String> names) {
        Set<String> frozen = new LinkedHashSet<>();
        for (String pattern : freeze) {
            Pattern p = Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q") + "(\\..*)?");
            List<String> fitting = names.stream().filter(name -> p.matcher(name).matches()).toList();
            if (fitting.isEmpty()) {
                throw new FormatException("--freeze " + pattern + " fits no weights; there are " + String.join(", ", names));
            }
            frozen.addAll(fitting);
        }
        if (frozen.size() == names.size()) {
            throw new FormatException("--freeze " + String.join(",", freeze) + " leaves nothing to learn");
        }
        return frozen;
    }
}
