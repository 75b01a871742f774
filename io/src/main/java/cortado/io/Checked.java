package cortado.io;

import cortado.tensor.FormatException;
import java.util.List;
import java.util.Optional;

/**
 * Checked access to the fields of a JSON object that a program wrote. Whatever does not fit is a {@link FormatException} of one line:
 * file, key, what was expected, what was received. Keys that nobody asks for are no mistake: a newer version may have added them.
 *
 * @param json  the object
 * @param where file and place, for messages
 */
public record Checked(Json.Obj json, String where) {
    /**
     * {@return access to its fields}
     * @param json  must be an object
     * @param where file and place, for messages
     */
    public static Checked of(Json json, String where) {
        if (json instanceof Json.Obj o) {
            return new Checked(o, where);
        }
        throw new FormatException(where + ": expected an object {…}, received " + Fields.brief(json));
    }

    /**
     * {@return a failure of one field}
     * @param key      its name
     * @param expected what should have stood there
     */
    public FormatException wrong(String key, String expected) {
        return new FormatException(where + ": " + key + ": expected " + expected + ", received "
                + json.get(key).map(Fields::brief).orElse("nothing"));
    }

    /**
     * {@return whether the field is there and not null}
     * @param key its name
     */
    public boolean has(String key) {
        return !(value(key) instanceof Json.Null);
    }

    private Json value(String key) {
        return json.get(key).orElse(new Json.Null());
    }

    /**
     * {@return a number; NaN for null, which is how {@link Json#of} spells it}
     * @param key its name
     */
    public double number(String key) {
        return number(json.get(key)).orElseThrow(() -> wrong(key, "a number"));
    }

    private static Optional<Double> number(Optional<Json> value) {
        return value.map(v -> v instanceof Json.Num n ? (Double) n.value() : v instanceof Json.Null ? Double.NaN : null);
    }

    /**
     * {@return a whole number, 0 … 2³¹−1}
     * @param key its name
     */
    public int whole(String key) {
        return Fields.whole(value(key), Integer.MAX_VALUE).orElseThrow(() -> wrong(key, "a whole number from 0"));
    }

    /**
     * {@return true or false}
     * @param key its name
     */
    public boolean flag(String key) {
        if (value(key) instanceof Json.Bool b) {
            return b.value();
        }
        throw wrong(key, "true or false");
    }

    /**
     * {@return a string}
     * @param key its name
     */
    public String text(String key) {
        if (value(key) instanceof Json.Str s) {
            return s.value();
        }
        throw wrong(key, "a string");
    }

    /**
     * {@return an object}
     * @param key its name
     */
    public Checked object(String key) {
        return of(value(key), where + ": " + key);
    }

    /**
     * {@return the items of a list}
     * @param key its name
     */
    public List<Json> list(String key) {
        if (value(key) instanceof Json.Arr a) {
            return a.items();
        }
        throw wrong(key, "a list […]");
    }

    /**
     * {@return the items of a list of objects}
     * @param key its name
     */
    public List<Checked> objects(String key) {
        return list(key).stream().map(j -> of(j, where + ": " + key)).toList();
    }

    /**
     * {@return the numbers of a list; NaN for null}
     * @param list  must be one
     * @param where file and place, for the message
     */
    public static List<Double> numbers(Json list, String where) {
        if (list instanceof Json.Arr a) {
            List<Double> all = a.items().stream().flatMap(j -> number(Optional.of(j)).stream()).toList();
            if (all.size() == a.items().size()) {
                return all;
            }
        }
        throw new FormatException(where + ": expected a list of numbers, received " + Fields.brief(list));
    }

    /**
     * {@return the whole numbers of a list, each 0 … 2³¹−1}
     * @param list  must be one
     * @param where file and place, for the message
     */
    public static List<Integer> wholes(Json list, String where) {
        return Fields.wholes(list, Integer.MAX_VALUE)
                .orElseThrow(
                        () -> new FormatException(where + ": expected a list of whole numbers, received " + Fields.brief(list)));
    }
}
