package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.op.BatchNorm2d;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Op;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The networks that torchvision has by the same name are torchvision's: each tensor, what only training shows, and the scores of an
 * image. The script {@code src/golden/networks.py} wrote what torchvision says; weights and image are computed alike on both sides.
 */
class TorchvisionTest {

    /**
     * What the script wrote.
     *
     * @param seed     of all numbers
     * @param image    C H W
     * @param classes  that scores are for
     * @param networks by name
     */
    private record Torchvision(long seed, int[] image, int classes, Map<String, Network> networks) {
    }

    /**
     * One network.
     *
     * @param gain     variance that a convolution or linear layer gives to inputs of variance 1
     * @param variance of what batch norms expect
     * @param scores   in F64, or null
     * @param dropped  chances of Dropout and DropPath, in order
     * @param momentum of batch norms, distinct
     * @param tensors  names and shapes, in order, for 1000 classes
     */
    private record Network(double gain, double variance, double[] scores, List<Double> dropped, List<Double> momentum,
            List<String> tensors) {
    }

    private static final Torchvision GOLDEN = golden();

    /**
     * Of the largest score. Rounding in F32 takes 10⁻⁵ in VGG-16, whose sums are long and without norms, and less elsewhere. The mildest
     * of the mistakes that MutationTest makes, GELU by tanh in ConvNeXt, takes 2·10⁻⁴.
     */
    private static final double WITHIN = 3e-5;

    private static Torchvision golden() {
        try (Reader r = new InputStreamReader(TorchvisionTest.class.getResourceAsStream("/golden/networks.json"),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(r, Torchvision.class);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> names() {
        return List.copyOf(GOLDEN.networks.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void tensorsAreThoseOfTheStateDict(String name) {
        List<String> tensors = new ArrayList<>(GOLDEN.networks.get(name).tensors);
        if (name.equals("convnext_tiny")) {
            asConvolutions(tensors);
        }
        List<Op.Param> ours = Networks.named(name, Networks.image(name), 1000).params();
        assertThat(ours).extracting(p -> p.name() + " " + p.shape()).containsExactlyElementsOf(tensors);
    }

    /** The linear layers of a ConvNeXt's blocks are 1×1 convolutions here, and a block's scale stands behind its eight tensors. */
    private static void asConvolutions(List<String> tensors) {
        tensors.replaceAll(t -> t.replaceFirst("(block\\.[35]\\.weight .*)", "$1×1×1"));
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).contains(".layer_scale ")) {
                Collections.rotate(tensors.subList(i, i + 9), -1);
                i += 8;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainingDropsAndAveragesAsThere(String name) {
        List<Op> ops = Networks.named(name, Networks.image(name), 1000).ops();
        assertThat(ops.stream().filter(o -> o instanceof Dropout || o instanceof DropPath)
                .map(o -> o instanceof Dropout d ? d.p() : ((DropPath) o).p()).toList())
                .isEqualTo(GOLDEN.networks.get(name).dropped);
        assertThat(ops.stream().filter(BatchNorm2d.class::isInstance).map(o -> ((BatchNorm2d) o).momentum()).distinct().toList())
                .isEqualTo(GOLDEN.networks.get(name).momentum);
    }

    /** All but some VGGs, which differ from those here in the number of layers only. */
    static List<String> scored() {
        return names().stream().filter(name -> GOLDEN.networks.get(name).scores != null).toList();
    }

    @ParameterizedTest
    @MethodSource("scored")
    void scoresAreTorchvisionsSeed1(String name) {
        Network golden = GOLDEN.networks.get(name);
        Shape image = Shape.of(GOLDEN.image);
        Graph g = Networks.named(name, image, GOLDEN.classes);
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        g.params().forEach(p -> weights.put(p.name(), drawn(p.name(), p.shape(), values(p, golden))));
        try (Plan plan = Plan.inference(g, Parameters.of(weights), 1, Backend.vector(), 2)) {
            plan.images().copyFrom(drawn("image", image.batch(1), u -> 2 * u - 1));
            plan.forward(1);
            Tensor expected = Tensor.of(golden.scores, 1, GOLDEN.classes);
            Finding f = Checks.compare("scores", expected, plan.scores());
            assertThat(f).matches(s -> s.passed(WITHIN), "within " + WITHIN);
        }
    }

    /** The function {@code numbers} of the script: what a tensor holds, of uniform numbers in [0, 1). */
    private static DoubleUnaryOperator values(Op.Param p, Network how) {
        int[] dims = p.shape().dims();
        double bound = Math.sqrt(3 * how.gain / Arrays.stream(dims).skip(1).reduce(1, (a, b) -> a * b));
        return switch (p.name().substring(p.name().lastIndexOf('.') + 1)) {
            case "running_var" -> u -> how.variance * (0.5 + u);
            case "running_mean", "bias" -> u -> Math.sqrt(how.variance) * (u - 0.5);
            case "layer_scale" -> u -> 0.5 + u;
            default -> dims.length == 1 ? u -> 0.5 + u : u -> bound * (2 * u - 1);
        };
    }

    private static Tensor drawn(String name, Shape shape, DoubleUnaryOperator values) {
        Rng rng = new Rng(GOLDEN.seed).split(name);
        Tensor t = Tensor.of(shape, Type.F32);
        IntStream.range(0, t.size()).parallel().forEach(i -> t.set(i, values.applyAsDouble(rng.uniform(i))));
        return t;
    }
}
