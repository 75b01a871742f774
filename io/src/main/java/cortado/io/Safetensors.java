package cortado.io;

import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file of named tensors (https://huggingface.co/docs/safetensors): 8 bytes of header length, little-endian; a JSON header
 * that gives dtype, shape and place of each tensor and a map of strings, {@code __metadata__}; then the elements,
 * little-endian, row by row, without gaps.
 *
 * <p>Read: F32, F64, I32 as they are; F16 and BF16 as F32; BOOL, U8, I8, U16, I16 as I32, and U32, U64, I64 as I32 where
 * every element fits. Written: F32, F64, I32, the widest first and then by name, so the same tensors and metadata give the
 * same bytes.
 *
 * @param tensors  by name, in the order of their data in the file
 * @param metadata sorted by key; empty if the file has none
 */
public record Safetensors(SequencedMap<String, Tensor> tensors, SortedMap<String, String> metadata) {
    private static final int CHUNK = 1 << 16;

    /** Copies the maps, not the tensors. */
    public Safetensors {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /**
     * Reads a file. The header is checked against the file's length before anything is allocated.
     *
     * @param file a safetensors file
     * @return its tensors and metadata
     * @throws FormatException if the file cannot be read or is not what it claims: one line with file, tensor, byte, expected
     *                         and received
     */
    public static Safetensors read(Path file) {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            Header header = Header.read(in, file.toString());
            SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
            for (Header.Entry e : header.entries()) {
                tensors.put(e.name(), tensor(in, e, file + ": tensor " + Fields.shown(e.name())));
            }
            return new Safetensors(tensors, header.metadata());
        } catch (IOException e) {
            throw new FormatException("cannot read " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    private static Tensor tensor(FileChannel in, Header.Entry e, String where) throws IOException {
        Tensor t = Tensor.of(e.shape(), e.dtype().type());
        int perChunk = CHUNK / e.dtype().bytes();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < t.size();) {
            int n = Math.min(perChunk, t.size() - at);
            Header.fill(in, chunk.clear().limit(n * e.dtype().bytes()), where);
            switch (e.dtype()) {
                case F32 -> chunk.asFloatBuffer().get(t.floats(), at, n);
                case F64 -> chunk.asDoubleBuffer().get(t.doubles(), at, n);
                case I32 -> chunk.asIntBuffer().get(t.ints(), at, n);
                case F16, BF16 -> halves(chunk, t.floats(), at, n, e.dtype());
                default -> integers(chunk, t.ints(), at, n, e.dtype(), where);
            }
            at += n;
        }
        return t;
    }

    private static void halves(ByteBuffer chunk, float[] to, int at, int n, Dtype dtype) {
        for (int i = at; i < at + n; i++) {
            short bits = chunk.getShort();
            to[i] = dtype == Dtype.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
        }
    }

    private static void integers(ByteBuffer chunk, int[] to, int at, int n, Dtype dtype, String where) {
        for (int i = at; i < at + n; i++) {
            long v = switch (dtype) {
                case BOOL, U8 -> Byte.toUnsignedLong(chunk.get());
                case I8 -> chunk.get();
                case U16 -> Short.toUnsignedLong(chunk.getShort());
                case I16 -> chunk.getShort();
                case U32 -> Integer.toUnsignedLong(chunk.getInt());
                default -> chunk.getLong();
            };
            // A U64 from 2⁶³ on reads as negative, and is as far out of range as it looks.
            if (v != (int) v || dtype == Dtype.U64 && v < 0) {
                throw new FormatException(where + ": element " + i + ": expected a " + dtype + " that fits 32 bits, received "
                        + (dtype == Dtype.U64 ? Long.toUnsignedString(v) : Long.toString(v)));
            }
            to[i] = (int) v;
        }
    }

    /**
     * Writes a file, whole or not at all.
     *
     * @param file     replaced if it exists
     * @param tensors  by name
     * @param metadata strings by key; left out of the file if empty
     * @throws java.io.UncheckedIOException if writing fails: one line with file and reason; what stood there before stays
     * @throws ShapeException               for the name {@code __metadata__}, or text that UTF-8 cannot hold
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        Comparator<Map.Entry<String, Tensor>> widest = Comparator.comparingInt(e -> -e.getValue().type().bytes());
        List<Map.Entry<String, Tensor>> order = tensors.entrySet().stream()
                .sorted(widest.thenComparing(Map.Entry::getKey)).toList();
        byte[] header = header(order, new TreeMap<>(metadata));
        AtomicFile.write(file, out -> {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            out.write(header);
            for (Map.Entry<String, Tensor> e : order) {
                elements(out, e.getValue());
            }
        });
    }

    private static byte[] header(List<Map.Entry<String, Tensor>> order, SortedMap<String, String> metadata) {
        SequencedMap<String, Json> fields = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            fields.put(Header.METADATA, Json.of(metadata));
        }
        long at = 0;
        for (Map.Entry<String, Tensor> e : order) {
            Tensor t = e.getValue();
            if (e.getKey().equals(Header.METADATA)) {
                throw new ShapeException("a tensor cannot be named " + Header.METADATA + ", which safetensors keeps for itself");
            }
            long end = at + (long) t.size() * t.type().bytes();
            fields.put(e.getKey(), Json.object().with("dtype", Dtype.of(t.type()))
                    .with("shape", Arrays.stream(t.shape().dims()).boxed().toList())
                    .with("data_offsets", List.of(at, end)));
            at = end;
        }
        String text = new Json.Obj(fields).text();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new ShapeException("a tensor's name or the metadata holds half a character (a lone surrogate), which UTF-8 "
                    + "cannot spell");
        }
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > Header.LONGEST - 8) {
            throw new ShapeException("the header of a safetensors file may have " + Header.LONGEST + " bytes, received " + length);
        }
        return (text + " ".repeat(-length & 7)).getBytes(StandardCharsets.UTF_8);
    }

    /** The elements in row order, little-endian. */
    private static void elements(OutputStream out, Tensor tensor) throws IOException {
        Tensor t = tensor.layout() == Layout.ROWS ? tensor : tensor.to(tensor.type());
        int perChunk = CHUNK / t.type().bytes();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < t.size(); at += perChunk) {
            int n = Math.min(perChunk, t.size() - at);
            switch (t.type()) {
                case F32 -> chunk.asFloatBuffer().put(t.floats(), t.offset() + at, n);
                case F64 -> chunk.asDoubleBuffer().put(t.doubles(), t.offset() + at, n);
                case I32 -> chunk.asIntBuffer().put(t.ints(), t.offset() + at, n);
            }
            out.write(chunk.array(), 0, n * t.type().bytes());
        }
    }

    /**
     * The SHA-256 of weights, whatever order or metadata they are kept with: over each tensor, sorted by name, the name in
     * UTF-8, a zero byte, and the elements in row order, little-endian.
     *
     * @param tensors by name
     * @return 64 hexadecimal digits
     */
    public static String sha256(Map<String, Tensor> tensors) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                for (Map.Entry<String, Tensor> e : new TreeMap<>(tensors).entrySet()) {
                    out.write(e.getKey().getBytes(StandardCharsets.UTF_8));
                    out.write(0);
                    elements(out, e.getValue());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("every JDK has SHA-256, and nothing here leaves memory", e);
        }
    }
}
