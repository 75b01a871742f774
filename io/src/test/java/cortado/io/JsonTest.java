package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void valuesKeepOrderAndSpelling() {
        String text = "{\"z\":[1,-0.50,1e+9,12345678901234567890],\"a\":{\"b\":null,\"c\":true},\"t\":\"\\u2028 \\\" \\\\ ü\\n\"}";
        Json json = Json.parse(text, "t");
        assertThat(json.text()).isEqualTo(text);
        assertThat(Json.parse(json.pretty(), "t")).isEqualTo(json);
        assertThat(json.pretty()).isEqualTo("{\"z\": [1, -0.50, 1e+9, 12345678901234567890], \"a\": {\"b\": null, \"c\": true}, "
                + "\"t\": \"\\u2028 \\\" \\\\ ü\\n\"}\n");
    }

    @Test
    void javaValuesBecomeJson() {
        assertThat(Json.object().with("d", 0.1).with("i", 3).with("n", Double.NaN).with("e", Optional.empty())
                .with("o", Optional.of("x"))
                .with("l", List.of(1, "a", true)).with("m", Map.of("k", 2L)).with("p", Path.of("a", "b")).with("i", 4).text())
                .isEqualTo("{\"d\":0.1,\"i\":4,\"n\":null,\"e\":null,\"o\":\"x\",\"l\":[1,\"a\",true],\"m\":{\"k\":2},\"p\":\""
                        + Path.of("a", "b").toString().replace("\\", "\\\\") + "\"}");
    }

    @Test
    void longValuesAreIndented() {
        Json json = Json.object().with("name", "n").with("list", java.util.Collections.nCopies(4, "a".repeat(40)));
        String item = "    \"" + "a".repeat(40) + "\"";
        assertThat(json.pretty()).isEqualTo("{\n  \"name\": \"n\",\n  \"list\": [\n"
                + String.join(",\n", item, item, item, item) + "\n  ]\n}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "nul", "NaN", "01", "1.",
        "+1", "\"a", "\"\\x\"", "\"\\u12\"", "[1] 2",
        "{\"a\":1,\"a\":1}", "\"\t\"", "// c\n1", "{\"a\" 1}", "]"})
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text, "f.json")).isInstanceOf(FormatException.class).hasMessageStartingWith("f.json: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "http", "Strictness"));
    }

    @Test
    void deepNestingIsRefusedNotOverflown() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000), "f")).isInstanceOf(FormatException.class);
    }

    @Test
    void linesAreKeptAndATornLastOneIsSkippedAndCutOff(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("events.jsonl");
        try (JsonLines log = JsonLines.append(file)) {
            log.add(Json.object().with("epoch", 1));
            log.add(Json.object().with("epoch", 2));
            assertThat(JsonLines.read(file)).as("readable while it grows").hasSize(2);
        }
        Files.write(file, "{\"epoch\":3".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        assertThat(JsonLines.read(file)).hasSize(2);
        try (JsonLines log = JsonLines.append(file)) {
            log.add(Json.object().with("epoch", "ü"));
        }
        assertThat(Files.readString(file)).isEqualTo("{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":\"ü\"}\n");
        Files.writeString(file, "{}\n{]\n{}\n");
        assertThatThrownBy(() -> JsonLines.read(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("events.jsonl: line 2: ");
        assertThatThrownBy(() -> JsonLines.read(dir.resolve("none"))).isInstanceOf(FormatException.class);
    }

    @Test
    void aLogIsCutAfterTheLastLineThatSaysSo(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("log.jsonl");
        try (JsonLines log = JsonLines.append(file)) {
            List.of(1, 12, 1, 21).forEach(n -> log.add(Json.of(n)));
            log.cutAfter(Json.of(2));
            assertThat(Files.readString(file)).isEqualTo("1\n12\n1\n21\n");
            log.cutAfter(Json.of(1));
            log.add(Json.of(5));
            assertThat(Files.readString(file)).isEqualTo("1\n12\n1\n5\n");
            log.clear();
            log.add(Json.of(6));
        }
        assertThat(Files.readString(file)).isEqualTo("6\n");
    }
}
