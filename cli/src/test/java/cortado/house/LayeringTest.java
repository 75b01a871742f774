package cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The house's rules, read from the class files: which package may know which, that nothing below {@code cli} prints, reads system
 * properties or exits, that no class of ours is extended, and that there is no static mutable state.
 */
class LayeringTest {
    private static final Set<String> IN_CORE = Set.of("tensor", "simd", "op", "graph", "model", "plan");
    /** What core exports. */
    private static final Set<String> CORE = Set.of("tensor", "op", "graph", "model", "plan");

    /** Per package what it may know besides itself; the packages of core from left to right. */
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            Map.entry("tensor", Set.of()),
            Map.entry("simd", Set.of()),
            Map.entry("op", Set.of("tensor", "simd")),
            Map.entry("graph", Set.of("tensor", "op")),
            Map.entry("model", Set.of("tensor", "op", "graph")),
            Map.entry("plan", Set.of("tensor", "op", "graph")),
            Map.entry("data", CORE),
            Map.entry("io", CORE),
            Map.entry("testkit", CORE),
            Map.entry("explain", CORE),
            Map.entry("train", Set.of("tensor", "op", "graph", "model", "plan", "data", "io")),
            Map.entry("bench", Set.of("tensor", "op", "graph", "model", "plan", "data", "io", "train")),
            Map.entry("cli",
                    Set.of("tensor", "op", "graph", "model", "plan", "data", "io", "testkit", "explain", "train", "bench")));

    /** Where ours stand in names, descriptors and generic signatures. */
    private static final Pattern OURS = Pattern.compile("(?<![\\w/])L?cortado/(\\w+)/[A-Z]");

    private static final Pattern JDK = Pattern.compile("\\[*L?(java|jdk/incubator/vector|cortado)/.*|\\[+[A-Z]");

    private static final Pattern SPEAKS = Pattern
            .compile("java/lang/System\\.(out|err|in|exit|console|getenv|(get|set|clear)Propert\\w+)"
                    + "|java/lang/Runtime\\.(exit|halt)|java/lang/(Integer\\.getInteger|Long\\.getLong|Boolean\\.getBoolean)"
                    + "|java/lang/\\w*(Throwable|Exception|Error)\\.printStackTrace|java/lang/Thread\\.dumpStack");

    /** The one property: vector species must be constants for the compiler, so their width cannot be a parameter. */
    private static final String EXCEPTION = "cortado/simd/Lanes: java/lang/Integer.getInteger";

    @TestFactory
    List<DynamicTest> modulesKeepTheRules() {
        return Project.modules().stream().filter(m -> !m.equals("examples")).map(m -> DynamicTest.dynamicTest(m, () -> {
            List<Path> classes = Project.files(Project.ROOT.resolve(m).resolve("target/classes"), ".class");
            Assumptions.assumeFalse(classes.isEmpty(), m + " is not built; a whole mvn verify looks at it");
            Set<String> broken = new TreeSet<>();
            for (Path file : classes) {
                broken.addAll(broken(ClassFile.of().parse(file)));
            }
            broken.remove(EXCEPTION);
            assertThat(broken).isEmpty();
        })).toList();
    }

    /** The rules that a class breaks, one line each. */
    private static Set<String> broken(ClassModel c) {
        Set<String> broken = new TreeSet<>();
        String name = c.thisClass().asInternalName();
        if (name.endsWith("module-info") || name.endsWith("package-info")) {
            return broken;
        }
        String layer = name.split("/")[1];
        c.constantPool().forEach(e -> {
            switch (e) {
                case Utf8Entry u -> OURS.matcher(u.stringValue()).results().map(m -> m.group(1))
                        .filter(other -> !other.equals(layer) && !KNOWS.getOrDefault(layer, Set.of()).contains(other))
                        .forEach(other -> broken.add(name + " knows cortado." + other));
                case MemberRefEntry m when !layer.equals("cli") -> {
                    String member = m.owner().asInternalName() + "." + m.name().stringValue();
                    if (SPEAKS.matcher(member).matches()) {
                        broken.add(name + ": " + member);
                    }
                }
                case ClassEntry k when IN_CORE.contains(layer) && !JDK.matcher(k.asInternalName()).matches() ->
                    broken.add(name + " knows " + k.asInternalName() + ", which is not the JDK's base");
                default -> {
                }
            }
        });
        c.superclass().map(ClassEntry::asInternalName).filter(s -> s.startsWith("cortado/") && !c.flags().has(AccessFlag.ENUM))
                .ifPresent(s -> broken.add(name + " extends " + s));
        for (FieldModel f : c.fields()) {
            if (f.flags().has(AccessFlag.STATIC) && !f.flags().has(AccessFlag.FINAL)) {
                broken.add(name + ": static " + f.fieldName().stringValue() + " is not final");
            }
        }
        return broken;
    }

    /** The test can fail: a class that breaks every rule is told so. */
    @Test
    void aClassThatBreaksTheRulesIsFound() {
        byte[] wrong = ClassFile.of().build(ClassDesc.of("cortado.data.Wrong"), c -> c
                .withSuperclass(ClassDesc.of("cortado.tensor.Tensor"))
                .withField("count", ConstantDescs.CD_int, AccessFlag.STATIC.mask())
                .withField("json", ClassDesc.of("cortado.io.Json"), 0)
                .withMethodBody("quit", ConstantDescs.MTD_void, AccessFlag.STATIC.mask(), b -> b.iconst_1().invokestatic(
                        ClassDesc.of("java.lang.System"), "exit", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int))
                        .return_()));
        assertThat(broken(ClassFile.of().parse(wrong))).containsExactly("cortado/data/Wrong extends cortado/tensor/Tensor",
                "cortado/data/Wrong knows cortado.io", "cortado/data/Wrong: java/lang/System.exit",
                "cortado/data/Wrong: static count is not final");
    }
}
