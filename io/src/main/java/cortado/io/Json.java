package cortado.io;

import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A JSON value (RFC 8259). Objects keep the order of their keys, numbers their spelling, so that what is read and written
 * again stays the same text. A key that stands twice in an object is an error.
 */
public sealed interface Json {

    /**
     * An object.
     *
     * @param fields in order
     */
    record Obj(SequencedMap<String, Json> fields) implements Json {
        /** Copies the map. */
        public Obj {
            fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
        }

        /**
         * Adds or replaces a field.
         *
         * @param key   name
         * @param value anything that {@link Json#of} takes
         * @return this object with one more field, or that field replaced
         */
        public Obj with(String key, Object value) {
            SequencedMap<String, Json> all = new LinkedHashMap<>(fields);
            all.put(key, Json.of(value));
            return new Obj(all);
        }

        /**
         * Looks a field up.
         *
         * @param key name
         * @return the value, if there is one
         */
        public Optional<Json> get(String key) {
            return Optional.ofNullable(fields.get(key));
        }
    }

    /**
     * A list.
     *
     * @param items in order
     */
    record Arr(List<Json> items) implements Json {
        /** Copies the list. */
        public Arr {
            items = List.copyOf(items);
        }
    }

    /**
     * A string.
     *
     * @param value its characters, unescaped
     */
    record Str(String value) implements Json {
    }

    /**
     * A number.
     *
     * @param spelling as JSON spells it
     */
    record Num(String spelling) implements Json {
        /** {@return the nearest double} */
        public double value() {
            return Double.parseDouble(spelling);
        }

        /** {@return the number if it is spelled as a whole one that fits 64 bits} */
        public Optional<Long> whole() {
            return spelling.matches("-?[0-9]{1,19}") ? Optional.of(new BigInteger(spelling)).filter(i -> i.bitLength() < Long.SIZE)
                    .map(BigInteger::longValue) : Optional.empty();
        }
    }

    /**
     * True or false.
     *
     * @param value which
     */
    record Bool(boolean value) implements Json {
    }

    /** Nothing. */
    record Null() implements Json {
    }

    /** {@return an object without fields, to add to by {@link Obj#with}} */
    static Obj object() {
        return new Obj(new LinkedHashMap<>());
    }

    /**
     * Turns Java values into JSON. A number that JSON cannot spell (NaN, infinity) becomes null.
     *
     * @param value a Json, String, Boolean, Number, Optional, List or Map with string keys; any other object by its
     *              {@code toString}
     * @return the JSON value
     */
    static Json of(Object value) {
        return switch (value) {
            case Json j -> j;
            case Boolean b -> new Bool(b);
            case Double d when !Double.isFinite(d) -> new Null();
            case Float f when !Float.isFinite(f) -> new Null();
            case Number n -> new Num(n.toString());
            case Optional<?> o -> o.isPresent() ? of(o.get()) : new Null();
            case List<?> l -> new Arr(l.stream().map(Json::of).toList());
            case Map<?, ?> m -> {
                SequencedMap<String, Json> fields = new LinkedHashMap<>();
                m.forEach((k, v) -> fields.put(k.toString(), of(v)));
                yield new Obj(fields);
            }
            default -> new Str(value.toString());
        };
    }

    /**
     * Reads one value; nothing but blanks may follow it.
     *
     * @param text   strict JSON
     * @param source file name, for the message
     * @return the value
     * @throws FormatException naming the source, line and column
     */
    static Json parse(String text, String source) {
        JsonReader in = new JsonReader(new StringReader(text));
        in.setStrictness(Strictness.STRICT);
        try {
            Json value = value(in, source);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new FormatException(source + ": not valid JSON: something follows the end, " + place(in));
            }
            return value;
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            // Gson's own line, without its link to a help page and its advice for programmers.
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                    .replace("Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON", "unexpected character");
            throw new FormatException(source + ": not valid JSON: " + Fields.shown(why), e);
        }
    }

    private static Json value(JsonReader in, String source) throws IOException {
        switch (in.peek()) {
            case BEGIN_OBJECT -> {
                SequencedMap<String, Json> fields = new LinkedHashMap<>();
                in.beginObject();
                while (in.hasNext()) {
                    String key = in.nextName();
                    String at = place(in);
                    if (fields.put(key, value(in, source)) != null) {
                        throw new FormatException(source + ": the key " + Fields.brief(new Str(key)) + " stands twice, " + at);
                    }
                }
                in.endObject();
                return new Obj(fields);
            }
            case BEGIN_ARRAY -> {
                List<Json> items = new ArrayList<>();
                in.beginArray();
                while (in.hasNext()) {
                    items.add(value(in, source));
                }
                in.endArray();
                return new Arr(items);
            }
            case STRING -> {
                return new Str(in.nextString());
            }
            case NUMBER -> {
                return new Num(in.nextString());
            }
            case BOOLEAN -> {
                return new Bool(in.nextBoolean());
            }
            default -> {
                in.nextNull();
                return new Null();
            }
        }
    }

    private static String place(JsonReader in) {
        return "at " + Fields.shown(in.getPath());
    }

    /** {@return this value as JSON on one line, without blanks} */
    default String text() {
        return switch (this) {
            case Obj o -> o.fields.entrySet().stream().map(e -> new Str(e.getKey()).text() + ":" + e.getValue().text())
                    .collect(Collectors.joining(",", "{", "}"));
            case Arr a -> a.items.stream().map(Json::text).collect(Collectors.joining(",", "[", "]"));
            case Str s -> new JsonPrimitive(s.value).toString();
            case Num n -> n.spelling;
            case Bool b -> Boolean.toString(b.value);
            case Null n -> "null";
        };
    }

    /** {@return this value as JSON for people: what fits stands on one line, the rest is indented by two} */
    default String pretty() {
        return pretty("") + "\n";
    }

    private String pretty(String indent) {
        String deeper = indent + "  ";
        return switch (this) {
            case Obj o -> block(o.fields.entrySet().stream()
                    .map(e -> new Str(e.getKey()).text() + ": " + e.getValue().pretty(deeper)).toList(), "{", "}", indent);
            case Arr a -> block(a.items.stream().map(i -> i.pretty(deeper)).toList(), "[", "]", indent);
            default -> text();
        };
    }

    private static String block(List<String> items, String open, String close, String indent) {
        String line = open + String.join(", ", items) + close;
        String deeper = ",\n" + indent + "  ";
        return line.length() <= 110 && !line.contains("\n") ? line
                : open + deeper.substring(1) + String.join(deeper, items) + "\n" + indent + close;
    }
}
