package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Backend;
import cortado.simd.Lanes;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SameBitsTest {

    @ParameterizedTest(name = "{0} threads, seeds 11 and 12")
    @ValueSource(ints = {2, 3, 8})
    void anyNumberOfThreads(int threads) {
        for (Backend backend : List.of(Backend.lanes(), Backend.channels())) {
            assertThat(SameBits.train(threads, backend)).as(backend.name()).isEqualTo(SameBits.train(1, backend));
        }
    }

    @ParameterizedTest(name = "{0}-bit vectors, seeds 11 and 12")
    @ValueSource(ints = {128, 256, 512})
    void anyVectorWidth(int bits) throws Exception {
        String classes = where(Plan.class) + File.pathSeparator + where(SameBits.class);
        expectTheSame("-cp", classes, "--add-modules=jdk.incubator.vector", "-Dcortado.vectorBits=" + bits);
    }

    /** On a class path without {@code --add-modules} the JVM leaves its incubating module out, as one does that has none. */
    @Test
    void withoutTheVectorModule() throws Exception {
        Path core = Path.of(where(Plan.class));
        Path scalar = core.resolve("../../../scalar/target/classes").normalize();
        assertThat(scalar.resolve("jdk/incubator/vector/FloatVector.class")).exists();
        expectTheSame("-cp", core + File.pathSeparator + scalar + File.pathSeparator + where(SameBits.class));
    }

    /** A JVM of its own trains on two threads and prints hashes. */
    private static void expectTheSame(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(SameBits.class.getName(), "2"));
        Process p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(p.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(printed).isEqualTo(SameBits.train(1, Backend.lanes()) + " " + SameBits.train(1, Backend.channels()));
    }

    @Test
    void vectorsAreAtMostABlock() {
        assertThat(Lanes.WIDTH % Lanes.V).isZero();
    }

    private static String where(Class<?> c) throws Exception {
        return Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
