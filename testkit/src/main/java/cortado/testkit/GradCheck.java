package cortado.testkit;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Op;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Every gradient of a whole network, loss included, against central differences in F64: each parameter's, and that of each
 * layer's output, so that a wrong formula shows between the layer whose row passes and the one whose row does not.
 *
 * <p>An element where a ReLU or a maximum switches within the smallest step (10⁻⁶) has no derivative to compare with; it is
 * counted as a kink and not as checked.
 */
public final class GradCheck {
    /** The largest relative error that passes. */
    public static final double TOLERANCE = 1e-5;

    private GradCheck() {
    }

    /**
     * On random images and labels.
     *
     * @param network    from images to scores, without the loss
     * @param parameters of any type; not changed
     * @param batch      images, at least 1; 2 is enough and fast
     * @param seed       of images, labels and the elements chosen
     * @param samples    elements checked of each tensor, all if there are no more
     * @return a finding per parameter ({@code conv1.weight}) and per layer's output ({@code d conv1}), from input to loss
     */
    public static List<Finding> check(Graph network, Parameters parameters, int batch, long seed, int samples) {
        return check(network, parameters, batch, seed, samples, (found, of) -> {});
    }

    /** Is told of each finding while the check goes on. */
    @FunctionalInterface
    public interface Told {
        /**
         * Takes one.
         *
         * @param found so far, this one last
         * @param of    how many there will be
         */
        void accept(List<Finding> found, int of);
    }

    /**
     * On random images and labels.
     *
     * @param network    from images to scores, without the loss
     * @param parameters of any type; not changed
     * @param batch      images, at least 1; 2 is enough and fast
     * @param seed       of images, labels and the elements chosen
     * @param samples    elements checked of each tensor, all if there are no more
     * @param told       of each finding, at once
     * @return a finding per parameter ({@code conv1.weight}) and per layer's output ({@code d conv1}), from input to loss
     */
    public static List<Finding> check(Graph network, Parameters parameters, int batch, long seed, int samples, Told told) {
        Rng rng = new Rng(seed);
        Tensor images = Tensor.of(network.input().example().batch(batch), Type.F64);
        for (int i = 0; i < images.size(); i++) {
            images.set(i, rng.split("images").normal(i));
        }
        Shape scores = network.outputExample();
        Shape each = scores.rank() == 3 ? Shape.of(batch, scores.dim(1), scores.dim(2)) : Shape.of(batch);
        Tensor labels = Tensor.of(each, Type.I32);
        for (int i = 0; i < labels.size(); i++) {
            labels.set(i, rng.split("labels").below(i, scores.dim(0)));
        }
        return check(network, parameters, images, labels, seed, samples, told);
    }

    /**
     * On given images and labels.
     *
     * @param network    from images to scores, without the loss
     * @param parameters of any type; not changed
     * @param images     {@code N C H W}, normalised
     * @param labels     {@code N}, or {@code N H W} where each pixel has scores
     * @param seed       of the elements chosen
     * @param samples    elements checked of each tensor, all if there are no more
     * @return a finding per parameter and per layer's output, from input to loss
     */
    public static List<Finding> check(Graph network, Parameters parameters, Tensor images, Tensor labels, long seed, int samples) {
        return check(network, parameters, images, labels, seed, samples, (found, of) -> {});
    }

    private static List<Finding> check(Graph network, Parameters parameters, Tensor images, Tensor labels, long seed, int samples,
            Told told) {
        if (samples < 1) {
            throw new ShapeException("a gradient check needs at least 1 sample of each tensor, received " + samples);
        }
        Graph graph = network.withLoss();
        Parameters p = parameters.to(Type.F64);
        Walk walk = new Walk(graph, p, images.shape().n(), Type.F64);
        walk.value(0).copyFrom(images);
        walk.value(graph.nodes().size() - 2).copyFrom(labels);
        walk.forward();
        walk.backward();
        List<Finding> all = new ArrayList<>();
        List<Shape> shapes = graph.shapes(images.shape().n());
        int of = (int) (graph.params().stream().filter(Op.Param::learned).count()
                + graph.nodes().stream().limit(graph.nodes().size() - 1L).filter(n -> !Walk.isLabels(n)).count());
        for (int i = 0; i < graph.nodes().size() - 1; i++) {
            Node n = graph.nodes().get(i);
            for (Op.Param param : n.op().params(Graph.inputs(n, shapes)).stream().filter(Op.Param::learned).toList()) {
                String name = n.name() + "." + param.name();
                all.add(compare(name, p.get(name), walk.gradients().get(name), walk, i, seed, samples));
                told.accept(all, of);
            }
            // A changed parameter was put back, but what this node and later ones hold is from the last step.
            walk.forward(i);
            if (!Walk.isLabels(n)) {
                all.add(compare("d " + n.name(), walk.value(i), walk.gradient(i), walk, i + 1, seed, samples));
                told.accept(all, of);
            }
        }
        return all;
    }

    private static Finding compare(String name, Tensor x, Tensor gradient, Walk walk, int from, long seed, int samples) {
        return Differences.compare(name, x, gradient, new Rng(seed).split(name), samples, new Differences.Loss() {
            @Override
            public double value() {
                return walk.forward(from);
            }

            @Override
            public long branches() {
                return walk.branches(from);
            }
        });
    }
}
