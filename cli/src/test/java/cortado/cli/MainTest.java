package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void withoutArgumentsItShowsHelp() {
        Cli c = Cli.run();
        assertThat(c.code()).isZero();
        assertThat(c.out()).contains("Commands:", "summary", "gradcheck", "Examples:");
        assertThat(c.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "report", "val", "predict", "explain", "summary", "gradcheck", "bench", "checks", "version"})
    void everyCommandHasHelpWithin80Columns(String command) {
        Cli c = Cli.run(command, "--help");
        assertThat(c.code()).isZero();
        assertThat(c.out()).contains("Usage: cortado " + command, "--json", "--debug");
        assertThat(c.out().lines()).allMatch(l -> l.length() <= 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "help train --json", "train --help --json", "generate-completion --json", "help --json"})
    void forProgramsHelpIsAnObjectToo(String args) {
        Cli c = Cli.run(args.split(" "));
        assertThat(c.code()).isZero();
        assertThat(c.out().lines()).hasSize(1);
        Json.Obj help = (Json.Obj) Json.parse(c.out(), "stdout");
        assertThat(help.get("event")).contains(Json.of("help"));
        assertThat(((Json.Str) help.get("text").orElseThrow()).value()).contains("cortado", "train");
        assertThat(c.err()).contains("cortado", "train");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sumary | did you mean summary",
        "summary --bacth 3 | did you mean --batch",
        "summary --batch three | --batch-size: expected a whole number, received three",
        "summary lenet6 | there is no model lenet6; did you mean lenet5?",
        "summary nothing.safetensors | there is no model nothing.safetensors",
        "summary nothing.json | cannot read nothing.json: there is no such file",
        "summary lenet5 --input 28x28 | 1x28x28, received 28x28",
        "summary lenet5 --batch 0 | batch size: expected at least 1, received 0",
        "summary lenet5 --input 1x1x1 | layer pool1",
        "summary lenet5 --model mlp | named twice: lenet5 and --model mlp",
        "summary lenet5 --num-classes 0 | --num-classes: expected at least 1, received 0",
        "gradcheck mlp --model lenet5 | named twice",
        "gradcheck mlp --samples 0 | at least 1 sample",
    })
    void badInputIsOneLineAndExitCode2(String args, String message) {
        Cli c = Cli.run(args.split(" "));
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.out()).isEmpty();
        assertThat(c.err()).startsWith("cortado: ").contains(message);
        assertThat(c.err().lines()).hasSize(1);
        Cli json = Cli.run((args + " --json").split(" "));
        assertThat(json.code()).isEqualTo(2);
        assertThat(json.err().lines()).hasSize(1);
        Json.Obj error = (Json.Obj) Json.parse(json.out(), "stdout");
        assertThat(error.get("event")).contains(Json.of("error"));
        assertThat(error.get("message").orElseThrow().text()).contains(message.replace("\"", "\\\""));
    }

    @Test
    void anEmptyNameIsCalledSo() {
        assertThat(Cli.run("summary", "").err()).startsWith("cortado: the name of the model is empty; there are lenet5");
        assertThat(Cli.run("train", "").err()).startsWith("cortado: the name of the data set is empty; there are ");
        assertThat(Cli.run("recipes", "").err()).startsWith("cortado: there is no recipe ''; there are ");
    }

    @Test
    void debugShowsWhereAnErrorComesFrom() {
        assertThat(Cli.run("summary", "lenet6", "--debug").err()).contains("FormatException", "at cortado.cli");
    }

    @Test
    void benchMeasuresTheStart() {
        Cli c = Cli.run("bench", "--start", "--quick", "--json");
        assertThat(c.code()).isZero();
        assertThat(c.out()).containsPattern("\"workload\":\"start\",\"network\":\"lenet5\",\"seconds\":\\d+\\.\\d+,");
        assertThat(Cli.run("bench", "--start", "--only", "W1").err()).contains("--start stands alone");
    }

    @Test
    void benchKnowsWhatThereIsToMeasure() {
        assertThat(Cli.run("bench", "--only", "W1,W9").err()).contains("no workload W9; there are ", "W1, W2");
        assertThat(Cli.run("bench", "--peer", "abacus").err()).contains("no peer abacus; there are pytorch");
        assertThat(Cli.run("bench", "--to-accuracy", "0.92").err()).contains("give --peer pytorch");
        assertThat(Cli.run("bench", "--to-accuracy", "92", "--peer", "pytorch-python").err()).contains("expected a share above 0");
        assertThat(Cli.run("bench", "--to-accuracy", "0.9", "--only", "W1").err()).contains("--only means nothing");
        Cli c = Cli.run("bench", "--threads", "0", "--json");
        assertThat(c.code()).isEqualTo(Exit.BAD_INPUT);
        assertThat(c.out()).contains("\"event\":\"error\"", "expected 1 … 1024, received 0").hasLineCount(1);
    }

    @Test
    void summaryShowsLayersAndMemory() {
        Cli c = Cli.run("summary", "lenet5");
        assertThat(c.code()).isZero();
        assertThat(c.out()).contains("conv1", "6×28×28", "61,706", "in pool1", "to train");
        assertThat(c.out()).doesNotContain("reference");
    }

    @Test
    void summaryForPrograms() {
        Cli c = Cli.run("summary", "lenet5", "--json");
        Json.Obj o = (Json.Obj) Json.parse(c.out(), "stdout");
        assertThat(o.fields().keySet()).startsWith("model", "parameters", "flops", "layers");
        assertThat(o.get("model")).contains(Json.of("lenet5"));
        assertThat(o.get("parameters")).contains(Json.of(61706));
        assertThat(((Json.Arr) o.get("layers").orElseThrow()).items()).hasSize(13);
        assertThat(c.err()).isEmpty();
    }

    @Test
    void summaryReadsOnesOwnNetwork(@TempDir Path dir) throws IOException {
        Path net = Files.writeString(dir.resolve("my-net.json"), """
                {"layers": [{"op": "conv2d", "filters": 4, "kernel": 3}, {"op": "relu"}, {"op": "flatten"},
                            {"op": "linear", "outputs": 7}]}""");
        Cli c = Cli.run("summary", net.toString(), "--input", "3x8x8");
        assertThat(c.err()).isEmpty();
        assertThat(c.out()).contains("my-net", "4×6×6", "1,127");
        Files.writeString(net, "{\"layers\": [{\"op\": \"conv2d\", \"filters\": 4, \"kernel\": 9}, {\"op\": \"flatten\"}]}");
        assertThat(Cli.run("summary", net.toString(), "--input", "3x8x8").err()).contains("my-net.json", "conv").hasLineCount(1);
        Files.writeString(net, "{\"layers\": [{\"op\": \"conv2d\", \"filters\": 4, \"kernel\": 0}, {\"op\": \"flatten\"}]}");
        assertThat(Cli.run("summary", net.toString(), "--input", "3x8x8").err()).contains("kernel").hasLineCount(1);
    }

    @Test
    void gradcheckShowsEveryParameter() {
        Cli c = Cli.run("gradcheck", "mlp", "--input", "1x4x4", "--samples", "4");
        assertThat(c.code()).isZero();
        assertThat(c.out()).contains("fc1.weight", "fc2.bias", "d relu1", "passed");
        Cli json = Cli.run("gradcheck", "mlp", "--input", "1x4x4", "--samples", "4", "--json");
        assertThat(json.last()).contains("\"event\":\"done\"", "\"passed\":true");
        assertThat(json.err()).contains("passed");
    }

    @Test
    void checksNameTheMachine() {
        assertThat(Cli.run("checks").out()).contains("java ", "vectors ", "threads ", "memory ", "fashion-mnist-small");
        Json.Obj o = (Json.Obj) Json.parse(Cli.run("checks", "--json").out(), "stdout");
        assertThat(o.fields()).containsKeys("java", "vector_bits", "threads", "heap_bytes", "data");
    }

    @Test
    void versionAndCompletion() {
        assertThat(Cli.run("version").out()).startsWith("cortado ").contains("Java 25");
        assertThat(Cli.run("version", "--json").out()).startsWith("{\"version\":");
        assertThat(Cli.run("generate-completion").out()).contains("complete -F", "gradcheck");
    }
}
