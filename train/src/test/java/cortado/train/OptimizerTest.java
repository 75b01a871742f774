package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    private static final Map<String, Optimizer> CASES = Map.ofEntries(
            Map.entry("sgd", new Sgd(0, 0, false)),
            Map.entry("sgd momentum", new Sgd(0.9, 0, false)),
            Map.entry("sgd momentum decay", new Sgd(0.9, 0.02, false)),
            Map.entry("sgd nesterov", new Sgd(0.9, 0, true)),
            Map.entry("sgd nesterov decay", new Sgd(0.8, 0.02, true)),
            Map.entry("sgd nesterov spare", new Sgd(0.8, 0.02, true)),
            Map.entry("sgd clipped", new Sgd(0.9, 0, false)),
            Map.entry("sgd averaged", new Sgd(0.9, 0, false)),
            Map.entry("adam", Adam.of(0)),
            Map.entry("adam decay", new Adam(0.8, 0.99, 1e-3, 0.1)),
            Map.entry("adamw", AdamW.of(0)),
            Map.entry("adamw decay", new AdamW(0.8, 0.99, 1e-3, 0.1)),
            Map.entry("adamw spare", new AdamW(0.8, 0.99, 1e-3, 0.1)),
            Map.entry("rmsprop", new RmsProp(0.99, 0, 1e-8, 0)),
            Map.entry("rmsprop momentum decay", new RmsProp(0.9, 0.9, 0.0316, 0.02)),
            Map.entry("lamb", new Lamb(0.9, 0.999, 1e-6, 0)),
            Map.entry("lamb decay", new Lamb(0.8, 0.99, 1e-3, 0.1)),
            Map.entry("lamb spare", new Lamb(0.8, 0.99, 1e-3, 0.1)));

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

    private static double[] run(String name, int steps) {
        Optimizer opt = CASES.get(name);
        Parameters w = two();
        Parameters g = two();
        set(w, Math::cos);
        OptimizerState state = opt.start(w, g, !name.contains("spare"));
        Ema mean = new Ema(new Ema.Rule(0.8, false), w);
        for (int t = 0; t < steps; t++) {
            gradients(g, t);
            if (name.contains("clipped")) {
                state.mean(1);
                state.clip(15);
            }
            opt.step(state, 0.05 * (1 - t / 40.0));
            mean.update(t + 1);
        }
        assertThat(state.steps()).isEqualTo(steps);
        return values(name.contains("averaged") ? mean.weights() : w);
    }

    private static void gradients(Parameters g, int step) {
        set(g, i -> Math.sin(0.7 * i + 1.3 * step) * (1 + i / 8.0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithPyTorch(String name) throws IOException {
        try (InputStream in = OptimizerTest.class.getResourceAsStream("optimizers.json")) {
            Json.Obj golden = (Json.Obj) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "optimizers.json");
            Json.Arr after = (Json.Arr) golden.get(name).orElseThrow();
            int[] steps = {1, 2, 20};
            for (int k = 0; k < steps.length; k++) {
                double[] actual = run(name, steps[k]);
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

    /** The vectors' padding is nobody's memory: what lies around a tensor stays. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void touchesOnlyItsWeights(String name) {
        float[] around = new float[64];
        java.util.Arrays.fill(around, 7);
        LinkedHashMap<String, Tensor> w = new LinkedHashMap<>();
        w.put("w", Tensor.over(around, 5, Shape.of(3, 7), Layout.ROWS));
        Parameters weights = Parameters.of(w);
        Parameters g = weights.zeros();
        g.fill(1);
        CASES.get(name).step(CASES.get(name).start(weights, g), 0.1);
        for (int i = 0; i < 64; i++) {
            assertThat(around[i] == 7).as("element %d", i).isEqualTo(i < 5 || i >= 26);
        }
    }

    @Test
    void tensorsWithoutAGradientStay() {
        Parameters w = two();
        set(w, Math::cos);
        Parameters before = w.copy();
        Parameters g = two();
        gradients(g, 0);
        LinkedHashMap<String, Tensor> onlyB = new LinkedHashMap<>();
        onlyB.put("b", g.get("b"));
        OptimizerState state = Adam.of(0.1).start(w, Parameters.of(onlyB), true);
        Adam.of(0.1).step(state, 0.1);
        assertThat(w.get("a").toDoubles()).isEqualTo(before.get("a").toDoubles());
        assertThat(w.get("b").toDoubles()).isNotEqualTo(before.get("b").toDoubles());
        assertThat(state.names()).containsExactly("b");
        assertThat(state.moment(0).map().keySet()).containsExactly("b");
    }

    /** Four batches of gradients added up are a step along their mean, to the bit: a quarter is exact. */
    @Test
    void accumulatedGradientsAreAveraged() {
        Parameters one = two();
        Parameters four = two();
        Parameters g = two();
        Parameters sum = two();
        gradients(g, 3);
        set(sum, i -> 4 * (float) (Math.sin(0.7 * i + 1.3 * 3) * (1 + i / 8.0)));
        OptimizerState a = AdamW.of(0.1).start(one, g);
        OptimizerState b = AdamW.of(0.1).start(four, sum);
        b.mean(4);
        AdamW.of(0.1).step(a, 0.1);
        AdamW.of(0.1).step(b, 0.1);
        assertThat(values(four)).isEqualTo(values(one));
        assertThat(b.clip(1)).isCloseTo(Math.sqrt(java.util.Arrays.stream(values(g)).map(v -> v * v).sum()), within(1e-5));
    }

    /** From the first steps on, an average with warm-up is near the weights, and then as slow as asked for. */
    @Test
    void theAverageMayWarmUp() {
        assertThat(new Ema.Rule(0.999, true).at(1)).isEqualTo(2.0 / 11);
        assertThat(new Ema.Rule(0.999, true).at(100_000)).isEqualTo(0.999);
        assertThat(new Ema.Rule(0.999, false).at(1)).isEqualTo(0.999);
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
        assertThatThrownBy(() -> Optimizer.named("adamm", 0, 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("sgd, momentum, adam, adamw, rmsprop, lamb");
        assertThatThrownBy(() -> new Sgd(1, 0, false)).isInstanceOf(FormatException.class).hasMessageContaining("momentum");
        assertThatThrownBy(() -> Adam.of(Double.NaN)).isInstanceOf(FormatException.class).hasMessageContaining("weight decay");
        assertThatThrownBy(() -> new Lamb(0.9, 0.9, 0, 0)).isInstanceOf(FormatException.class).hasMessageContaining("ε");
        assertThatThrownBy(() -> new Ema.Rule(2, false)).isInstanceOf(FormatException.class)
                .hasMessage("the decay of the averaged weights (EMA): expected a number from 0 to below 1, received 2.0");
        LinkedHashMap<String, Tensor> other = new LinkedHashMap<>();
        other.put("a", Tensor.f32(4));
        other.put("b", Tensor.f32(4, 8));
        assertThatThrownBy(() -> new Sgd(0, 0, false).start(two(), Parameters.of(other))).isInstanceOf(ShapeException.class);
    }
}
