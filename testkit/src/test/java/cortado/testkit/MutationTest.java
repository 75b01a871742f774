package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests can fail: each formula of the notes is broken once in the op's source, and what must notice does. */
class MutationTest {

    /**
     * A line of an op and a way to get it wrong.
     *
     * @param id     formula in the notes
     * @param op     its class
     * @param sound  the line, or a part of it that stands in the file once
     * @param broken what is put in its place
     * @param cases  the op's name in the catalogue
     * @param red    tests that must turn red, among others
     */
    record Mutant(String id, String op, String sound, String broken, String cases, String... red) {
        @Override
        public String toString() {
            return id + " " + op + ": " + broken.strip();
        }
    }

    private static final String DIFFERENCES = "CasesTest.gradientsEqualCentralDifferencesSeed1";
    private static final String ADJOINT = "CasesTest.backwardIsTheTransposeOfForwardSeed1";
    private static final String ACCUMULATION = "CasesTest.gradientsAccumulateSeed1";
    private static final String PARITY = "CasesTest.vectorKernelsAgreeAddingSeed2";
    private static final String GOLDEN = "GoldenTest.plainKernelsInDoublePrecision";

    private static final String[] NONLINEAR = {DIFFERENCES, PARITY, GOLDEN};
    private static final String[] LINEAR = {DIFFERENCES, ADJOINT, PARITY, GOLDEN};
    private static final String[] ADDED = {DIFFERENCES, ADJOINT, ACCUMULATION, PARITY, GOLDEN};
    private static final String[] CHOICE = {PARITY, GOLDEN};
    private static final String[] PLAIN = {DIFFERENCES, GOLDEN};

    static List<Mutant> mutants() {
        String input = "dy.get(n, k, p, q) * w.get(k, cg, r, s))";
        String share = "dy.get(n, c, p, q) / count(p, q, dx.shape())";
        return List.of(
                new Mutant("N1", "Conv2d", "b.get().get(k) : 0}", "-b.get().get(k) : 0}", "conv2d", CHOICE),
                new Mutant("N2", "Conv2d", "dw.add(k, cg, r, s,", "dw.add(k, cg, r, window.w().kernel() - 1 - s,", "conv2d",
                        LINEAR),
                new Mutant("N3", "Conv2d", "dw.add(k, cg, r, s,", "dw.set(k, cg, r, s,", "conv2d", ADDED),
                new Mutant("N4", "Conv2d", "db.add(k, dy", "db.set(k, dy", "conv2d", ADDED),
                new Mutant("N5", "Conv2d", input, "dy.get(n, k, p, q) * w.get(k, cg, 0, s))", "conv2d", LINEAR),
                new Mutant("N6", "Conv2d", input,
                        "dy.get(n, k, p, q) * w.get(k, cg, window.h().kernel() - 1 - r, window.w().kernel() - 1 - s))", "conv2d",
                        LINEAR),
                new Mutant("N7", "MaxPool2d", "at(p, i / window.w().kernel()), window.w()", "at(p, 0), window.w()", "maxpool2d",
                        NONLINEAR),
                new Mutant("N7 ties", "MaxPool2d", "v > max", "v >= max", "maxpool2d", CHOICE),
                new Mutant("N8", "Relu", "x.get(i) > 0 ? dy.get(i) : 0", "dy.get(i)", "relu", NONLINEAR),
                new Mutant("N8 at 0", "Relu", "x.get(i) > 0 ? dy", "x.get(i) >= 0 ? dy", "relu", CHOICE),
                new Mutant("N8 fused", "Rectified", "!(o.y().get(i) > 0)", "o.y().get(i) > 1e9", "+relu", DIFFERENCES, PARITY),
                new Mutant("N9 linear", "Linear", "z += dy.get(n, k) * w.get(k, c)", "z = dy.get(n, k) * w.get(k, c)", "linear",
                        LINEAR),
                new Mutant("N9 join", "Add", "o.dx(1).ifPresent(db -> backward(db, o.dy()));", "", "add", LINEAR),
                new Mutant("N10", "AvgPool2d", share, "dy.get(n, c, p, q)", "avgpool2d", LINEAR),
                new Mutant("N10 edges", "AvgPool2d", share, "dy.get(n, c, p, q) / window.size()", "avgpool2d", LINEAR),
                new Mutant("N10 global", "GlobalAvgPool2d", "dy.get(n, c, 0, 0) / m", "dy.get(n, c, 0, 0)", "globalavgpool2d",
                        LINEAR),
                new Mutant("N11", "Softmax", "(dy.get(n, k, h, w) - dot)", "dy.get(n, k, h, w)", "softmax", NONLINEAR),
                new Mutant("N12", "SoftmaxCrossEntropy", "p * all - target(o, f, n, k, h, w)", "p * all",
                        "softmaxcrossentropy", NONLINEAR),
                new Mutant("N12 sign", "SoftmaxCrossEntropy", "p * all - target", "-p * all + target", "softmaxcrossentropy",
                        NONLINEAR));
    }

    /** Ops whose fast kernels, where there are any, are not in lanes. */
    static List<Mutant> modern() {
        return List.of(
                new Mutant("mean", "Standardize", " - g - m.hat", " - m.hat", "batchnorm2d", PLAIN),
                new Mutant("variance", "Standardize", " - m.hat(x.get(n, c, h, w)) * gHat", "", "layernorm", PLAIN),
                new Mutant("unbiased", "BatchNorm2d", "variance * m / (m - 1)", "variance", "batchnorm2d", GOLDEN),
                new Mutant("constants", "BatchNorm2d", "!o.training()", "false", "batchnorm2d", PLAIN),
                new Mutant("group", "GroupNorm", "g * size + c", "g + c * groups", "groupnorm", GOLDEN),
                new Mutant("transposed", "ConvTranspose2d", "x.get(n, c, h, v) * dy.get(n, k, p, q)",
                        "x.get(n, c, h, v) * dy.get(n, k, p, 0)", "convtranspose2d", DIFFERENCES, ADJOINT, GOLDEN),
                new Mutant("adaptive", "AdaptiveAvgPool2d", "dy.get(n, c, p, q) / count(p, q, dx.shape())", "dy.get(n, c, p, q)",
                        "adaptiveavgpool2d", DIFFERENCES, ADJOINT, GOLDEN),
                new Mutant("logarithm", "LogSoftmax", "Math.exp(y.get(n, k, h, w)) * sum", "sum", "logsoftmax", PLAIN),
                new Mutant("smoothing", "SoftmaxCrossEntropy", "(1 - smoothing) * t", "t", "softmaxcrossentropy", GOLDEN),
                new Mutant("class weights", "SoftmaxCrossEntropy", "(p * all - ", "(p - ", "softmaxcrossentropy", PLAIN),
                new Mutant("squared", "MeanSquared", "2 * (f - t)", "f - t", "meansquared", PLAIN),
                new Mutant("straight", "Huber", "Math.clamp(f - t, -delta, delta)", "f - t", "huber", PLAIN),
                new Mutant("sigmoid", "BinaryCrossEntropy", "1 / (1 + Math.exp(-f)) - t", "1 / (1 + Math.exp(f)) - t",
                        "binarycrossentropy", PLAIN));
    }

    @ParameterizedTest
    @MethodSource({"mutants", "modern"})
    void aBrokenFormulaIsNoticed(Mutant m, @TempDir Path room) throws Exception {
        Path sources = Path.of("../core/src/main/java/cortado/op");
        assumeTrue(Files.isDirectory(sources), "the sources of core are not beside this module");
        boolean formula = m.id().matches("N\\d+");
        String notes = "NotesTest\\." + m.id().toLowerCase(Locale.ROOT) + "[A-Z].*";
        Set<String> tests = new HashSet<>(List.of(m.red()));
        Set<String> red = Mutants.red(sources, m.op() + ".java", m.sound(), m.broken(), room, m.cases(),
                List.of(NotesTest.class, CasesTest.class, GoldenTest.class),
                name -> tests.contains(name) || name.matches(notes));
        assertThat(red).containsAll(tests);
        assertThat(red.stream().anyMatch(t -> t.matches(notes)))
                .as("the worked numbers of the notes").isEqualTo(formula);
    }
}
