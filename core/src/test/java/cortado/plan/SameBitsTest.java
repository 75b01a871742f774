package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Backend;
import cortado.simd.Lanes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
        String classes = where(Plan.class) + System.getProperty("path.separator") + where(SameBits.class);
        Process p = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classes,
                "--add-modules=jdk.incubator.vector", "-Dcortado.vectorBits=" + bits, SameBits.class.getName(), "2")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
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
