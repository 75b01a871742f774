package cortado.train;

import cortado.io.Hint;
import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What somebody said about a training, by timm's names: a recipe, a {@code config.json}, or flags. It may leave out anything;
 * {@link #over} lays one on another, and {@link Settings#of} fills in the rest. Keys and kinds of values are known to be right,
 * ranges are not yet.
 *
 * @param json an object with keys of {@link #KEYS} alone
 */
public record Config(Json.Obj json) {

    /** What stands at a key. */
    enum Kind {
        WHOLE("a whole number", j -> j instanceof Json.Num n && n.whole().isPresent()), NUMBER("a number",
                j -> j instanceof Json.Num n && Double.isFinite(n.value())), FLAG("true or false",
                        Json.Bool.class::isInstance), TEXT("a string",
                                j -> j instanceof Json.Str s && !s.value().isBlank()), NUMBERS("a list of numbers",
                                        j -> j instanceof Json.Arr a && a.items().stream().allMatch(NUMBER::is)), TEXTS(
                                                "a list of strings",
                                                j -> j instanceof Json.Arr a && a.items().stream().allMatch(TEXT::is)), WEIGHTS(
                                                        "\"balanced\" or a list of numbers",
                                                        j -> j.equals(Json.of("balanced")) || NUMBERS.is(j));

        private final String expected;
        private final Predicate<Json> test;

        Kind(String expected, Predicate<Json> test) {
            this.expected = expected;
            this.test = test;
        }

        private boolean is(Json value) {
            return test.test(value);
        }
    }

    /** Every key with its kind, in the order of {@code config.json}; {@code about} is a line for people. A flag {@code --batch-size} is the key {@code batch_size}. */
    static final Map<String, Kind> KINDS = kinds();
    /** Every key. */
    public static final List<String> KEYS = List.copyOf(KINDS.keySet());

    /** What is said of one optimizer, schedule, average or network says nothing of another. */
    private static final Map<String, List<String>> BELONGING = Map.of(
            "opt", List.of("lr", "weight_decay", "momentum", "opt_betas", "opt_eps", "opt_alpha"),
            "sched", List.of("min_lr", "decay_epochs", "decay_rate", "decay_milestones", "patience_epochs", "pct_start",
                    "div_factor", "final_div_factor", "anneal_strategy"),
            "model_ema", List.of("model_ema_decay", "model_ema_warmup"),
            "model", List.of("initial_checkpoint", "freeze"));

    private static Map<String, Kind> kinds() {
        Map<String, Kind> k = new LinkedHashMap<>();
        Stream.of("about", "data", "data_dir", "on_bad_image", "input_size").forEach(key -> k.put(key, Kind.TEXT));
        k.put("in_chans", Kind.WHOLE);
        Stream.of("model", "initial_checkpoint").forEach(key -> k.put(key, Kind.TEXT));
        Stream.of("batch_size", "epochs").forEach(key -> k.put(key, Kind.WHOLE));
        k.put("lr", Kind.NUMBER);
        k.put("opt", Kind.TEXT);
        Stream.of("weight_decay", "momentum").forEach(key -> k.put(key, Kind.NUMBER));
        k.put("opt_betas", Kind.NUMBERS);
        Stream.of("opt_eps", "opt_alpha", "clip_grad").forEach(key -> k.put(key, Kind.NUMBER));
        k.put("grad_accum_steps", Kind.WHOLE);
        k.put("freeze", Kind.TEXTS);
        k.put("model_ema", Kind.FLAG);
        k.put("model_ema_decay", Kind.NUMBER);
        k.put("model_ema_warmup", Kind.FLAG);
        k.put("sched", Kind.TEXT);
        Stream.of("warmup_epochs", "warmup_lr", "min_lr", "decay_epochs", "decay_rate").forEach(key -> k.put(key, Kind.NUMBER));
        k.put("decay_milestones", Kind.NUMBERS);
        k.put("patience_epochs", Kind.WHOLE);
        Stream.of("pct_start", "div_factor", "final_div_factor").forEach(key -> k.put(key, Kind.NUMBER));
        k.put("anneal_strategy", Kind.TEXT);
        k.put("patience", Kind.WHOLE);
        k.put("loss", Kind.TEXT);
        k.put("smoothing", Kind.NUMBER);
        k.put("class_weights", Kind.WEIGHTS);
        k.put("tta", Kind.TEXT);
        k.putAll(Augmentation.KINDS);
        Stream.of("seed", "threads", "checkpoint_steps", "keep_checkpoints").forEach(key -> k.put(key, Kind.WHOLE));
        return Collections.unmodifiableMap(k);
    }

    /**
     * Checks keys and kinds; a key whose value is null is as good as none.
     *
     * @param json  what was said
     * @param where file, for messages
     * @return the config
     * @throws FormatException naming place, key, what was expected and what was received
     */
    public static Config of(Json json, String where) {
        if (!(json instanceof Json.Obj o)) {
            throw new FormatException(where + ": expected an object {…} of settings");
        }
        SequencedMap<String, Json> said = new LinkedHashMap<>();
        o.fields().forEach((key, value) -> {
            Kind kind = KINDS.get(key);
            if (kind == null) {
                String near = Hint.near(key, KEYS);
                throw new FormatException(where + ": there is no setting " + Json.of(key).text()
                        + (near.isEmpty() ? "; there are " + String.join(", ", KEYS) : near));
            }
            if (!(value instanceof Json.Null)) {
                if (!kind.is(value)) {
                    throw new FormatException(where + ": " + key + ": expected " + kind.expected + ", received " + value.text());
                }
                said.putAll(Augmentation.plain(key, value));
            }
        });
        return new Config(new Json.Obj(said));
    }

    /**
     * Reads a file such as a run's {@code config.json}.
     *
     * @param file JSON
     * @return the config
     * @throws FormatException if it is missing or not what it should be: one line
     */
    public static Config read(Path file) {
        try {
            return of(Json.parse(Files.readString(file), file.toString()), file.toString());
        } catch (NoSuchFileException e) {
            throw new FormatException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException(file + ": it cannot be read: " + e.getMessage(), e));
        }
    }

    /** {@return a config that says nothing} */
    public static Config empty() {
        return new Config(Json.object());
    }

    /**
     * {@return this with one more key, or that key replaced}
     * @param key   one of {@link #KEYS}
     * @param value of its kind
     */
    public Config with(String key, Object value) {
        Object plain = value instanceof Optional<?> o && o.isPresent() ? o.get() : value;
        if (plain instanceof Double d && !Double.isFinite(d)) {
            throw new FormatException(key + ": expected a finite number, received " + d);
        }
        return of(json.with(key, value), "settings");
    }

    /**
     * Lays this over another: what is said here counts. Another optimizer, schedule or network takes what was said of the one
     * before with it ({@code lr} too), and a loss what means nothing for it. Another number of epochs stretches what was laid
     * out for the number before: warm-up, decays and the end of mixing; a smaller one shortens both kinds of patience with it.
     *
     * @param low what counts where this says nothing
     * @return both
     */
    public Config over(Config low) {
        SequencedMap<String, Json> both = new LinkedHashMap<>(low.json.fields());
        BELONGING.forEach((choice, keys) -> {
            if (low.get(choice).isPresent() && get(choice).isPresent() && !low.get(choice).equals(get(choice))) {
                keys.forEach(both::remove);
            }
        });
        if (text("sched").equals(Optional.of("onecycle"))) {
            both.keySet().removeAll(List.of("warmup_epochs", "warmup_lr"));
        }
        if (number("warmup_epochs").equals(Optional.of(0.0))) {
            both.remove("warmup_lr");
        }
        if (unmixes(low)) {
            both.remove("mixup_off_epoch");
        }
        text("loss").ifPresent(loss -> both.keySet().removeAll(Objective.Kind.of(loss).meaningless()));
        stretch(low, both);
        both.putAll(json.fields());
        Config all = new Config(new Json.Obj(both));
        Set<String> off = new HashSet<>(Augmentation.idle(all).keySet()); // what belongs to what is switched off here goes with it
        off.removeAll(Augmentation.idle(low).keySet());
        off.removeAll(json.fields().keySet());
        if (off.isEmpty()) {
            return all;
        }
        both.keySet().removeAll(off);
        return new Config(new Json.Obj(both));
    }

    /** Whether what is said here switches mixup or cutmix off, and none is left. */
    private boolean unmixes(Config low) {
        List<String> keys = List.of("mixup", "cutmix");
        return keys.stream().anyMatch(key -> number(key).isPresent())
                && keys.stream().allMatch(key -> number(key).or(() -> low.number(key)).orElse(0.0) == 0);
    }

    private void stretch(Config low, SequencedMap<String, Json> both) {
        double before = low.number("epochs").orElse(0.0);
        double now = number("epochs").orElse(before);
        if (before <= 0 || now <= 0 || now == before) {
            return;
        }
        for (String key : List.of("warmup_epochs", "decay_epochs")) {
            both.computeIfPresent(key, (k, v) -> Json.of(low.number(key).orElseThrow() * now / before));
        }
        both.computeIfPresent("decay_milestones", (k, v) -> Json.of(low.numbers(k).orElseThrow().stream()
                .map(m -> m * now / before).toList()));
        int epochs = (int) Math.min(now, Integer.MAX_VALUE);
        both.computeIfPresent("mixup_off_epoch", (k, v) -> {
            int off = low.count(k).orElseThrow();
            return off > 0 ? Json.of(Math.max(1, Math.round(off * now / before))) : v;
        });
        shorten(low, both, "patience", now / before, Math.min(1, epochs - 1), epochs - 1);
        shorten(low, both, "patience_epochs", now / before, 0, Schedule.Plateau.most(epochs));
    }

    /** Epochs of waiting: fewer in a shorter training, never more. */
    private static void shorten(Config low, SequencedMap<String, Json> both, String key, double by, int least, int most) {
        both.computeIfPresent(key, (k, v) -> {
            int waits = low.count(k).orElseThrow();
            return Json.of(Math.min(waits, Math.clamp((long) (waits * by), least, most)));
        });
    }

    /**
     * Refuses keys that were said of one choice and mean nothing for another.
     *
     * @param choice {@code opt} or {@code sched}
     * @param name   what was chosen
     * @param known  keys that mean something for it
     */
    void expect(String choice, String name, Json.Obj known) {
        for (String key : BELONGING.get(choice)) {
            if (get(key).isPresent() && !key.equals("lr") && !known.fields().containsKey(key)) {
                throw new FormatException("--" + key.replace('_', '-') + " means nothing with --" + choice + " " + name
                        + "; leave it out");
            }
        }
    }

    private Optional<Json> get(String key) {
        if (!KINDS.containsKey(key)) {
            throw new IllegalArgumentException("no such key: " + key);
        }
        return json.get(key);
    }

    /**
     * {@return what a key of text says}
     * @param key one of {@link #KEYS}
     */
    public Optional<String> text(String key) {
        return get(key).map(j -> ((Json.Str) j).value());
    }

    Optional<Double> number(String key) {
        return get(key).map(j -> ((Json.Num) j).value());
    }

    Optional<Long> whole(String key) {
        return get(key).flatMap(j -> ((Json.Num) j).whole());
    }

    /** A whole number that fits 32 bits, or the nearest that does: ranges are narrower. */
    Optional<Integer> count(String key) {
        return whole(key).map(v -> Math.clamp(v, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    Optional<Boolean> flag(String key) {
        return get(key).map(j -> ((Json.Bool) j).value());
    }

    Optional<List<Double>> numbers(String key) {
        return get(key).filter(Json.Arr.class::isInstance)
                .map(j -> ((Json.Arr) j).items().stream().map(n -> ((Json.Num) n).value()).toList());
    }

    Optional<List<String>> texts(String key) {
        return get(key).map(j -> ((Json.Arr) j).items().stream().map(t -> ((Json.Str) t).value()).toList());
    }

    /**
     * {@return the size that images are to be fitted to, if it is said by {@code input_size}}
     * @throws FormatException if it is no size, or {@code in_chans} contradicts it
     */
    public Optional<Shape> image() {
        Optional<Shape> size = text("input_size").map(Config::size);
        if (size.isPresent() && channels().filter(c -> c != size.get().dim(0)).isPresent()) {
            throw new FormatException("--input-size " + size.get() + " has " + size.get().dim(0) + " channels, --in-chans says "
                    + channels().get() + "; give one of them");
        }
        return size;
    }

    /** {@return how many channels images are to have, if it is said by {@code in_chans}} */
    public Optional<Integer> channels() {
        return count("in_chans");
    }

    /**
     * Reads the size of an image.
     *
     * @param text {@code 1x28x28}, also with × or commas
     * @return {@code C H W}
     * @throws FormatException if it is none
     */
    public static Shape size(String text) {
        if (!text.matches("[0-9]{1,6}([x×,][0-9]{1,6}){2}")) {
            throw new FormatException("an image's size is CHANNELSxHEIGHTxWIDTH such as 1x28x28, received " + text);
        }
        return Shape.of(Stream.of(text.split("[x×,]")).mapToInt(Integer::parseInt).toArray());
    }
}
