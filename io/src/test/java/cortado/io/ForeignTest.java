package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Parameters;
import cortado.model.Networks;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.plan.Plan;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights from elsewhere, and what their network wants images to be. */
class ForeignTest {
    private static final Graph GRAPH = Graph.builder().then("x", Input.images(3, 5, 7))
            .then("conv1", Conv2d.of(4, Window.of(3))).then("bn1", BatchNorm2d.of()).then("relu", new Relu())
            .then("conv2", Conv2d.of(6, Window.of(1))).then("pool", new GlobalAvgPool2d()).then("flatten", new Flatten())
            .then("fc", Linear.of(2)).build();
    private static final Network NETWORK = new Network("net", GRAPH);
    private static final Foreign PLAIN = new Foreign(1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), false);
    @TempDir
    Path dir;

    private static Map<String, Tensor> weights(long seed) {
        return new LinkedHashMap<>(Parameters.init(GRAPH, new Rng(seed)).map());
    }

    private Path file(Map<String, Tensor> tensors) {
        Path file = dir.resolve("foreign.safetensors");
        Safetensors.write(file, tensors, Map.of());
        return file;
    }

    /** Scores of one image, whose input values are a function of channel and place. */
    private static double[] scores(Parameters p, java.util.function.IntToDoubleFunction x) {
        try (Plan plan = Plan.inference(GRAPH, p, 1, cortado.op.Backend.reference(), 1)) {
            for (int i = 0; i < plan.images().size(); i++) {
                plan.images().set(i, x.applyAsDouble(i));
            }
            plan.forward(1);
            return plan.scores().toDoubles();
        }
    }

    @Test
    void blueFirstAndWholeNumbersBecomeWeightsAndNormalizationSeed1() {
        Map<String, Tensor> w = weights(1);
        Model m = new Foreign(255, List.of(104.0, 117.0, 123.0), List.of(50.0, 60.0, 70.0), true).model(file(w), NETWORK,
                List.of("a", "b"));
        double[] bgrMean = {104, 117, 123};
        double[] bgrStd = {50, 60, 70};
        Rng pixels = new Rng(1).split("pixels");
        // The network as it was trained: channel 0 is blue, which pixels have last.
        double[] theirs = scores(Parameters.of(new LinkedHashMap<>(w)),
                i -> (pixels.below((2 - i / 35) * 35 + i % 35, 256) - bgrMean[i / 35]) / bgrStd[i / 35]);
        double[] ours = scores(m.parameters(), i -> (pixels.below(i, 256) / 255.0 - m.normalization().mean().get(i / 35))
                / m.normalization().std().get(i / 35));
        assertThat(ours).containsExactly(theirs, within(1e-5));
        assertThat(ours[0]).isNotCloseTo(scores(Parameters.of(new LinkedHashMap<>(w)),
                i -> (pixels.below(i, 256) - bgrMean[i / 35]) / bgrStd[i / 35])[0], within(1e-4));
        assertThat(m.classes()).containsExactly("a", "b");
    }

    @Test
    void countersArePassedOverAndSizesOfOneMayBeMissingSeed2() {
        Map<String, Tensor> w = weights(2);
        w.put("bn1.num_batches_tracked", Tensor.of(Shape.of(), Type.I32));
        w.put("conv2.weight", w.get("conv2.weight").reshape(Shape.of(6, 4)));
        Model m = PLAIN.model(file(w), NETWORK, List.of());
        assertThat(m.parameters().get("conv2.weight").shape()).isEqualTo(Shape.of(6, 4, 1, 1));
        assertThat(m.parameters().get("conv2.weight").toDoubles()).isEqualTo(w.get("conv2.weight").toDoubles());
        assertThat(m.parameters().map()).hasSize(10).doesNotContainKey("bn1.num_batches_tracked");
    }

    @Test
    void whatDoesNotFitIsNamedSeed3() {
        Map<String, Tensor> w = weights(3);
        Tensor mean = w.remove("bn1.running_mean");
        assertThatThrownBy(() -> PLAIN.model(file(w), NETWORK, List.of())).isInstanceOf(FormatException.class)
                .hasMessageContaining("tensor bn1.running_mean (4) is missing");
        w.put("bn1.running_means", mean);
        assertThatThrownBy(() -> PLAIN.model(file(w), NETWORK, List.of()))
                .hasMessageContaining("tensor bn1.running_mean (4) is missing; did you mean bn1.running_means?");
        w.put("bn1.running_mean", mean);
        assertThatThrownBy(() -> PLAIN.model(file(w), NETWORK, List.of())).isInstanceOf(FormatException.class)
                .hasMessageContaining("tensor bn1.running_means belongs to no layer");
        w.remove("bn1.running_means");
        w.put("conv2.weight", w.get("conv2.weight").reshape(Shape.of(4, 6)));
        assertThatThrownBy(() -> PLAIN.model(file(w), NETWORK, List.of()))
                .hasMessageContaining("tensor conv2.weight: expected 6×4×1×1, received 4×6");
    }

    @Test
    void nonsenseIsRefusedSeed4() {
        List<Double> one = List.of(1.0);
        assertThatThrownBy(() -> new Foreign(0, one, one, false)).isInstanceOf(ShapeException.class).hasMessageContaining("scale");
        assertThatThrownBy(() -> new Foreign(1, one, List.of(0.0), false)).isInstanceOf(ShapeException.class)
                .hasMessageContaining("positive std");
        Path file = file(weights(4));
        assertThatThrownBy(() -> new Foreign(1, one, one, false).model(file, NETWORK, List.of()))
                .hasMessageContaining("takes images of 3 channels, received 1 means");
        assertThatThrownBy(() -> PLAIN.model(file, NETWORK, List.of("a"))).hasMessageContaining("gives 2 scores, received 1 names");
        Graph grey = Networks.named("mlp", Shape.of(3, 4, 4), 3);
        Path mlp = dir.resolve("mlp.safetensors");
        Safetensors.write(mlp, Parameters.init(grey, new Rng(4)).map(), Map.of());
        assertThatThrownBy(() -> new Foreign(1, PLAIN.mean(), PLAIN.std(), true).model(mlp, new Network("mlp", grey), List.of()))
                .hasMessageContaining("layer flatten reads the image, but is no ungrouped convolution");
    }
}
