package cortado.train;

import cortado.io.Json;
import cortado.tensor.FormatException;
import java.util.List;

/**
 * The learning rate over a training. It is set anew for every step, from the epochs done so far as a fraction (timm's
 * {@code --sched-on-updates}); timm's default, once per epoch, is the same at the epochs' beginnings.
 */
public sealed interface Schedule {
    /** Names that {@link #named} knows, as timm spells them. */
    List<String> NAMES = List.of("constant", "step", "multistep", "cosine", "onecycle", "plateau");

    /**
     * A schedule by name with its usual settings: {@code constant}; {@code step}, a tenth after every third of the training;
     * {@code multistep}, a tenth after half and after three quarters; {@code cosine}, down to 0; {@code onecycle}, up and down again;
     * {@code plateau}, a tenth when it gets no better.
     *
     * @param name   one of {@link #NAMES}
     * @param epochs of the whole training
     * @param warmup epochs of linear warm-up at its beginning, 0 for none
     * @return the schedule
     * @throws FormatException for an unknown name or a warm-up as long as the training
     */
    static Schedule named(String name, int epochs, double warmup) {
        return of(Config.empty().with("sched", name).with("warmup_epochs", warmup), epochs);
    }

    /**
     * {@return the schedule that a config asks for; a cosine with one epoch of warm-up (a fifth of fewer than five) if it asks for none}
     * @param c      keys {@code sched}, {@code warmup_epochs}, {@code warmup_lr}, and those of the schedule
     * @param epochs of the whole training
     * @throws FormatException for an unknown name, a number out of range, or a key that means nothing for this schedule
     */
    static Schedule of(Config c, int epochs) {
        String name = c.text("sched").orElse("cosine");
        double warmup = c.number("warmup_epochs").orElse(name.equals("onecycle") ? 0.0 : Warmup.usual(c, epochs));
        Warmup.fits(warmup, epochs);
        double factor = c.number("decay_rate").orElse(0.1);
        Schedule main = switch (name) {
            case "constant" -> new Constant();
            case "step" -> new Step(c.number("decay_epochs").orElse(Math.max((epochs - warmup) / 3, Double.MIN_NORMAL)), factor);
            case "multistep" ->
                new MultiStep(c.numbers("decay_milestones").orElse(List.of(epochs / 2.0, 3 * epochs / 4.0)), factor);
            case "cosine" -> new Cosine(c.number("min_lr").orElse(0.0));
            case "onecycle" -> new OneCycle(c.number("pct_start").orElse(0.3), c.number("div_factor").orElse(25.0),
                    c.number("final_div_factor").orElse(1e4), Anneal.named(c.text("anneal_strategy").orElse("cos")));
            case "plateau" ->
                new Plateau(c.count("patience_epochs").orElse(Plateau.usual(epochs)), factor, c.number("min_lr").orElse(0.0));
            default -> throw new FormatException("there is no schedule " + name + "; there are " + String.join(", ", NAMES));
        };
        c.expect("sched", name, main.json());
        if (warmup == 0 && c.number("warmup_lr").isPresent()) {
            throw new FormatException("--warmup-lr means nothing without a warm-up; give --warmup-epochs above 0 or leave it out");
        }
        return warmup == 0 ? main : new Warmup(warmup, c.number("warmup_lr").orElse(Warmup.START), main);
    }

    /** {@return what {@link #of} reads: the name, and the settings that this schedule has} */
    default Json.Obj json() {
        Json.Obj o = Json.object().with("sched", name());
        return switch (this) {
            case Constant c -> o.with("warmup_epochs", 0);
            case Step s -> o.with("decay_epochs", s.every).with("decay_rate", s.factor).with("warmup_epochs", 0);
            case MultiStep m -> o.with("decay_milestones", m.milestones).with("decay_rate", m.factor).with("warmup_epochs", 0);
            case Cosine c -> o.with("min_lr", c.low).with("warmup_epochs", 0);
            case OneCycle c -> o.with("pct_start", c.rise).with("div_factor", c.first).with("final_div_factor", c.last)
                    .with("anneal_strategy", c.anneal.word);
            case Plateau p -> o.with("patience_epochs", p.patience).with("decay_rate", p.factor).with("min_lr", p.low)
                    .with("warmup_epochs", 0);
            case Warmup w -> w.then.json().with("warmup_epochs", w.length).with("warmup_lr", w.from);
        };
    }

    /**
     * {@return the learning rate of the step that begins there}
     * @param base   the learning rate that was asked for
     * @param epoch  epochs done, as a fraction, 0 … epochs
     * @param epochs of the whole training
     */
    double rate(double base, double epoch, double epochs);

    /**
     * {@return the learning rate of the step that begins there}
     * @param base    the learning rate that was asked for
     * @param epoch   epochs done, as a fraction, 0 … epochs
     * @param epochs  of the whole training
     * @param history what the whole epochs before reached
     */
    default double rate(double base, double epoch, double epochs, List<EpochResult> history) {
        return rate(base, epoch, epochs);
    }

    /**
     * Checks that it fits a training.
     *
     * @param base   the learning rate that was asked for
     * @param epochs of the whole training
     * @throws FormatException if it would end, change or warm up after the training
     */
    default void check(double base, int epochs) {
        switch (this) {
            case Warmup w when w.length >= epochs -> Warmup.fits(w.length, epochs);
            case Warmup w when w.then instanceof Step s && s.every >= epochs - w.length -> throw never("--decay-epochs",
                    "less than " + (epochs - w.length) + " (of " + epochs + " epochs, those after the warm-up)", s.every);
            case Warmup w when w.from > base && base > 0 && w.from != Warmup.START -> throw new FormatException(
                    "--warmup-lr: expected at most the learning rate " + base + ", received " + w.from);
            case Warmup w -> w.then.check(base, epochs);
            case Step s when s.every >= epochs -> throw never("--decay-epochs", "less than " + epochs + " (the epochs)", s.every);
            case MultiStep m when m.milestones.getLast() >= epochs -> throw new FormatException("--decay-milestones: epoch "
                    + m.milestones.getLast() + " lies beyond the training of " + epochs + " epochs");
            case Plateau p when epochs < Plateau.OTHERS && p.patience > 0 -> throw new FormatException("--patience-epochs "
                    + p.patience + ": a training of " + epochs + (epochs == 1 ? " epoch" : " epochs")
                    + " is too short for --sched plateau, whose rate falls after the third at the earliest; give --epochs "
                    + (p.patience + Plateau.OTHERS) + " or another schedule");
            case Plateau p when p.patience > Plateau.most(epochs) -> throw never("--patience-epochs", "at most "
                    + Plateau.most(epochs) + " in a training of " + epochs + " epochs", p.patience);
            case Plateau p when p.low > base -> throw low(p.low, base);
            case Cosine c when c.low > base -> throw low(c.low, base);
            default -> {
                // the rest fits any training
            }
        }
    }

    private static FormatException never(String flag, String expected, Number received) {
        return new FormatException(flag + ": expected " + expected + ", received " + received + ": the rate would never fall");
    }

    private static FormatException low(double low, double base) {
        return new FormatException("--min-lr: expected at most the learning rate " + base + ", received " + low);
    }

    /** {@return the name that {@link #named} knows it by} */
    default String name() {
        return switch (this) {
            case Constant c -> "constant";
            case Step s -> "step";
            case MultiStep m -> "multistep";
            case Cosine c -> "cosine";
            case OneCycle c -> "onecycle";
            case Plateau p -> "plateau";
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
            Ranges.above("--decay-epochs", every);
            Ranges.part("--decay-rate", factor);
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return base * StrictMath.pow(factor, Math.floor(epoch / every));
        }
    }

    /**
     * Multiplied by a factor at certain epochs, as PyTorch's {@code MultiStepLR}.
     *
     * @param milestones epochs from the training's beginning, warm-up or not, rising, the first above 0
     * @param factor     0 … 1
     */
    record MultiStep(List<Double> milestones, double factor) implements Schedule {
        /** Copies the list and checks ranges; throws {@link FormatException}. */
        public MultiStep {
            milestones = List.copyOf(milestones);
            double before = 0;
            for (double m : milestones) {
                if (!(m > before)) {
                    throw new FormatException("--decay-milestones: expected rising epochs above 0, received " + milestones);
                }
                before = m;
            }
            if (milestones.isEmpty()) {
                throw new FormatException("--decay-milestones: expected at least one epoch");
            }
            Ranges.part("--decay-rate", factor);
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return base * StrictMath.pow(factor, milestones.stream().filter(m -> m <= epoch).count());
        }
    }

    /**
     * Half a cosine wave down (Loshchilov and Hutter, 2017, without restarts).
     *
     * @param low the learning rate at the end, 0 or more
     */
    record Cosine(double low) implements Schedule {
        /** Checks the range; throws {@link FormatException}. */
        public Cosine {
            Ranges.positive("--min-lr", low);
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return Anneal.COS.between(base, low, epochs > 0 ? epoch / epochs : 1);
        }
    }

    /** From one learning rate to another. */
    enum Anneal {
        /** Half a cosine wave. */
        COS("cos"),
        /** A straight line. */
        LINEAR("linear");

        private final String word;

        Anneal(String word) {
            this.word = word;
        }

        private static Anneal named(String word) {
            return switch (word) {
                case "cos" -> COS;
                case "linear" -> LINEAR;
                default -> throw new FormatException("--anneal-strategy: expected cos or linear, received " + word);
            };
        }

        private double between(double from, double to, double done) {
            double d = Math.clamp(done, 0, 1);
            return this == LINEAR ? from + (to - from) * d : to + (from - to) * (1 + StrictMath.cos(Math.PI * d)) / 2;
        }
    }

    /**
     * Up to the learning rate and down again (Smith and Topin, 2017), as PyTorch's {@code OneCycleLR} with two phases.
     *
     * @param rise   share of the training in which it rises, above 0, below 1
     * @param first  the learning rate is divided by this at the beginning, at least 1
     * @param last   the first rate is divided by this at the end, at least 1
     * @param anneal the way up and down
     */
    record OneCycle(double rise, double first, double last, Anneal anneal) implements Schedule {
        /** Checks ranges; throws {@link FormatException}. */
        public OneCycle {
            Ranges.share("--pct-start", rise);
            Ranges.above("--pct-start", rise);
            if (!(first >= 1 && last >= 1)) {
                throw new FormatException("--div-factor and --final-div-factor: expected numbers of at least 1, received " + first
                        + " and " + last);
            }
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            double done = epoch / epochs;
            return done < rise ? anneal.between(base / first, base, done / rise)
                    : anneal.between(base, base / first / last, (done - rise) / (1 - rise));
        }
    }

    /**
     * Multiplied by a factor whenever top-1 has got no better for a while, as PyTorch's {@code ReduceLROnPlateau}: better is more than
     * a ten-thousandth above the best so far.
     *
     * @param patience epochs that may be no better; the one after them lowers the rate
     * @param factor   0 … 1
     * @param low      the rate does not fall below this
     */
    record Plateau(int patience, double factor, double low) implements Schedule {
        private static final double BETTER = 1 + 1e-4;
        /** Beside its patience: the first epoch, always better than none; the bad one that is too many; and one that follows. */
        private static final int OTHERS = 3;

        /** Checks ranges; throws {@link FormatException}. */
        public Plateau {
            Ranges.count("--patience-epochs", patience, 0, 1_000_000);
            Ranges.part("--decay-rate", factor);
            Ranges.positive("--min-lr", low);
        }

        /** {@return the most patience with which the rate can fall in a training of so many epochs; 0 where it never can} */
        static int most(int epochs) {
            return Math.max(0, epochs - OTHERS);
        }

        private static int usual(int epochs) {
            return Math.min(most(epochs), Math.clamp(epochs / 5, 1, 10));
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return base;
        }

        @Override
        public double rate(double base, double epoch, double epochs, List<EpochResult> history) {
            double best = Double.NEGATIVE_INFINITY;
            double rate = base;
            int bad = 0;
            for (EpochResult r : history) {
                boolean better = r.top1() > best * BETTER || best == Double.NEGATIVE_INFINITY;
                best = better ? r.top1() : best;
                bad = better ? 0 : bad + 1;
                if (bad > patience) {
                    rate = Math.max(rate * factor, low);
                    bad = 0;
                }
            }
            return rate;
        }
    }

    /**
     * Rises linearly (timm's {@code --warmup-lr}), then follows another schedule over the rest of the training, as timm does with
     * {@code --warmup-prefix}.
     *
     * @param length epochs, above 0
     * @param from   the first learning rate; less if the rate itself is less
     * @param then   counts from the end of the warm-up
     */
    record Warmup(double length, double from, Schedule then) implements Schedule {
        private static final double START = 1e-5;

        /** Checks the range; throws {@link FormatException}. */
        public Warmup {
            Ranges.positive("--warmup-lr", from);
            if (!(length > 0) || then instanceof Warmup || then instanceof OneCycle) {
                throw new FormatException("warm-up: expected epochs above 0, once, and none before one-cycle, which has its own;"
                        + " received " + length + " before " + then.name());
            }
        }

        /** One epoch, a fifth of fewer than five, less where decays that were asked for would have no room. */
        private static double usual(Config c, int epochs) {
            double room = c.number("decay_epochs").map(every -> Math.max(0, (epochs - every) / 2)).orElse((double) epochs);
            return Math.min(Math.min(1, epochs / 5.0), room);
        }

        private static void fits(double length, int epochs) {
            if (!(length >= 0 && length < epochs)) {
                throw new FormatException("warm-up epochs: expected 0 to below " + epochs + " (the epochs), received " + length);
            }
        }

        @Override
        public double rate(double base, double epoch, double epochs) {
            return rate(base, epoch, epochs, List.of());
        }

        @Override
        public double rate(double base, double epoch, double epochs, List<EpochResult> history) {
            double start = Math.min(from, base);
            double past = then instanceof MultiStep ? 0 : length;
            return epoch < length ? start + (base - start) * epoch / length
                    : then.rate(base, epoch - past, epochs - past, history);
        }
    }
}
