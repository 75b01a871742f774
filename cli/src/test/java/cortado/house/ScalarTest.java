package cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the program calls of the JDK's vector module, module scalar has too. */
class ScalarTest {
    private static final Path SCALAR = Project.ROOT.resolve("scalar/target/classes");
    /** Asked for only where the preferred vectors are as wide. */
    private static final Set<String> WIDER = Set.of(
            "jdk/incubator/vector/FloatVector.SPECIES_256Ljdk/incubator/vector/VectorSpecies;",
            "jdk/incubator/vector/FloatVector.SPECIES_512Ljdk/incubator/vector/VectorSpecies;");

    @Test
    void scalarHasWhatKernelsCall() throws IOException {
        Set<String> there = new TreeSet<>(WIDER);
        for (Path file : Project.files(SCALAR, ".class")) {
            ClassModel c = ClassFile.of().parse(file);
            String name = c.thisClass().asInternalName() + ".";
            c.methods().forEach(m -> there.add(name + m.methodName().stringValue() + m.methodType().stringValue()));
            c.fields().forEach(f -> there.add(name + f.fieldName().stringValue() + f.fieldType().stringValue()));
        }
        Set<String> called = new TreeSet<>();
        for (String module : List.of("core", "train", "bench", "cli")) {
            for (Path file : Project.files(Project.ROOT.resolve(module).resolve("target/classes"), ".class")) {
                ClassFile.of().parse(Files.readAllBytes(file)).constantPool().forEach(e -> {
                    if (e instanceof MemberRefEntry m && m.owner().asInternalName().startsWith("jdk/incubator/vector/")) {
                        called.add(m.owner().asInternalName() + "." + m.name().stringValue() + m.type().stringValue());
                    }
                });
            }
        }
        assertThat(called).hasSizeGreaterThan(20);
        called.removeAll(there);
        assertThat(called).as("missing in module scalar").isEmpty();
    }
}
