package cortado.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Init;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
    /** σ by PyTorch's formulas; a uniform distribution within ±a has σ = a/√3. Fan-in 12·9 = 108, fan-out 64·9 = 576. */
    @ParameterizedTest
    @CsvSource({"PYTORCH, 0.055556", "PYTORCH_ZERO_BIAS, 0.055556", "KAIMING_NORMAL_FAN_IN, 0.136083",
        "KAIMING_NORMAL_FAN_OUT, 0.058926", "KAIMING_UNIFORM, 0.136083", "UNIFORM_FAN_OUT, 0.024056", "NORMAL_001, 0.01",
        "NORMAL_002, 0.02"})
    void convolutionsBeginAsPyTorchsDoSeed1(Init init, double std) {
        Graph g = Graph.builder().then("x", Input.images(24, 3, 3))
                .then("conv", new Conv2d(64, Window.of(3), 2, true, init)).build();
        Parameters p = Parameters.init(g, new Rng(1));
        double[] w = p.get("conv.weight").toDoubles();
        double mean = DoubleStream.of(w).average().orElseThrow();
        double variance = DoubleStream.of(w).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        assertThat(w).hasSize(64 * 12 * 9);
        assertThat(mean).isCloseTo(0, within(4 * std / Math.sqrt(w.length)));
        assertThat(Math.sqrt(variance)).isCloseTo(std, within(0.03 * std));
        double largest = DoubleStream.of(w).map(Math::abs).max().orElseThrow();
        boolean normal = init.name().contains("NORMAL");
        assertThat(largest / std).isBetween(normal ? 3.0 : 1.7, normal ? 5.5 : Math.sqrt(3) * 1.04);
        double bias = DoubleStream.of(p.get("conv.bias").toDoubles()).map(Math::abs).max().orElseThrow();
        assertThat(bias).isBetween(init == Init.PYTORCH ? 0.08 : 0, init == Init.PYTORCH ? 1 / Math.sqrt(108) : 0);
    }

    @ParameterizedTest
    @CsvSource({"PYTORCH, 0.0625", "UNIFORM_FAN_OUT, 0.176777", "KAIMING_NORMAL_FAN_OUT, 0.25"})
    void linearLayersTooSeed2(Init init, double reach) {
        Graph g = Graph.builder().then("x", Input.images(1, 16, 16)).then("flatten", new Flatten())
                .then("fc", new Linear(32, true, init)).build();
        Tensor w = Parameters.init(g, new Rng(2)).get("fc.weight");
        double[] v = DoubleStream.of(w.toDoubles()).map(Math::abs).toArray();
        double square = DoubleStream.of(v).map(a -> a * a).average().orElseThrow();
        assertThat(Math.sqrt(square)).isCloseTo(init.name().contains("NORMAL") ? reach : reach / Math.sqrt(3), within(0.01));
    }
}
