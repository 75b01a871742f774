package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
    private static final Graph NET = Networks.named("lenet5", Shape.of(1, 12, 12), 5);

    private static void fillBatch(Plan p, int n, long seed) {
        Rng r = new Rng(seed);
        for (int i = 0; i < n * 144; i++) {
            p.images().set(i, r.split("x").normal(i));
        }
        for (int i = 0; i < n; i++) {
            p.labels().set(i, r.split("y").below(i, 5));
        }
    }

    private static double[] gradients(Parameters w, int batch, int n, Backend backend, int threads) {
        try (Plan p = Plan.training(NET, w, batch, backend, threads)) {
            fillBatch(p, n, 7);
            double loss = p.forwardBackward(n);
            List<Double> all = new ArrayList<>(List.of(loss));
            p.gradients().map().values().forEach(t -> {
                for (double v : t.toDoubles()) {
                    all.add(v);
                }
            });
            return all.stream().mapToDouble(v -> v).toArray();
        }
    }

    @ParameterizedTest(name = "{0} images, seed 7")
    @ValueSource(ints = {1, 3, 16, 17, 33})
    void anyBackendThreadsAndBatchGiveTheSameGradient(int n) {
        Parameters w = Parameters.init(NET, new Rng(3));
        double[] exact = gradients(w.to(Type.F64), n, n, Backend.reference(), 1);
        double[] plain = gradients(w, n, n, Backend.reference(), 1);
        double[] fast = gradients(w, n, n, Backend.lanes(), 1);
        assertThat(plain).containsExactly(exact, within(1e-5));
        assertThat(fast).containsExactly(exact, within(1e-5));
        assertThat(gradients(w, n, n, Backend.lanes(), 3)).isEqualTo(fast);
        assertThat(gradients(w, 40, n, Backend.lanes(), 2)).isEqualTo(fast);
    }

    @Test
    void inferenceGivesTheScoresOfTraining() {
        Parameters w = Parameters.init(NET, new Rng(3));
        try (Plan t = Plan.training(NET, w, 20, Backend.lanes(), 2); Plan i = Plan.inference(NET, w, 20, Backend.lanes(), 2)) {
            fillBatch(t, 20, 5);
            i.images().copyFrom(t.images());
            t.forwardBackward(20);
            i.forward(20);
            assertThat(i.scores().toDoubles()).isEqualTo(t.scores().toDoubles());
        }
    }

    @Test
    void gradientsAdd() {
        Parameters w = Parameters.init(NET, new Rng(3));
        try (Plan p = Plan.training(NET, w, 4, Backend.lanes(), 1)) {
            fillBatch(p, 4, 5);
            p.forwardBackward(4);
            Tensor g = p.gradients().get("conv1.weight");
            double once = g.get(3);
            p.forwardBackward(4);
            assertThat(g.get(3)).isEqualTo(2 * once).isNotZero();
        }
    }

    @Test
    void refusesTooManyImages() {
        Parameters w = Parameters.init(NET, new Rng(3));
        try (Plan p = Plan.inference(NET, w, 4, Backend.reference(), 1)) {
            assertThatThrownBy(() -> p.forward(5)).isInstanceOf(ShapeException.class).hasMessageContaining("1 … 4");
        }
    }
}
