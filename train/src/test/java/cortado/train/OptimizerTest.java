package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Parameters;
import cortado.io.Json;
import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against {@code train/src/golden/optimizers.py}. */
class OptimizerTest {
    private static final int N = 37;
    private static final Map<String, Optimizer> CASES = Map.of(
            "sgd", new Sgd(0, 0, false),
            "sgd momentum", new Sgd(0.9, 0, false),
            "sgd momentum decay", new Sgd(0.9, 0.02, false),
            "sgd nesterov", new Sgd(0.9, 0, true),
            "sgd nesterov decay", new Sgd(0.8, 0.02, true),
            "adam", Adam.of(0),
            "adam decay", new Adam(0.8, 0.99, 1e-3, 0.1),
            "adamw", AdamW.of(0),
            "adamw decay", new AdamW(0.8, 0.99, 1e-3, 0.1));

    static Stream<String> cases() {
        return CASES.keySet().stream().sorted();
    }

    /** 37 numbers in two tensors, the second in the middle of a larger memory. */
    private static Parameters two() {
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        p.put("a", Tensor.f32(5));
        p.put("b", Tensor.over(new float[50], 7, Shape.of(4, 8), Layout.ROWS));
        return Parameters.of(p);
    }

    private static void set(Parameters p, java.util.function.IntToDoubleFunction f) {
        int at = 0;
        for (Tensor t : p.map().values()) {
            for (int i = 0; i < t.size(); i++) {
                t.set(i, f.applyAsDouble(at++));
            }
        }
    }

    private static double[] values(Parameters p) {
        return p.map().values().stream().flatMapToDouble(t -> java.util.Arrays.stream(t.toDoubles())).toArray();
    }

    private static double[] run(Optimizer opt, int steps) {
        Parameters w = two();
        Parameters g = two();
        set(w, Math::cos);
        OptimizerState state = opt.start(w, g);
        for (int t = 0; t < steps; t++) {
            int step = t;
            set(g, i -> Math.sin(0.7 * i + 1.3 * step) * (1 + i / 8.0));
            opt.step(state, 0.05 * (1 - t / 40.0));
        }
        assertThat(state.steps()).isEqualTo(steps);
        return values(w);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithPyTorch(String name) throws IOException {
        try (InputStream in = OptimizerTest.class.getResourceAsStream("optimizers.json")) {
            Json.Obj golden = (Json.Obj) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "optimizers.json");
            Json.Arr after = (Json.Arr) golden.get(name).orElseThrow();
            int[] steps = {1, 2, 20};
            for (int k = 0; k < steps.length; k++) {
                double[] actual = run(CASES.get(name), steps[k]);
                Json.Arr expected = (Json.Arr) after.items().get(k);
                for (int i = 0; i < N; i++) {
                    double e = ((Json.Num) expected.items().get(i)).value();
                    assertThat(Math.abs(actual[i] - e) / Math.max(1, Math.abs(e))).as("step %d, weight %d", steps[k], i)
                            .isLessThan(1e-6);
                }
            }
        }
    }

    @Test
    void momentsCarryTheNamesOfTheWeights() {
        Parameters w = two();
        Parameters g = two();
        set(g, i -> i + 1);
        OptimizerState state = Adam.of(0).start(w, g);
        Adam.of(0).step(state, 0.1);
        assertThat(state.moment(0).get("b").shape()).isEqualTo(Shape.of(4, 8));
        assertThat(state.moment(0).get("b").get(0)).isEqualTo((float) 0.1 * 6f);
        assertThat(state.moment(1).get("a").get(4)).isEqualTo((float) (1 - 0.999) * 5f * 5f);
    }

    @Test
    void namesAreTimms() {
        assertThat(Optimizer.named("sgd", 0.9, 0.1)).isEqualTo(new Sgd(0.9, 0.1, true));
        assertThat(Optimizer.named("momentum", 0.9, 0.1)).isEqualTo(new Sgd(0.9, 0.1, false));
        for (String name : Optimizer.NAMES) {
            assertThat(Optimizer.named(name, 0.9, 0.1).name()).isEqualTo(name);
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> Optimizer.named("rmsprop", 0, 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("sgd, momentum, adam, adamw");
        assertThatThrownBy(() -> new Sgd(1, 0, false)).isInstanceOf(FormatException.class).hasMessageContaining("momentum");
        assertThatThrownBy(() -> Adam.of(Double.NaN)).isInstanceOf(FormatException.class).hasMessageContaining("weight decay");
        LinkedHashMap<String, Tensor> other = new LinkedHashMap<>();
        other.put("a", Tensor.f32(4));
        other.put("b", Tensor.f32(4, 8));
        assertThatThrownBy(() -> new Sgd(0, 0, false).start(two(), Parameters.of(other))).isInstanceOf(ShapeException.class);
    }
}
