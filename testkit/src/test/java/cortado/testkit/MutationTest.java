package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
    private static final String CHANNELS = "CasesTest.kernelsInChannelsAgreeAddingSeed4";
    private static final String GOLDEN = "GoldenTest.plainKernelsInDoublePrecision";
    private static final String DROPOUT = "DropoutTest.dropoutDropsElementsOnTheirOwnSeed1";
    private static final String DROP_PATH = "DropoutTest.dropPathDropsWholeImagesSeed2";
    private static final String TENSORS = "TorchvisionTest.tensorsAreThoseOfTheStateDict";
    private static final String TRAINING = "TorchvisionTest.trainingDropsAndAveragesAsThere";
    private static final String SCORES = "TorchvisionTest.scoresAreTorchvisionsSeed1";

    private static final String[] NONLINEAR = {DIFFERENCES, PARITY, GOLDEN};
    private static final String[] LINEAR = {DIFFERENCES, ADJOINT, PARITY, GOLDEN};
    private static final String[] ADDED = {DIFFERENCES, ADJOINT, ACCUMULATION, PARITY, GOLDEN};
    private static final String[] CHOICE = {PARITY, GOLDEN};
    private static final String[] PLAIN = {DIFFERENCES, GOLDEN};
    private static final String[] FACTOR = {DIFFERENCES, CHANNELS, GOLDEN};
    private static final String[] MOVED = {DIFFERENCES, ADJOINT, CHANNELS, GOLDEN};

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

    static List<Mutant> activations() {
        return List.of(
                new Mutant("below 0", "LeakyRelu", "x : slope * x", "x : x", "leakyrelu", NONLINEAR),
                new Mutant("slope", "LeakyRelu", "1 : slope", "1 : 1", "leakyrelu", NONLINEAR),
                new Mutant("scale", "Elu", "alpha * Math.expm1(x)", "Math.expm1(x)", "elu", NONLINEAR),
                new Mutant("slope", "Elu", "alpha * Math.exp(x)", "alpha * Math.expm1(x)", "elu", NONLINEAR),
                new Mutant("density", "Gelu", "normal(x) + x * Math.exp(-x * x / 2) * ROOT / 2", "normal(x)", "gelu", NONLINEAR),
                new Mutant("inner slope", "Gelu", "(1 + 3 * CUBE", "(1 + CUBE", "gelu", NONLINEAR),
                new Mutant("product", "Silu", "s * (1 + x * (1 - s))", "s * (1 + x * s)", "silu", NONLINEAR),
                new Mutant("middle", "HardSwish", "x / 3 + 0.5", "x / 6 + 0.5", "hardswish", NONLINEAR),
                new Mutant("at -3", "HardSwish", "x < -3", "x <= -3", "hardswish", GOLDEN),
                new Mutant("middle", "HardSigmoid", "1.0 / 6", "1.0 / 3", "hardsigmoid", NONLINEAR),
                new Mutant("at -3", "HardSigmoid", "x > -3", "x >= -3", "hardsigmoid", GOLDEN),
                new Mutant("slope", "Sigmoid", "y * (1 - y)", "1 - y", "sigmoid", NONLINEAR),
                new Mutant("slope", "Tanh", "1 - y * y", "1 - y", "tanh", NONLINEAR),
                new Mutant("scale", "Softplus", "Math.exp(beta * x)) / beta", "Math.exp(beta * x))", "softplus", NONLINEAR),
                new Mutant("slope", "Softplus", "Sigmoid.of(beta * x)", "Sigmoid.of(x)", "softplus", NONLINEAR),
                new Mutant("cut", "Relu6", "x > 0 && x < 6", "x > 0", "relu6", NONLINEAR),
                new Mutant("at 6", "Relu6", "x < 6", "x <= 6", "relu6", GOLDEN),
                new Mutant("below 0", "Prelu", "dy.get(i) * w.get(of(i, x))", "dy.get(i)", "prelu", FACTOR),
                new Mutant("slopes", "Prelu", "dw.add(of(i, x)", "dw.set(of(i, x)", "prelu", DIFFERENCES, ACCUMULATION, CHANNELS,
                        GOLDEN));
    }

    /** Products, chance, and what only moves numbers. */
    static List<Mutant> moved() {
        return List.of(
                new Mutant("images", "Mul", "da.add(i, dy.get(i) * b.get(i / share))", "da.add(i, dy.get(i) * b.get(0))", "mul",
                        NONLINEAR),
                new Mutant("gate", "Mul", "db.add(i / share", "db.set(i / share", "mul", DIFFERENCES, ACCUMULATION, PARITY, GOLDEN),
                new Mutant("images", "ChannelScale", "w.get(c) * dy", "dy", "channelscale", FACTOR),
                new Mutant("factors", "ChannelScale", "dw.add(c", "dw.set(c", "channelscale", DIFFERENCES, ACCUMULATION, CHANNELS,
                        GOLDEN),
                new Mutant("mask", "Dropout", "mask(o, i) * o.dy()", "o.dy()", "dropout", DIFFERENCES, ADJOINT, CHANNELS),
                new Mutant("share", "Dropout", "< p ? 0", "< p / 2 ? 0", "dropout", CHANNELS, DROPOUT),
                new Mutant("mean", "Dropout", "0 : 1 / (1 - p)", "0 : 1", "dropout", CHANNELS, DROPOUT),
                new Mutant("elements", "Dropout", "i % per)", "0)", "dropout", CHANNELS, DROPOUT),
                new Mutant("mask", "DropPath", "mask(o, i / (dx.size() / dx.shape().n())) * o.dy()", "o.dy()", "droppath", DIFFERENCES,
                        ADJOINT, CHANNELS),
                new Mutant("mean", "DropPath", "0 : 1 / (1 - p)", "0 : 1", "droppath", DROP_PATH),
                new Mutant("images", "DropPath", "o.uniform(n, 0)", "o.uniform(0, 0)", "droppath", DROP_PATH),
                new Mutant("place", "Concat", "from * pixels + i", "i", "concat", MOVED),
                new Mutant("sum", "Concat", "dx.add(i, dy", "dx.set(i, dy", "concat", ACCUMULATION, CHANNELS),
                new Mutant("place", "Pad", "dy.get(n, channelsBefore + c", "dy.get(n, c", "pad", MOVED),
                new Mutant("value", "Pad", "y.set(n, c, h, w, value)", "y.set(n, c, h, w, 0)", "pad", CHANNELS, GOLDEN),
                new Mutant("shares", "Upsample", "rows.near(p) * columns.near(q) * g", "columns.near(q) * g", "upsample", LINEAR),
                new Mutant("edges", "Upsample", "(p + 0.5) / factor - 0.5", "(double) p / factor", "upsample", GOLDEN),
                new Mutant("corners", "Upsample", "/ (outputs - 1)", "/ outputs", "upsample", GOLDEN));
    }

    /** Networks with one setting wrong; here {@code op} is the network's class. */
    static List<Mutant> networks() {
        return List.of(
                new Mutant("name", "ResNet", "\".downsample\"", "\".shortcut\"", "resnet18", TENSORS),
                new Mutant("depth", "EfficientNet", "block++ / blocks", "block++ / (blocks - 1)", "efficientnet_b0", TRAINING),
                new Mutant("momentum", "MobileNetV3", "0.001, 0.01", "0.001, 0.1", "mobilenet_v3_small", TRAINING),
                new Mutant("epsilon", "MobileNetV3", "0.001, 0.01", "1e-5, 0.01", "mobilenet_v3_small", SCORES),
                new Mutant("epsilon", "ConvNext", "1e-6);", "1e-5);", "convnext_tiny", SCORES),
                new Mutant("approximation", "ConvNext", "new Gelu(false)", "new Gelu(true)", "convnext_tiny", SCORES),
                new Mutant("gate", "EfficientNet", "new Sigmoid()", "new cortado.op.HardSigmoid()", "efficientnet_b0", SCORES),
                new Mutant("cut", "MobileNetV2", "wide, 3, stride, wide, new Relu6()", "wide, 3, stride, wide, new cortado.op.Relu()",
                        "mobilenet_v2", SCORES),
                new Mutant("ends", "SqueezeNet", "0), true)", "0), false)", "squeezenet1_1", SCORES));
    }

    @ParameterizedTest
    @MethodSource({"mutants", "modern", "activations", "moved"})
    void aBrokenFormulaIsNoticed(Mutant m, @TempDir Path room) throws Exception {
        Path sources = Path.of("../core/src/main/java/cortado/op");
        assumeTrue(Files.isDirectory(sources), "the sources of core are not beside this module");
        boolean formula = m.id().matches("N\\d+");
        String notes = "NotesTest\\." + m.id().toLowerCase(Locale.ROOT) + "[A-Z].*";
        Set<String> tests = new HashSet<>(List.of(m.red()));
        Set<String> red = Mutants.red(sources, m.op() + ".java", m.sound(), m.broken(), room, m.cases(),
                List.of(NotesTest.class, CasesTest.class, GoldenTest.class, DropoutTest.class),
                name -> tests.contains(name) || name.matches(notes));
        assertThat(red).containsAll(tests);
        assertThat(red.stream().anyMatch(t -> t.matches(notes)))
                .as("the worked numbers of the notes").isEqualTo(formula);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aWrongNetworkIsNoticed(Mutant m, @TempDir Path room) throws Exception {
        Path sources = Path.of("../core/src/main/java/cortado/model");
        assumeTrue(Files.isDirectory(sources), "the sources of core are not beside this module");
        Set<String> tests = Set.of(m.red());
        assertThat(Mutants.red(sources, m.op() + ".java", m.sound(), m.broken(), room, m.cases(), List.of(TorchvisionTest.class),
                tests::contains)).containsAll(tests);
    }

    /** The control: a line in its own place turns nothing red. */
    @Test
    void whatIsSoundStaysGreen(@TempDir Path room) throws Exception {
        Path sources = Path.of("../core/src/main/java/cortado/model");
        assumeTrue(Files.isDirectory(sources), "the sources of core are not beside this module");
        assertThat(Mutants.red(sources, "MobileNetV3.java", "0.001, 0.01", "0.001, 0.01", room, "mobilenet_v3_small",
                List.of(TorchvisionTest.class, DropoutTest.class), name -> true)).isEmpty();
    }
}
