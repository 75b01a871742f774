package cortado.train;

import cortado.graph.Model;
import cortado.io.AtomicFile;
import cortado.io.Json;
import cortado.io.Safetensors;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a run's weights come from, its {@code provenance.json}: data fingerprint, code, Java, machine, seed, all settings; whenever it
 * was taken up again, where it stood and on what machine; at the end the weights' hashes.
 *
 * @param json the object
 */
public record Provenance(Json.Obj json) {
    private static final String FILE = "provenance.json";
    private static final Map<String, String> MODELS = Map.of(Run.BEST, "best_sha256", Run.LAST, "last_sha256");
    /** Settings that may change in the middle of a training: what decides no bit, and where files lie. */
    private static final Set<String> FREE = Set.of("about", "threads", "checkpoint_steps", "keep_checkpoints", "data", "data_dir",
            "initial_checkpoint");
    private static final Set<String> END = Set.of("finished", "epochs", "best_epoch", "best_sha256", "last_sha256");

    /**
     * {@return that of a training that begins}
     * @param s       what it tells first
     * @param machine what the caller knows of where this runs
     */
    public static Provenance of(Event.Started s, Map<String, String> machine) {
        Json.Obj o = Json.object().with("data", s.data().name()).with("data_sha256", s.dataSha256())
                .with("train_images", s.data().train().size()).with("val_images", s.data().test().size())
                .with("seed", s.settings().seed());
        return new Provenance(join(o, here(s, machine)).with("settings", s.settings().json()));
    }

    /** Code and machine: what may change between two parts of a run. */
    private static Json.Obj here(Event.Started s, Map<String, String> machine) {
        Json.Obj o = code();
        for (var m : machine.entrySet()) {
            o = o.with(m.getKey(), m.getValue());
        }
        return o.with("processors", Runtime.getRuntime().availableProcessors()).with("threads", s.settings().threads());
    }

    private static Json.Obj code() {
        return Json.object().with("cortado", Code.version()).with("code_sha256", Code.sha256())
                .with("jdk", Runtime.version().toString());
    }

    private static Json.Obj join(Json.Obj a, Json.Obj b) {
        SequencedMap<String, Json> both = new LinkedHashMap<>(a.fields());
        both.putAll(b.fields());
        return new Json.Obj(both);
    }

    /** {@return this, gone on with from a position} */
    Provenance resumed(Position at, Event.Started s, Map<String, String> machine) {
        SequencedMap<String, Json> kept = new LinkedHashMap<>(json.fields());
        kept.keySet().removeAll(END);
        List<Json> all = new ArrayList<>(kept.get("resumed") instanceof Json.Arr a ? a.items() : List.of());
        all.add(join(Json.object().with("epoch", at.epoch() + 1).with("step", at.batch()), here(s, machine)));
        return new Provenance(new Json.Obj(kept).with("resumed", all));
    }

    /** {@return this with what came of the training} */
    Provenance ended(Outcome o, boolean finished) {
        return new Provenance(json.with("finished", finished).with("epochs", o.epochs()).with("best_epoch", o.bestEpoch())
                .with("best_sha256", hash(o.best())).with("last_sha256", hash(o.last())));
    }

    /** {@return 64 hexadecimal digits over all weights} */
    static String hash(Model model) {
        return Safetensors.sha256(model.parameters().map());
    }

    /** Writes it into a run's folder. */
    void write(Path run) {
        AtomicFile.write(run.resolve(FILE), json.pretty());
    }

    /** {@return whether a run's folder holds one} */
    static boolean in(Path run) {
        return Files.isRegularFile(run.resolve(FILE));
    }

    /**
     * Reads that of a run.
     *
     * @param run its folder
     * @return its provenance
     * @throws FormatException if there is none, or no JSON: one line
     */
    public static Provenance read(Path run) {
        Path file = run.resolve(FILE);
        try {
            if (Json.parse(Files.readString(file), file.toString()) instanceof Json.Obj o) {
                return new Provenance(o);
            }
            throw new FormatException(file + ": expected an object {…}");
        } catch (IOException e) {
            throw new FormatException(run + " holds no " + FILE + " that can be read; give the folder of a run", e);
        }
    }

    /**
     * Checks that a model is what its run's training ended with. A file in no run's folder is, and one of a run without an end yet.
     *
     * @param file  the model's
     * @param model as it was read
     * @throws FormatException if its weights are others: one line
     */
    public static void expect(Path file, Model model) {
        Path run = file.toAbsolutePath().getParent();
        Optional<String> then = Optional.ofNullable(MODELS.get(file.getFileName().toString())).filter(key -> in(run))
                .flatMap(key -> read(run).text(key));
        if (then.isPresent() && !then.get().equals(hash(model))) {
            throw new FormatException(file + ": its weights are not those that the run's training ended with: expected SHA-256 "
                    + then.get() + ", received " + hash(model) + "; the file was damaged or replaced");
        }
    }

    /** {@return whether the training came to its end} */
    public boolean finished() {
        return json.get("finished").equals(Optional.of(Json.of(true)));
    }

    /**
     * {@return what stands at a key; none if nothing does or no text}
     * @param key {@code data_sha256}, {@code best_sha256}, {@code last_sha256}, {@code cortado}, {@code code_sha256}, {@code jdk}, …
     */
    public Optional<String> text(String key) {
        return json.get(key).flatMap(v -> v instanceof Json.Str s ? Optional.of(s.value()) : Optional.empty());
    }

    /**
     * {@return what is another here than there: data, code, Java, machine; threads and processors never matter}
     * @param other of the same settings
     */
    public List<String> differences(Provenance other) {
        Set<String> silent = Set.of("threads", "processors", "settings", "resumed", "data", "seed", "train_images", "val_images");
        return json.fields().keySet().stream().filter(k -> !silent.contains(k) && !END.contains(k))
                .filter(k -> !json.get(k).equals(other.json.get(k))).map(k -> difference(k, json, other.json)).toList();
    }

    /** {@return how the code that runs here is another than what it began with: only with the same code and JDK are bits promised} */
    List<String> otherCode() {
        Json.Obj now = code();
        return now.fields().keySet().stream().filter(k -> !now.get(k).equals(json.get(k))).map(k -> difference(k, json, now)).toList();
    }

    /**
     * {@return what is another in a run's {@code config.json} than when its training began, by setting: what decides a bit, but not
     * where data and files lie}
     * @param run its folder
     * @throws FormatException if its config is no JSON: one line
     */
    public List<String> edited(Path run) {
        Json.Obj now = RunRecord.json(run.resolve(Run.CONFIG)).orElse(Json.object());
        Json.Obj then = json.get("settings").orElse(now) instanceof Json.Obj o ? o : now;
        return Stream.concat(then.fields().keySet().stream(), now.fields().keySet().stream()).distinct()
                .filter(k -> !FREE.contains(k) && !plain(k, then).equals(plain(k, now)))
                .map(k -> Run.CONFIG + ": " + difference(k, then, now)).toList();
    }

    /** What counts of a value: a number whatever its spelling, a network whatever its file's folder. */
    private static Object plain(String key, Json.Obj of) {
        return switch (of.get(key).orElse(new Json.Null())) {
            case Json.Num n -> n.value();
            case Json.Str s when key.equals("model") -> s.value().replaceFirst("^.*[/\\\\]", "");
            case Json other -> other;
        };
    }

    private static String difference(String key, Json.Obj then, Json.Obj now) {
        return key + ": " + shown(then.get(key)) + " then, " + shown(now.get(key)) + " now";
    }

    private static String shown(Optional<Json> value) {
        return value.map(v -> v instanceof Json.Str s ? s.value() : v.text()).orElse("none");
    }
}
