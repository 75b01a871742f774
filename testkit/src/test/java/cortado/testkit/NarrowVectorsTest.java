package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectorised kernels on narrower vectors: 16 lanes then take two or four of them, which a machine with 512 bits never shows. */
class NarrowVectorsTest {

    @ParameterizedTest(name = "{0} bits")
    @ValueSource(ints = {256, 128})
    void vectorKernelsAgree(int bits, @TempDir Path room) throws Exception {
        Path sources = Path.of("../core/src/main/java/cortado/simd");
        assumeTrue(Files.isDirectory(sources), "the sources of core are not beside this module");
        String wide = "species(Integer.getInteger(\"cortado.vectorBits\", 512))";
        List<Class<?>> tests = List.of(CasesTest.class, GoldenTest.class, SpecialValuesTest.class);
        assertThat(Mutants.red(sources, "Lanes.java", wide, "species(" + bits + ")", room, "", tests,
                name -> name.contains("vectorKernels") || name.contains("InChannels"))).isEmpty();
    }
}
