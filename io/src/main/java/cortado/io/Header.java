package cortado.io;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The header of a safetensors file, checked: what it promises lies in the file, gapless and without overlap, before any
 * memory is asked for. The rules are those of the format's own reader.
 *
 * @param entries  in the order of their data
 * @param metadata sorted by key
 * @param data     where the data begins, in bytes from the start of the file
 */
record Header(List<Entry> entries, SortedMap<String, String> metadata, long data) {
    static final String METADATA = "__metadata__";
    /** The longest header, in bytes, as in the format's own reader. */
    static final int LONGEST = 100_000_000;
    private static final int MOST_DIMENSIONS = 32;

    /**
     * One tensor.
     *
     * @param name  as in the file
     * @param dtype element type
     * @param shape sizes
     * @param begin first byte, counted from the start of the data
     * @param end   one past the last byte
     */
    record Entry(String name, Dtype dtype, Shape shape, long begin, long end) {
    }

    /**
     * Reads and checks the header.
     *
     * @param in   at the file's start
     * @param file for messages
     * @return the header
     */
    static Header read(FileChannel in, String file) throws IOException {
        long size = in.size();
        if (size < 8) {
            throw new FormatException(file + ": expected a safetensors file, which has at least 8 bytes, received " + size);
        }
        long length = fill(in, ByteBuffer.allocate(8), file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > LONGEST) {
            throw new FormatException(file + ": header length at byte 0: expected at most " + LONGEST + ", received "
                    + Long.toUnsignedString(length) + "; is this a safetensors file?");
        }
        if (length > size - 8) {
            throw new FormatException(file + ": header length at byte 0: expected at most " + (size - 8)
                    + ", which is what follows in the file, received " + length + "; the file is cut off or no safetensors file");
        }
        ByteBuffer bytes = fill(in, ByteBuffer.allocate((int) length), file);
        if (length < 2 || bytes.get(0) != '{') {
            throw new FormatException(file + ": header at byte 8: expected a JSON object that begins with {, received "
                    + (length == 0 ? "nothing" : "byte 0x%02x".formatted(bytes.get(0))) + "; is this a safetensors file?");
        }
        Json.Obj json = (Json.Obj) Json.parse(utf8(bytes, file), file + ": header at byte 8");
        List<Entry> entries = new ArrayList<>();
        SortedMap<String, String> metadata = new TreeMap<>();
        for (Map.Entry<String, Json> field : json.fields().entrySet()) {
            if (field.getKey().equals(METADATA)) {
                metadata.putAll(metadata(field.getValue(), file));
            } else {
                entries.add(entry(field.getKey(), field.getValue(), file));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin));
        gapless(entries, size, 8 + length, file);
        return new Header(List.copyOf(entries), Collections.unmodifiableSortedMap(metadata), 8 + length);
    }

    /** Reads until the buffer is full and flips it. */
    static ByteBuffer fill(FileChannel in, ByteBuffer buffer, String file) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new FormatException(file + ": the file ended at byte " + in.position() + " while " + buffer.remaining()
                        + " more bytes were expected");
            }
        }
        return buffer.flip();
    }

    private static String utf8(ByteBuffer bytes, String file) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            return decoder.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file + ": header: not valid UTF-8 at byte " + (8 + bytes.position()), e);
        }
    }

    private static Map<String, String> metadata(Json json, String file) {
        if (!(json instanceof Json.Obj object)) {
            throw new FormatException(file + ": header: __metadata__: expected an object of strings, received "
                    + Fields.brief(json));
        }
        Map<String, String> all = new TreeMap<>();
        object.fields().forEach((key, value) -> {
            if (!(value instanceof Json.Str text)) {
                throw new FormatException(file + ": header: __metadata__: " + Fields.shown(key) + ": expected a string, received "
                        + Fields.brief(value));
            }
            all.put(key, text.value());
        });
        return all;
    }

    private static Entry entry(String name, Json json, String file) {
        String where = file + ": header: tensor " + Fields.shown(name) + ": ";
        if (!(json instanceof Json.Obj object)) {
            throw new FormatException(where + "expected an object with dtype, shape and data_offsets, received "
                    + Fields.brief(json));
        }
        Json given = object.get("dtype").orElse(new Json.Null());
        if (!(given instanceof Json.Str dtype)) {
            throw new FormatException(where + "dtype: expected a string, received " + Fields.brief(given));
        }
        Dtype type = Dtype.named(dtype.value()).orElseThrow(() -> new FormatException(where + "dtype: expected one of "
                + Dtype.list() + ", received " + Fields.brief(dtype)
                + ", which has no counterpart here; convert it or leave it out of the file"));
        Shape shape = shape(numbers(object, "shape", where), where);
        List<Long> offsets = numbers(object, "data_offsets", where);
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw new FormatException(where + "data_offsets: expected [begin, end] with begin ≤ end, received "
                    + Fields.brief(Json.of(offsets)));
        }
        long bytes = (long) shape.size() * type.bytes();
        if (offsets.get(1) - offsets.get(0) != bytes) {
            throw new FormatException(where + "data_offsets: expected " + bytes + " bytes for " + type + " " + shape
                    + ", received " + (offsets.get(1) - offsets.get(0)) + " " + offsets);
        }
        return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private static Shape shape(List<Long> sizes, String where) {
        if (sizes.size() > MOST_DIMENSIONS) {
            throw new FormatException(where + "shape: expected at most " + MOST_DIMENSIONS + " dimensions, received "
                    + sizes.size());
        }
        for (long size : sizes) {
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw new FormatException(where + "shape: expected sizes from 1 to " + Integer.MAX_VALUE + ", received " + sizes);
            }
        }
        try {
            return Shape.of(sizes.stream().mapToInt(Long::intValue).toArray());
        } catch (ShapeException e) {
            throw new FormatException(where + "shape: " + e.getMessage(), e);
        }
    }

    /** A list of whole numbers from 0, spelled as such. */
    private static List<Long> numbers(Json.Obj object, String key, String where) {
        Json json = object.get(key).orElse(new Json.Null());
        List<Long> numbers = new ArrayList<>();
        if (json instanceof Json.Arr list) {
            for (Json item : list.items()) {
                if (item instanceof Json.Num n && n.whole().isPresent() && n.whole().get() >= 0) {
                    numbers.add(n.whole().get());
                }
            }
            if (numbers.size() == list.items().size()) {
                return numbers;
            }
        }
        throw new FormatException(where + key + ": expected a list of whole numbers from 0, received " + Fields.brief(json));
    }

    private static void gapless(List<Entry> entries, long size, long data, String file) {
        long at = 0;
        String before = "";
        for (Entry e : entries) {
            if (e.begin() != at) {
                throw new FormatException(file + ": tensor " + Fields.shown(e.name()) + ": expected its data at byte " + (data + at)
                        + " (offset " + at + ")" + before + ", received offset " + e.begin() + ", which leaves "
                        + (e.begin() > at ? "a hole of " + (e.begin() - at) : "an overlap of " + (at - e.begin())) + " bytes");
            }
            at = e.end();
            before = ", where " + Fields.shown(e.name()) + " ends";
        }
        if (size != data + at) {
            throw new FormatException(file + ": expected " + (data + at) + " bytes" + before + ", received " + size
                    + (size < data + at ? "; the file is cut off" : "; something was appended"));
        }
    }
}
