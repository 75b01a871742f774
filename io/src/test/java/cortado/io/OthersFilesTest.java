package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our files read by Python, and files from elsewhere read here. */
class OthersFilesTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    @TempDir
    Path dir;

    /** What a reader written from the format's definition alone finds in a file. */
    private Json.Obj python(Path file) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(PYTHON), "skipped: there is no " + PYTHON);
        Path script = dir.resolve("read_safetensors.py");
        try (InputStream in = OthersFilesTest.class.getResourceAsStream("read_safetensors.py")) {
            Files.write(script, in.readAllBytes());
        }
        Path out = dir.resolve("out.json");
        Process p = new ProcessBuilder(PYTHON.toString(), script.toString(), file.toString()).redirectErrorStream(true)
                .redirectOutput(out.toFile()).start();
        String text = p.waitFor() == 0 ? Files.readString(out, StandardCharsets.UTF_8) : "";
        assertThat(p.exitValue()).as(Files.readString(out)).isZero();
        return (Json.Obj) Json.parse(text, "python");
    }

    private static Path shared(String name) {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("shared"))) {
            at = at.getParent();
        }
        Optional<Path> file = Optional.ofNullable(at).map(a -> a.resolve("shared/weights/" + name));
        Assumptions.assumeTrue(file.isPresent() && Files.exists(file.get()), "skipped: there is no ../shared/weights/" + name);
        return file.get();
    }

    @Test
    void pythonReadsOurFilesSeed1() throws IOException, InterruptedException {
        Path file = dir.resolve("t.safetensors");
        Map<String, Tensor> tensors = SafetensorsTest.some(1);
        Safetensors.write(file, tensors, Map.of("k", "ü \u2028 \n"));
        Json.Obj seen = python(file);
        assertThat(seen.get("sha256")).contains(new Json.Str(Safetensors.sha256(tensors)));
        assertThat(seen.get("metadata")).contains(Json.of(Map.of("k", "ü \u2028 \n")));
        assertThat(((Json.Obj) seen.get("tensors").orElseThrow()).get("a \"quoted\" ünïcode/名").orElseThrow().text())
                .isEqualTo("[\"F64\",[2,2]]");
    }

    @ParameterizedTest
    @CsvSource({"cifar10_resnet20.safetensors, 97, 'layer1.0.conv1.weight', '16×16×3×3'",
        "squeezenet_v1.1_fp16.safetensors, 52, 'fire2/expand3x3.weight', '64×16×3×3'",
        "burn_mnist.safetensors, 20, 'fc1.weight', '32×11616'"})
    void filesFromElsewhereAreRead(String name, int count, String tensor, String shape) {
        Safetensors st = Safetensors.read(shared(name));
        assertThat(st.tensors()).hasSize(count);
        assertThat(st.tensors().get(tensor).shape()).hasToString(shape);
        double[] v = st.tensors().get(tensor).toDoubles();
        double largest = 0;
        for (double w : v) {
            assertThat(w).isFinite();
            largest = Math.max(largest, Math.abs(w));
        }
        assertThat(largest).as("trained weights are small, but not 0").isBetween(0.01, 10.0);
    }

    @Test
    void aFileFromElsewhereHasTheWeightsThatPythonSees() throws IOException, InterruptedException {
        Path file = shared("cifar10_resnet20.safetensors");
        assertThat(python(file).get("sha256")).contains(new Json.Str(Safetensors.sha256(Safetensors.read(file).tensors())));
    }
}
