package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.op.Op;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks by name learn: one step on small images reaches every weight, and running statistics move. */
class NetworksStepTest {
    @ParameterizedTest
    @CsvSource({"lenet5, 1, 13", "vgg, 3, 9", "resnet20, 3, 9", "resnet18, 3, 13", "resnet50, 1, 17", "mobilenet_v2, 3, 33",
        "mobilenet_v3_small, 3, 33", "squeezenet1_1, 3, 33", "densenet121, 3, 33", "efficientnet_b0, 3, 33", "convnext_tiny, 3, 33",
        "unet, 1, 17"})
    void oneStepReachesEveryWeightSeed1(String name, int channels, int side) {
        Graph g = Networks.named(name, Shape.of(channels, side, side), 3);
        Parameters p = Parameters.init(g, new Rng(1).split("init"));
        try (Plan plan = Plan.training(g, p, 2, Backend.vector(), 2)) {
            Rng pixels = new Rng(1).split("pixels");
            Tensor x = Tensor.f32(plan.images().shape().dims());
            for (int i = 0; i < x.size(); i++) {
                x.set(i, pixels.normal(i));
            }
            plan.images().copyFrom(x);
            for (int i = 0; i < plan.labels().size(); i++) {
                plan.labels().set(i, pixels.below(i, 3));
            }
            double loss = plan.forwardBackward(2);
            assertThat(loss).isBetween(0.1, 100.0);
            for (Op.Param q : g.params()) {
                double[] v = (q.learned() ? plan.gradients() : p).get(q.name()).toDoubles();
                double largest = DoubleStream.of(v).map(Math::abs).max().orElseThrow();
                assertThat(largest).as(q.name()).isGreaterThan(0).isFinite();
            }
        }
    }
}
