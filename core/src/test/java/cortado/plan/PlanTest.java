package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Operands;
import cortado.op.Pass;
import cortado.tensor.Layout;
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
    void normalisationFoldedIntoTheLayerBeforeGivesTheSameScores() {
        Graph net = SameBits.network(Backend.channels());
        Parameters w = Parameters.init(net, new Rng(3));
        w.map().forEach((name, t) -> {
            for (int i = 0; i < t.size(); i++) {
                t.set(i, name.endsWith("running_var") ? 0.5 + 0.1 * (i % 5) : t.get(i) + 0.01 * (i % 7));
            }
        });
        Parameters exact = w.to(Type.F64);
        try (Plan folded = Plan.inference(net, w, 3, Backend.channels(), 2)) {
            Rng r = new Rng(5);
            for (int step = 0; step < 2; step++) { // the second time with other weights
                for (int i = 0; i < folded.images().size(); i++) {
                    folded.images().set(i, r.split(step).normal(i));
                }
                folded.forward(3);
                assertThat(folded.lines()).noneMatch(l -> l.op().startsWith("batchnorm2d"));
                assertThat(folded.scores().toDoubles()).containsExactly(plain(net, exact, folded.images()), within(1e-4));
                w.get("bn3.weight").fill(0.7);
                exact.get("bn3.weight").fill(0.7);
                folded.refresh();
            }
        }
    }

    private static double[] plain(Graph net, Parameters w, Tensor images) {
        List<Tensor> y = new ArrayList<>(List.of(images.to(Type.F64)));
        List<Shape> shapes = net.shapes(images.shape().n());
        for (int v = 1; v < shapes.size(); v++) {
            Node n = net.nodes().get(v);
            y.add(Tensor.of(shapes.get(v), Type.F64));
            n.op().forward(Operands.of(n.inputs().stream().map(y::get).toList(), y.getLast(),
                    n.op().params(Graph.inputs(n, shapes)).stream().map(p -> w.get(n.parameter(p.name()))).toList(),
                    n.op().saved(Graph.inputs(n, shapes)).stream().map(s -> Tensor.of(s, Type.I32)).toList())
                    .in(new Pass(false), 0, 0));
        }
        return y.getLast().toDoubles();
    }

    @Test
    void theOutlineSaysWhatAPlanTakes() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory
                .getThreadMXBean();
        for (Backend backend : List.of(Backend.lanes(), Backend.channels())) {
            Graph net = SameBits.network(backend);
            Parameters w = Parameters.init(net, new Rng(3));
            Plan.training(net, w, 640, backend, 2).close(); // classes are loaded, lambdas linked
            for (boolean training : new boolean[] {true, false}) {
                long before = threads.getCurrentThreadAllocatedBytes();
                try (Plan p = training ? Plan.training(net, w, 640, backend, 2) : Plan.inference(net, w, 640, backend, 2)) {
                    long taken = threads.getCurrentThreadAllocatedBytes() - before;
                    double objects = 4000.0 * p.lines().size() * (backend.layout() == Layout.LANES ? 2 * 40 : 640);
                    assertThat((double) taken).as("%s, training %s", backend.name(), training).isBetween(0.99 * p.bytes(),
                            1.1 * p.bytes() + objects);
                    assertThat(Plan.outline(training ? net.withLoss() : net, 640, backend, 2, training).bytes())
                            .isEqualTo(p.bytes());
                }
            }
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
