package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Relu;
import cortado.op.Softmax;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradCheckTest {

    @Test
    void leNet5PassesSeed1() {
        Graph g = Networks.named("lenet5", Shape.of(1, 28, 28), 10);
        List<Integer> told = new ArrayList<>();
        List<Finding> rows = GradCheck.check(g, Parameters.init(g, new Rng(1)), 2, 1, 8, (found, of) -> {
            told.add(found.size());
            assertThat(found.size()).isLessThanOrEqualTo(of);
            told.add(of);
        });
        assertThat(told).as("told of each, and of how many there will be").hasSize(2 * rows.size())
                .endsWith(rows.size(), rows.size()).startsWith(1, rows.size());
        assertThat(rows).extracting(Finding::tensor).contains("conv1.weight", "fc3.bias", "d x", "d pool1", "d fc3")
                .hasSize(10 + g.nodes().size());
        assertThat(rows).allMatch(r -> r.passed(GradCheck.TOLERANCE));
        assertThat(rows).filteredOn(r -> r.tensor().endsWith("weight")).allMatch(r -> r.checked() >= 7);
    }

    /** Every op in one network, with a branch that joins again: a gradient with two sources. */
    @Test
    void aResidualNetworkOfAllOpsPassesSeed2() {
        Graph.Builder b = Graph.builder();
        int x = b.add("x", Input.images(3, 9, 7));
        int conv = b.add("stem", Conv2d.of(4, Window.of(3, 1, 1)), x);
        int relu = b.add("relu", new Relu(), conv);
        int branch = b.add("branch.0", new Conv2d(4, Window.same(3, 3, 1, 2), 2, false), relu);
        int join = b.add("join", new Add(), relu, branch);
        int max = b.add("max", new MaxPool2d(Window.of(3, 2, 1), false), join);
        int avg = b.add("avg", new AvgPool2d(Window.of(2, 1, 1), false, false), max);
        int global = b.add("global", new GlobalAvgPool2d(), avg);
        int flat = b.add("flatten", new Flatten(), global);
        int fc = b.add("fc", Linear.of(5), flat);
        b.add("softmax", new Softmax(), fc);
        Graph g = b.build();
        assertThat(GradCheck.check(g, Parameters.init(g, new Rng(2)), 3, 2, 30)).allMatch(r -> r.passed(GradCheck.TOLERANCE));
    }

    /** As of a segmentation: a label for each pixel. */
    @Test
    void scoresOfEachPixelPassSeed5() {
        Graph g = Graph.builder().then("x", Input.images(1, 5, 4)).then("conv", Conv2d.of(3, Window.of(3, 1, 1)))
                .then("relu", new Relu()).then("head", Conv2d.of(4, Window.of(1))).build();
        List<Finding> rows = GradCheck.check(g, Parameters.init(g, new Rng(5)), 2, 5, 20);
        assertThat(rows).extracting(Finding::tensor).contains("d x", "head.bias", "d head").doesNotContain("d labels");
        assertThat(rows).allMatch(r -> r.passed(GradCheck.TOLERANCE));
    }

    @Test
    void aWrongCustomOpIsFoundAndLocatedSeed3() {
        Graph g = Graph.builder().then("x", Input.images(1, 4, 4)).then("conv", Conv2d.of(2, Window.of(3)))
                .then("square", new Square(1.9)).then("flatten", new Flatten()).then("fc", Linear.of(3)).build();
        List<Finding> rows = GradCheck.check(g, Parameters.init(g, new Rng(3)), 2, 3, 20);
        assertThat(rows).filteredOn(r -> !r.passed(GradCheck.TOLERANCE)).extracting(Finding::tensor)
                .containsExactly("d x", "conv.weight", "conv.bias", "d conv");
        assertThat(rows).filteredOn(r -> r.tensor().equals("d conv")).allMatch(r -> r.error() > 0.04 && r.error() < 0.06);
    }

    @Test
    void aRightCustomOpPassesSeed3() {
        Graph g = Graph.builder().then("x", Input.images(1, 4, 4)).then("conv", Conv2d.of(2, Window.of(3)))
                .then("square", new Square(2)).then("flatten", new Flatten()).then("fc", Linear.of(3)).build();
        assertThat(GradCheck.check(g, Parameters.init(g, new Rng(3)), 2, 3, 20)).allMatch(r -> r.passed(GradCheck.TOLERANCE));
    }

    /** All weights 0: every ReLU and every maximum sits on its kink. That is said, not passed over. */
    @Test
    void kinksAreCounted() {
        Graph g = Graph.builder().then("x", Input.images(1, 4, 4)).then("conv", Conv2d.of(2, Window.of(3)))
                .then("relu", new Relu()).then("flatten", new Flatten()).then("fc", Linear.of(3)).build();
        Parameters p = Parameters.init(g, new Rng(4));
        p.get("conv.weight").fill(0);
        p.get("conv.bias").fill(0);
        assertThat(GradCheck.check(g, p, 2, 4, 100)).filteredOn(r -> r.tensor().startsWith("conv") || r.tensor().equals("d conv"))
                .allMatch(r -> r.checked() == 0 && r.kinks() == r.shape().size());
    }

    /** y = x², with a derivative of {@code factor}·x. */
    private record Square(double factor) implements Op.Custom {
        @Override
        public Shape output(Shape... x) {
            return x[0];
        }

        @Override
        public void forward(Operands o) {
            for (int i = 0; i < o.y().size(); i++) {
                o.y().set(i, o.x().get(i) * o.x().get(i));
            }
        }

        @Override
        public void backward(Operands o) {
            for (int i = 0; i < o.y().size(); i++) {
                o.dx().get().add(i, factor * o.x().get(i) * o.dy().get(i));
            }
        }
    }
}
