package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Add;
import cortado.op.Backend;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Relu6;
import cortado.op.Window;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans for inference, which fold, fuse and share work in ways of their own, against the plain ops. */
class InferenceTest {

    private static Conv2d conv(int filters, int kernel, int stride, int groups) {
        return new Conv2d(filters, Window.of(kernel, stride, kernel / 2), groups, true);
    }

    /** Residual sums behind 3×3 and 1×1 convolutions, one with a shortcut of its own, overlapping pools, a depthwise stretch. */
    private static Graph residual() {
        Graph.Builder g = Graph.builder();
        int x = g.add("x", Input.images(3, 33, 35));
        x = g.add("relu0", new Relu(), g.add("bn0", BatchNorm2d.of(), g.add("conv0", conv(32, 3, 1, 1), x)));
        x = g.add("pool0", new MaxPool2d(Window.of(3, 2, 1), true), x);
        int a = g.add("bn1", BatchNorm2d.of(), g.add("conv1", conv(32, 3, 1, 1), x));
        x = g.add("relu1", new Relu(), g.add("add1", new Add(), a, x));
        a = g.add("relu2", new Relu6(), g.add("bn2", BatchNorm2d.of(), g.add("conv2", conv(32, 3, 2, 32), x)));
        a = g.add("bn3", BatchNorm2d.of(), g.add("conv3", conv(40, 1, 1, 1), a));
        int b = g.add("bn4", BatchNorm2d.of(), g.add("conv4", conv(40, 1, 2, 1), x));
        x = g.add("add2", new Add(), a, b);
        x = g.add("relu3", new Relu(), g.add("pool3", new MaxPool2d(Window.of(2, 1, 0), false), x));
        x = g.add("drop", new Dropout(0.5), g.add("gap", new GlobalAvgPool2d(), x));
        g.add("fc", Linear.of(7), g.add("flatten", new Flatten(), x));
        return g.build();
    }

    /** Few channels: what goes by lanes from some images on. */
    private static Graph small() {
        return Graph.builder().then("x", Input.images(1, 28, 28))
                .then("conv1", conv(6, 5, 1, 1)).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", conv(17, 3, 1, 1)).then("relu2", new Relu()).then("pool2", MaxPool2d.of(2))
                .then("flatten", new Flatten()).then("fc1", Linear.of(33)).then("relu3", new Relu())
                .then("fc2", Linear.of(10)).build();
    }

    @ParameterizedTest(name = "{0} images, seed 5")
    @ValueSource(ints = {1, 2, 3, 16, 17, 33})
    void computesWhatThePlainOpsDo(int batch) {
        for (Graph g : List.of(residual(), small())) {
            Parameters w = Parameters.init(g, new Rng(5));
            Rng rng = new Rng(6);
            w.map().values().forEach(t -> {
                for (int i = 0; i < t.size(); i++) { // running statistics and biases too
                    t.set(i, t.shape().rank() == 1 ? rng.split("b").uniform(i) + 0.3 : t.get(i));
                }
            });
            double[] plain = scores(g, w, batch, Backend.reference(), 1, false);
            double size = 0;
            for (double v : plain) {
                size = Math.max(size, Math.abs(v));
            }
            double[] fast = scores(g, w, batch, Backend.vector(), 1, false);
            assertThat(fast).containsExactly(plain, within(1e-5 * size));
            assertThat(scores(g, w, batch, Backend.vector(), 3, false)).isEqualTo(fast);
            assertThat(scores(g, w, batch, Backend.channels(), 2, false)).containsExactly(plain, within(1e-5 * size));
        }
    }

    @ParameterizedTest(name = "{0} images, seed 5")
    @ValueSource(ints = {1, 16})
    void aNanReachesTheScoresOfItsImageOnly(int batch) {
        for (Graph g : List.of(residual(), small())) {
            double[] scores = scores(g, Parameters.init(g, new Rng(5)), batch, Backend.vector(), 2, true);
            for (int i = 0; i < scores.length; i++) {
                assertThat(Double.isNaN(scores[i])).isEqualTo(i < scores.length / batch);
            }
        }
    }

    @Test
    void largeImagesGoInGroupsSeed7() {
        Graph g = Graph.builder().then("x", Input.images(3, 256, 256)).then("conv1", conv(16, 3, 1, 1)).then("relu1", new Relu())
                .then("conv2", conv(17, 3, 2, 1)).then("gap", new GlobalAvgPool2d()).then("flatten", new Flatten())
                .then("fc", Linear.of(7)).build();
        assertThat(Grouped.together(g, 5, Layout.CHANNELS)).isEqualTo(2);
        Parameters w = Parameters.init(g, new Rng(7));
        try (Plan one = Plan.inference(g, w, 1, Backend.vector(), 1); Plan all = Plan.inference(g, w, 5, Backend.vector(), 2)) {
            Rng rng = new Rng(8);
            int size = one.images().size();
            for (int i = 0; i < all.images().size(); i++) {
                all.images().set(i, rng.normal(i));
            }
            for (int n : List.of(5, 3, 1)) {
                all.scores().fill(Double.NaN);
                all.forward(n);
                for (int i = 0; i < n; i++) {
                    one.images().copyFrom(all.images().view(i * size, one.images().shape(), Layout.ROWS));
                    one.forward(1);
                    for (int k = 0; k < 7; k++) {
                        assertThat(all.scores().get(i, k)).isCloseTo(one.scores().get(0, k), within(1e-6));
                    }
                }
            }
        }
    }

    private static double[] scores(Graph g, Parameters w, int batch, Backend backend, int threads, boolean nan) {
        try (Plan plan = Plan.inference(g, w, batch, backend, threads)) {
            Rng rng = new Rng(batch);
            Tensor x = plan.images();
            for (int i = 0; i < x.size(); i++) {
                x.set(i, rng.normal(i));
            }
            if (nan) {
                x.set(100, Double.NaN);
            }
            plan.forward(batch);
            double[] all = new double[plan.scores().size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = plan.scores().get(i);
            }
            return all;
        }
    }
}
