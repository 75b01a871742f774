package cortado.io;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checked access to the fields of a JSON object that a person wrote: a mistake names place, key and what was expected. */
final class Fields {
    private static final int LONGEST = 120;
    /** What would break a message's line: control characters and the line and paragraph separators. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\x{2028}\\x{2029}]");
    private final Json.Obj json;
    private final String where;

    /**
     * @param json  must be an object
     * @param where file and place, for messages
     * @param keys  that the object may have
     */
    Fields(Json json, String where, Collection<String> keys) {
        if (!(json instanceof Json.Obj object)) {
            throw new FormatException(where + ": expected an object {…}, received " + brief(json));
        }
        for (String key : object.fields().keySet()) {
            if (!keys.contains(key)) {
                throw new FormatException(where + ": unknown key " + brief(new Json.Str(key)) + Hint.near(key, keys)
                        + " (known: " + String.join(", ", keys) + ")");
            }
        }
        this.json = object;
        this.where = where;
    }

    /** {@return a failure of one field, on one line} */
    FormatException wrong(String key, String expected) {
        return new FormatException(where + ": " + key + ": expected " + expected + ", received "
                + json.get(key).map(Fields::brief).orElse("nothing"));
    }

    /** {@return the field, if it is there} */
    Optional<Json> get(String key) {
        return json.get(key);
    }

    /** {@return the string, if it is there} */
    Optional<String> string(String key) {
        return get(key).map(j -> {
            if (j instanceof Json.Str s && !s.value().isBlank() && s.value().equals(shown(s.value()))) {
                return s.value();
            }
            throw wrong(key, "a string of up to " + LONGEST + " characters, all of them visible");
        });
    }

    /** {@return a whole number from 0, or the default} */
    int number(String key, int usual) {
        return get(key).map(j -> whole(j, Integer.MAX_VALUE).orElseThrow(() -> wrong(key, "a whole number from 0"))).orElse(usual);
    }

    /** {@return a finite number, or the default} */
    double real(String key, double usual) {
        return get(key).map(j -> {
            if (j instanceof Json.Num n && Double.isFinite(n.value())) {
                return n.value();
            }
            throw wrong(key, "a number");
        }).orElse(usual);
    }

    /** {@return true or false, or the default} */
    boolean flag(String key, boolean usual) {
        return get(key).map(j -> {
            if (j instanceof Json.Bool b) {
                return b.value();
            }
            throw wrong(key, "true or false");
        }).orElse(usual);
    }

    /** {@return the sizes of a shape, if they are there} */
    Optional<Shape> shape(String key) {
        return get(key).map(j -> {
            List<Integer> sizes = wholes(j, Integer.MAX_VALUE).orElseThrow(() -> wrong(key, "a list of sizes such as [1, 28, 28]"));
            try {
                return Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray());
            } catch (ShapeException e) {
                throw new FormatException(where + ": " + key + ": " + e.getMessage(), e);
            }
        });
    }

    /** {@return strings, of a field that is a string or a list of them, if it is there} */
    Optional<List<String>> strings(String key) {
        return get(key).map(j -> {
            List<Json> items = j instanceof Json.Arr list ? list.items() : List.of(j);
            List<String> all = new ArrayList<>();
            for (Json item : items) {
                if (!(item instanceof Json.Str s)) {
                    throw wrong(key, "a name or a list of names");
                }
                all.add(s.value());
            }
            return all;
        });
    }

    /** {@return the numbers of a list, all finite} */
    List<Double> doubles(String key) {
        List<Double> all = new ArrayList<>();
        if (get(key).orElse(new Json.Null()) instanceof Json.Arr list) {
            for (Json item : list.items()) {
                if (item instanceof Json.Num n && Double.isFinite(n.value())) {
                    all.add(n.value());
                }
            }
            if (all.size() == list.items().size()) {
                return all;
            }
        }
        throw wrong(key, "a list of numbers");
    }

    /** {@return the whole number, if it is one from 0 to {@code most}} */
    static Optional<Integer> whole(Json json, int most) {
        return json instanceof Json.Num n ? n.whole().filter(v -> v >= 0 && v <= most).map(Long::intValue) : Optional.empty();
    }

    /** {@return the whole numbers of a list, if it is one and all are from 0 to {@code most}} */
    static Optional<List<Integer>> wholes(Json json, int most) {
        if (!(json instanceof Json.Arr list)) {
            return Optional.empty();
        }
        List<Integer> all = list.items().stream().flatMap(j -> whole(j, most).stream()).toList();
        return all.size() == list.items().size() ? Optional.of(all) : Optional.empty();
    }

    /** A value for a message: short, on one line, whatever the file holds. */
    static String brief(Json json) {
        if (json instanceof Json.Null) {
            return "nothing";
        }
        return shown(json.text());
    }

    /** A name for a message: short, on one line, whatever the file holds. */
    static String shown(String name) {
        String text = CONTROL.matcher(name).replaceAll("?");
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
