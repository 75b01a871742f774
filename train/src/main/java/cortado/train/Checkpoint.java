package cortado.train;

import cortado.graph.Parameters;
import cortado.io.Json;
import cortado.io.Safetensors;
import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a training needs to go on to the same bits: a file of its own, as safetensors.
 *
 * <pre>
 * PART.NAME   one tensor: part {@code weights} (with running statistics), {@code moment0} …, {@code best}; by the weights' names
 * metadata    position, history, and one entry per key of the origin; sha256 over all of these and the tensors
 * </pre>
 *
 * @param at      where the training stands; with the seed this is the random state too
 * @param history the whole epochs before it
 * @param origin  which training it belongs to: network, settings, data; two of the same training have the same
 * @param parts   tensors by part; a checkpoint that a trainer tells shares them, and they change in the next step
 */
public record Checkpoint(Position at, List<EpochResult> history, Map<String, String> origin,
        SequencedMap<String, Parameters> parts) {
    private static final String FORMAT = "cortado checkpoint 1";
    private static final String ORIGIN = "origin.";
    private static final String SHA256 = "sha256";

    /** Copies the list and the maps, not the tensors. */
    public Checkpoint {
        history = List.copyOf(history);
        origin = Collections.unmodifiableMap(new TreeMap<>(origin));
        parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
    }

    /**
     * Writes it, whole or not at all.
     *
     * @param file replaced if it exists
     * @throws java.io.UncheckedIOException if writing fails: one line with file and reason
     */
    public void write(Path file) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        parts.forEach((part, p) -> p.map().forEach((name, t) -> tensors.put(part + "." + name, t)));
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", FORMAT);
        metadata.put("position", at.json().text());
        metadata.put("history", Json.of(history.stream().map(EpochResult::json).toList()).text());
        origin.forEach((key, value) -> metadata.put(ORIGIN + key, value));
        metadata.put(SHA256, sha256(metadata, tensors));
        Safetensors.write(file, tensors, metadata);
    }

    /**
     * Reads one and checks that it is what was written, bit by bit.
     *
     * @param file written by {@link #write}
     * @return the checkpoint, with tensors of its own
     * @throws FormatException if it is cut off, changed or no checkpoint: one line
     */
    public static Checkpoint read(Path file) {
        Safetensors st = Safetensors.read(file);
        SortedMap<String, String> metadata = new TreeMap<>(st.metadata());
        String given = metadata.getOrDefault("format", "nothing");
        if (!given.equals(FORMAT)) {
            throw new FormatException(file + ": format: expected " + FORMAT + ", received another; it is no checkpoint of this"
                    + " version");
        }
        String expected = String.valueOf(metadata.remove(SHA256));
        String found = sha256(metadata, st.tensors());
        if (!found.equals(expected)) {
            throw new FormatException(file + ": the checksum differs: expected what was written, received something changed since");
        }
        SequencedMap<String, SequencedMap<String, Tensor>> parts = new LinkedHashMap<>();
        st.tensors().forEach((name, t) -> {
            int dot = name.indexOf('.');
            if (dot < 1) {
                throw new FormatException(file + ": expected tensors named PART.NAME");
            }
            parts.computeIfAbsent(name.substring(0, dot), p -> new LinkedHashMap<>()).put(name.substring(dot + 1), t);
        });
        SequencedMap<String, Parameters> named = new LinkedHashMap<>();
        parts.forEach((part, tensors) -> named.put(part, Parameters.of(tensors)));
        Map<String, String> origin = new TreeMap<>();
        metadata.tailMap(ORIGIN).forEach((key, value) -> {
            if (key.startsWith(ORIGIN)) {
                origin.put(key.substring(ORIGIN.length()), value);
            }
        });
        return new Checkpoint(Position.of(object(metadata, "position", file), file + ": position"), history(metadata, file), origin,
                named);
    }

    private static List<EpochResult> history(Map<String, String> metadata, Path file) {
        String where = file + ": history";
        List<EpochResult> rows = new ArrayList<>();
        if (!(Json.parse(metadata.getOrDefault("history", "null"), where) instanceof Json.Arr list)) {
            throw new FormatException(where + ": expected a list");
        }
        for (Json row : list.items()) {
            if (!(row instanceof Json.Obj o)) {
                throw new FormatException(where + ": expected a list of objects");
            }
            rows.add(EpochResult.of(o, where));
        }
        return rows;
    }

    private static Json.Obj object(Map<String, String> metadata, String key, Path file) {
        if (Json.parse(metadata.getOrDefault(key, "null"), file + ": " + key) instanceof Json.Obj o) {
            return o;
        }
        throw new FormatException(file + ": " + key + ": expected an object");
    }

    private static String sha256(Map<String, String> metadata, Map<String, Tensor> tensors) {
        return sha256(Json.of(new TreeMap<>(metadata)).text() + Safetensors.sha256(tensors));
    }

    /** {@return 64 hexadecimal digits} */
    static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@return how many numbers its tensors have} */
    long numbers() {
        return parts.values().stream().mapToLong(Parameters::count).sum();
    }

    /** {@return the tensors of a part}; throws {@link FormatException} if there is none. */
    Parameters part(String name) {
        Parameters p = parts.get(name);
        if (p == null) {
            throw new FormatException("the checkpoint holds no " + name + "; it holds " + String.join(", ", parts.keySet()));
        }
        return p;
    }

    /**
     * Checks that it belongs to a training.
     *
     * @param training what the {@link #origin} of a checkpoint of that training is
     * @throws FormatException naming the first difference, in that one's order
     */
    void expect(Map<String, String> training) {
        Set<String> keys = new LinkedHashSet<>(training.keySet());
        keys.addAll(origin.keySet());
        for (String key : keys) {
            String saved = origin.getOrDefault(key, "none");
            String now = training.getOrDefault(key, "none");
            if (!now.equals(saved)) {
                throw new FormatException("the run's " + key + " has changed since its checkpoint was written: " + saved
                        + " then, " + now + " now; put it back, or begin a new run");
            }
        }
    }
}
