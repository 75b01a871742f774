package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path dir;

    static SequencedMap<String, Tensor> some(long seed) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        Rng rng = new Rng(seed);
        all.put("z.weight", random(rng.split(1), Type.F32, 3, 1, 5));
        all.put("labels", random(rng.split(2), Type.I32, 7));
        all.put("a \"quoted\" ünïcode/名", random(rng.split(3), Type.F64, 2, 2));
        all.put("scalar", random(rng.split(4), Type.F32));
        all.put("big", random(rng.split(5), Type.F32, 70001));
        return all;
    }

    static Tensor random(Rng rng, Type type, int... dims) {
        Tensor t = Tensor.of(Shape.of(dims), type);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, (rng.uniform(i) - 0.5) * 1000);
        }
        return t;
    }

    /** A file with any header and any number of data bytes. */
    Path file(String header, int data) throws IOException {
        byte[] h = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer b = ByteBuffer.allocate(8 + h.length + data).order(ByteOrder.LITTLE_ENDIAN).putLong(h.length).put(h);
        for (int i = 0; i < data; i++) {
            b.put((byte) (200 + i));
        }
        return Files.write(dir.resolve("t.safetensors"), b.array());
    }

    static void same(Map<String, Tensor> a, Map<String, Tensor> b) {
        assertThat(a.keySet()).isEqualTo(b.keySet());
        a.forEach((name, t) -> {
            assertThat(b.get(name).shape()).isEqualTo(t.shape());
            assertThat(b.get(name).type()).isEqualTo(t.type());
            assertThat(b.get(name).toDoubles()).isEqualTo(t.toDoubles());
        });
    }

    @Test
    void whatIsWrittenIsReadSeed1() {
        Path file = dir.resolve("t.safetensors");
        Map<String, String> metadata = Map.of("b", "two\nlines \u2028 \"x\"", "a", "");
        Safetensors.write(file, some(1), metadata);
        Safetensors back = Safetensors.read(file);
        same(some(1), back.tensors());
        assertThat(back.metadata()).isEqualTo(metadata);
        assertThat(back.tensors().firstEntry().getValue().type()).as("widest first").isEqualTo(Type.F64);
    }

    @Test
    void orderAndLayoutDoNotChangeTheBytesSeed2() throws IOException {
        Map<String, Tensor> reversed = new LinkedHashMap<>();
        some(2).reversed().forEach(reversed::put);
        Tensor lanes = Tensor.of(Shape.of(3, 1, 5), Type.F32, Layout.LANES);
        lanes.copyFrom(reversed.get("z.weight"));
        reversed.put("z.weight", lanes);
        Tensor larger = Tensor.of(Shape.of(9), Type.I32);
        larger.slice(1, 8).copyFrom(reversed.get("labels"));
        reversed.put("labels", larger.slice(1, 8));
        Tensor several = Tensor.f32(2, 70001);
        several.slice(1, 2).reshape(Shape.of(70001)).copyFrom(reversed.get("big"));
        reversed.put("big", several.slice(1, 2).reshape(Shape.of(70001)));
        Path a = dir.resolve("a");
        Path b = dir.resolve("b");
        Safetensors.write(a, some(2), new TreeMap<>(Map.of("k", "v", "l", "w")));
        Safetensors.write(b, reversed, new TreeMap<String, String>(java.util.Comparator.reverseOrder()) {
            private static final long serialVersionUID = 1;
            {
                put("k", "v");
                put("l", "w");
            }
        });
        assertThat(Files.readAllBytes(a)).isEqualTo(Files.readAllBytes(b));
        assertThat(Safetensors.sha256(reversed)).isEqualTo(Safetensors.sha256(some(2)))
                .isEqualTo(Safetensors.sha256(Safetensors.read(a).tensors()));
    }

    @Test
    void bitsOfNanAndMinusZeroSurvive() {
        Tensor t = Tensor.f32(3);
        t.floats()[0] = Float.intBitsToFloat(0x7fc12345);
        t.floats()[1] = -0f;
        t.floats()[2] = Float.NEGATIVE_INFINITY;
        Path file = dir.resolve("t.safetensors");
        Safetensors.write(file, Map.of("t", t), Map.of());
        float[] back = Safetensors.read(file).tensors().get("t").floats();
        assertThat(Float.floatToRawIntBits(back[0])).isEqualTo(0x7fc12345);
        assertThat(Float.floatToRawIntBits(back[1])).isEqualTo(0x80000000);
        assertThat(back[2]).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void headerIsPaddedToEightBytesAndAnEmptyFileIsAllowed() throws IOException {
        Path file = dir.resolve("t.safetensors");
        for (String name : List.of("a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "ü")) {
            Safetensors.write(file, Map.of(name, Tensor.f32(1)), Map.of());
            long n = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertThat(n % 8).as(name).isZero();
        }
        Safetensors.write(file, Map.of(), Map.of());
        assertThat(Safetensors.read(file).tensors()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "BOOL|1|200,201", "U8|1|200,201", "I8|1|-56,-55", "U16|2|51656,52170", "I16|2|-13880,-13366",
        "F16|2|-17.5625,-21.625", "BF16|2|-137250048.0,-138412032.0"})
    void otherTypesAreConverted(String dtype, int bytes, String expected) throws IOException {
        Path file = file("{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0," + 2 * bytes + "]}}", 2 * bytes);
        Tensor t = Safetensors.read(file).tensors().get("t");
        String[] v = expected.split(",");
        if (dtype.contains("F")) {
            // Independent of the reader: sign, exponent and fraction taken apart by hand.
            assertThat(t.get(0)).isEqualTo(half(0xc9c8, dtype));
            assertThat(t.get(1)).isEqualTo(half(0xcbca, dtype));
        } else {
            assertThat(t.toDoubles()).containsExactly(Double.parseDouble(v[0]), Double.parseDouble(v[1]));
        }
    }

    private static double half(int bits, String dtype) {
        int fraction = dtype.equals("F16") ? 10 : 7;
        int bias = dtype.equals("F16") ? 15 : 127;
        int exponent = (bits & 0x7fff) >> fraction;
        double mantissa = 1 + (bits & (1 << fraction) - 1) / (double) (1 << fraction);
        return (bits >> 15 == 1 ? -1 : 1) * mantissa * Math.pow(2, exponent - bias);
    }

    @Test
    void wideIntegersAreReadWhereTheyFit() throws IOException {
        String header = "{\"t\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        Path file = file(header.formatted("I64"), 8);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(bytes.length - 8, -5);
        assertThat(Safetensors.read(Files.write(file, bytes)).tensors().get("t").get(0)).isEqualTo(-5);
        b.putLong(bytes.length - 8, 1L << 31);
        assertThatThrownBy(() -> Safetensors.read(Files.write(file, bytes))).isInstanceOf(FormatException.class)
                .hasMessageContaining("tensor t: element 0: expected a I64 that fits 32 bits, received 2147483648");
        Path unsigned = file(header.formatted("U64"), 8);
        byte[] u = Files.readAllBytes(unsigned);
        ByteBuffer.wrap(u).order(ByteOrder.LITTLE_ENDIAN).putLong(u.length - 8, -1);
        assertThatThrownBy(() -> Safetensors.read(Files.write(unsigned, u))).hasMessageContaining("18446744073709551615");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|9|expected 70 bytes, where t ends, received 71",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|7|the file is cut off",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|8|"
                + "tensor t: data_offsets: expected 12 bytes for F32 3, received 8",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|8|which leaves a hole of 4 bytes",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}|8|begin ≤ end, received [8,4]",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|8|whole numbers from 0, received [-4,0]",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|4|whole numbers from 0, received [1.0]",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}|0|expected sizes from 1",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,4]}}|4|at most 2147483647 elements",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"u\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|8|overlap of 4",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|8|\"t\" stands twice",
        "{\"t\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}|1|\"F8_E4M3\", which has no counterpart here",
        "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}|4|dtype: expected a string, received nothing",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}|4|data_offsets: expected a list of whole numbers from 0, received nothing",
        "{\"t\":[1]}|0|tensor t: expected an object with dtype, shape and data_offsets, received [1]",
        "{\"__metadata__\":{\"a\":1}}|0|__metadata__: a: expected a string, received 1",
        "{\"__metadata__\":[]}|0|__metadata__: expected an object of strings, received []",
        "{\"t\":}|0|not valid JSON: Expected value at line 1 column",
        "{} x|0|not valid JSON",
        "[]|0|expected a JSON object that begins with {, received byte 0x5b",
        "''|0|received nothing",
        "{\"a\\nb\":1}|0|tensor a?b: expected an object"})
    void liesAreNamed(String header, int data, String message) throws IOException {
        Path file = file(header, data);
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> Safetensors.read(file))
                .withMessageContaining(message).withMessageStartingWith(file.toString())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(500));
    }

    @Test
    void headerLengthsThatLieAreNamedBeforeAnythingIsAllocated() throws IOException {
        for (long length : new long[] {1, 100_000_000, 100_000_001, Long.MAX_VALUE, -1}) {
            byte[] bytes = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
            assertThatThrownBy(() -> Safetensors.read(Files.write(dir.resolve("t"), bytes))).isInstanceOf(FormatException.class)
                    .hasMessageContaining(length == 1 ? "received byte 0x00" : "header length at byte 0: expected at most");
        }
        assertThatThrownBy(() -> Safetensors.read(Files.write(dir.resolve("t"), new byte[7]))).isInstanceOf(FormatException.class)
                .hasMessageContaining("at least 8 bytes, received 7");
        byte[] latin = "........{\"\u00fc\":1}".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer.wrap(latin).order(ByteOrder.LITTLE_ENDIAN).putLong(latin.length - 8);
        assertThatThrownBy(() -> Safetensors.read(Files.write(dir.resolve("t"), latin))).isInstanceOf(FormatException.class)
                .hasMessageContaining("not valid UTF-8 at byte 10");
        assertThatThrownBy(() -> Safetensors.read(dir)).isInstanceOf(FormatException.class).hasMessageContaining("cannot read");
        assertThatThrownBy(() -> Safetensors.read(dir.resolve("none"))).isInstanceOf(FormatException.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void namesThatTheFormatCannotHoldAreRefused() {
        for (String name : List.of("__metadata__", "half \ud800")) {
            assertThatThrownBy(() -> Safetensors.write(dir.resolve("t"), Map.of(name, Tensor.f32(1)), Map.of()))
                    .isInstanceOf(ShapeException.class);
        }
        assertThat(dir).isEmptyDirectory();
    }
}
