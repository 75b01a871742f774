package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.op.Dropout;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole named networks with all their fused steps, against the plain walk in double precision: loss and every gradient. Sizes and seeds
 * are such that no activation lies so near to a kink that rounding takes it across: one would change all gradients before it by percents.
 */
class NetworkGradientTest {

    @ParameterizedTest(name = "{0} on {1}×{1}, batch {2}, seed 1")
    @CsvSource({"resnet20, 16, 5", "vgg, 16, 3", "mobilenet_v2, 64, 7"})
    void everyGradientOfANamedNetwork(String name, int side, int batch) {
        Graph g = withoutDropout(Networks.named(name, Shape.of(3, side, side), 7));
        Parameters p = Parameters.init(g, new Rng(1));
        Walk walk = new Walk(g.withLoss(), p.to(Type.F64), batch, Type.F64);
        try (Plan plan = Plan.training(g, p, batch, Backend.channels(), 2)) {
            Rng rng = new Rng(2);
            Tensor images = walk.value(0);
            for (int i = 0; i < images.size(); i++) {
                images.set(i, (float) rng.split("x").normal(i));
                plan.images().set(i, images.get(i));
            }
            for (int i = 0; i < batch; i++) {
                walk.value(g.nodes().size()).set(i, rng.split("y").below(i, 7));
                plan.labels().set(i, walk.value(g.nodes().size()).get(i));
            }
            double loss = walk.forward();
            walk.backward();
            assertThat(plan.forwardBackward(batch)).isCloseTo(loss, within(1e-4 * loss));
            plan.gradients().map().forEach((n, dw) -> {
                Tensor exact = walk.gradients().get(n);
                double largest = Arrays.stream(exact.toDoubles()).map(Math::abs).max().orElseThrow();
                for (int i = 0; i < dw.size(); i++) { // a shift before a normalisation has no effect: its gradient is rounding alone
                    assertThat(dw.get(i)).as("%s %d", n, i).isCloseTo(exact.get(i), within(1e-3 * largest + 1e-5));
                }
            });
        }
    }

    /** Its masks depend on where the node stands in the graph, which fusing changes. */
    private static Graph withoutDropout(Graph graph) {
        List<Node> nodes = new ArrayList<>();
        int[] moved = new int[graph.nodes().size()];
        for (int v = 0; v < moved.length; v++) {
            Node n = graph.nodes().get(v);
            if (n.op() instanceof Dropout) {
                moved[v] = moved[n.inputs().getFirst()];
            } else {
                nodes.add(new Node(n.name(), n.op(), n.inputs().stream().map(i -> moved[i]).toList()));
                moved[v] = nodes.size() - 1;
            }
        }
        return new Graph(nodes);
    }
}
