package cortado.train;

import cortado.tensor.FormatException;
import java.util.List;

/**
 * The learning rate over a training. It is set anew for every step, from the epochs done so far as a fraction (timm's
 * {@code --sched-on-updates}); timm's default, once per epoch, is the same at the epochs' beginnings.
 */
public sealed interface Schedule {
    /** Names that {@link #named} knows, as timm spells them. */
    List<String> NAMES = List.of("constant", "step", "cosine");

    /**
     * A schedule by name: {@code constant}; {@code step}, a tenth after every third of the training; {@code cosine}, down to 0.
     *
     * @param name   one of {@link #NAMES}
     * @param epochs of the whole training
     * @param warmup epochs of linear warm-up at its beginning, 0 for none
     * @return the schedule
     * @throws FormatException for an unknown name or a warm-up longer than the training
     */
    static Schedule named(String name, double epochs, double warmup) {
        if (!(warmup >= 0) || warmup > epochs) {
            throw new FormatException("warm-up epochs: expected 0 … " + epochs + " (the epochs), received " + warmup);
        }
        Schedule main = switch (name) {
            case "constant" -> new Constant();
            case "step" -> new Step(Math.max((epochs - warmup) / 3, Double.MIN_NORMAL), 0.1);
            case "cosine" -> new Cosine(0);
            default -> throw new FormatException("there is no schedule " + name + "; there are " + String.join(", ", NAMES));
        };
        return warmup == 0 ? main : new Warmup(warmup, main);
    }

    /**
     * {@return the learning rate of the step that begins there}
     * @param base   the learning rate that was asked for
     * @param epoch  epochs done, as a fraction, 0 … epochs
     * @param epochs of the whole training
     */
    double rate(double base, double epoch, double epochs);

    /** {@return the name that {@link #named} knows it by} */
    default String name() {
        return switch (this) {
            case Constant c -> "constant";
            case Step s -> "step";
            case Cosine c -> "cosine";
            case Warmup w -> w.then.name();
        };
    }

    /** {@return epochs of warm-up, 0 if there is none} */
    default double warmup() {
        return this instanceof Warmup w ? w.length : 0;
    }

    /** Always the same. */
    record Constant() implements Schedule {
        @Override
        public double rate(double base, double epoch, double epochs) {
            return base;
        }
    }

    /**
     * Multiplied by a factor every so many epochs.
     *
     * @param every  epochs between, above 0
     * @param factor 0 … 1
     */
    record Step(double every, double factor) implements Schedule {
        /** Checks ranges; throws {@link FormatException}. */
        public Step {
            if (!(every > 0) || !(factor > 0 && factor <= 1)) {
                throw new FormatException("step schedule: expected epochs above 0 and a factor of 0 … 1, received " + every
                        + " and " + factor);
            }
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return base * StrictMath.pow(factor, Math.floor(epoch / every));
        }
    }

    /**
     * Half a cosine wave down to a share of the learning rate (Loshchilov and Hutter, 2017, without restarts).
     *
     * @param low what is left at the end, as a share of the learning rate, 0 … 1
     */
    record Cosine(double low) implements Schedule {
        /** Checks the range; throws {@link FormatException}. */
        public Cosine {
            Ranges.share("the cosine's lowest share", low);
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            double done = epochs > 0 ? Math.min(1, epoch / epochs) : 1;
            return base * (low + (1 - low) * (1 + StrictMath.cos(Math.PI * done)) / 2);
        }
    }

    /**
     * Rises linearly from 10⁻⁵ (timm's {@code --warmup-lr}; less if the rate itself is less), then follows another schedule over
     * the rest of the training, as timm does with {@code --warmup-prefix}.
     *
     * @param length epochs, above 0
     * @param then   counts from the end of the warm-up
     */
    record Warmup(double length, Schedule then) implements Schedule {
        private static final double START = 1e-5;

        /** Checks the range; throws {@link FormatException}. */
        public Warmup {
            if (!(length > 0) || then instanceof Warmup) {
                throw new FormatException("warm-up: expected epochs above 0, once, received " + length + " before " + then);
            }
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            double start = Math.min(START, base);
            return epoch < length ? start + (base - start) * epoch / length : then.rate(base, epoch - length, epochs - length);
        }
    }
}
