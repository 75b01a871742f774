package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Backend;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plans against the plain walk on random networks with branches that join again: planned memory, fusion, shards and threads
 * change nothing.
 */
class PlanWalkTest {
    private static final int[] BATCHES = {1, 3, 16, 17, 33};

    @ParameterizedTest(name = "random network, seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void aPlanComputesWhatTheWalkDoes(long seed) {
        Rng rng = new Rng(seed);
        Graph g = network(rng);
        Parameters p = Parameters.init(g, rng);
        int batch = BATCHES[rng.split("batch").below(0, BATCHES.length)];
        check(g, p.to(Type.F64), batch, Backend.reference(), 1e-11);
        if (g.ops().stream().noneMatch(Op::mixes)) {
            check(g, p, batch, Backend.lanes(), 1e-4);
        }
        check(g, p, batch, Backend.channels(), 1e-4);
    }

    /** Two steps on different images, the second with one image less where there are several: nothing stale shows. */
    private static void check(Graph g, Parameters p, int batch, Backend backend, double tolerance) {
        try (Plan plan = Plan.training(g, p, batch, backend, 2)) {
            for (int n : new int[] {batch, Math.max(1, batch - 1)}) {
                Walk walk = new Walk(g.withLoss(), p.to(Type.F64), n, Type.F64);
                Tensor images = walk.value(0);
                Tensor labels = walk.value(g.nodes().size());
                Rng rng = new Rng(n);
                for (int i = 0; i < images.size(); i++) {
                    images.set(i, (float) rng.split("x").normal(i));
                    plan.images().set(i, images.get(i));
                }
                for (int i = 0; i < n; i++) {
                    labels.set(i, rng.split("y").below(i, 3));
                    plan.labels().set(i, labels.get(i));
                }
                double loss = walk.forward();
                walk.backward();
                plan.gradients().fill(0);
                assertThat(plan.forwardBackward(n)).isCloseTo(loss, within(tolerance * loss));
                plan.gradients().map().forEach((name, dw) -> assertThat(Checks.compare(name, walk.gradients().get(name), dw))
                        .as("%d images, %s", n, backend.name()).matches(f -> f.passed(tolerance)));
            }
        }
    }

    /** Six random layers over 2–4 channels of 8×7, each reading any earlier one; what nobody reads is added to the last. */
    private static Graph network(Rng rng) {
        Rng r = rng.split("network");
        Graph.Builder b = Graph.builder();
        int x = b.add("x", Input.images(2, 8, 7));
        int c = 2 + r.below(0, 3);
        int[] node = new int[7];
        boolean[] read = new boolean[7];
        node[0] = b.add("stem", Conv2d.of(c, Window.of(3, 1, 1)), x);
        for (int i = 1; i < 7; i++) {
            int from = Math.max(0, i - 1 - r.below(10L * i, 3));
            int other = r.below(10L * i + 1, i);
            read[from] = true;
            switch (r.below(10L * i + 2, 8)) {
                case 0 -> {
                    int groups = r.below(i, 2) == 0 ? 1 : c;
                    node[i] = b.add("conv" + i, new Conv2d(c, Window.same(3, 2, 1, 2), groups, true), node[from]);
                }
                case 1 -> node[i] = b.add("max" + i, new MaxPool2d(Window.of(3, 1, 1), false), node[from]);
                case 2 -> node[i] = b.add("avg" + i, new AvgPool2d(Window.of(3, 1, 1), false, false), node[from]);
                case 3 -> {
                    node[i] = b.add("add" + i, new Add(), node[from], node[other]);
                    read[other] = true;
                }
                case 4 -> node[i] = b.add("bn" + i, BatchNorm2d.of(), node[from]);
                case 5 -> {
                    node[i] = b.add("sum" + i, new Add(), b.add("norm" + i, BatchNorm2d.of(), node[from]), node[other]);
                    read[other] = true;
                }
                default -> node[i] = b.add("relu" + i, new Relu(), node[from]);
            }
        }
        int end = node[6];
        for (int i = 0; i < 6; i++) {
            end = read[i] ? end : b.add("join" + i, new Add(), end, node[i]);
        }
        int pool = b.add("pool", r.below(99, 2) == 0 ? new GlobalAvgPool2d() : MaxPool2d.of(2), end);
        int flat = b.add("flatten", new Flatten(), pool);
        int fc = b.add("fc1", Linear.of(5), flat);
        b.add("fc2", Linear.of(3), b.add("relu", new Relu(), fc));
        return b.build();
    }
}
