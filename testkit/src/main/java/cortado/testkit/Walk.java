package cortado.testkit;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Input;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A graph computed the plainest way: forward in order, backward in reverse, each op its own kernel, each tensor its own
 * memory. What a plan with fused steps and shared memory is held against.
 */
public final class Walk {
    private final Graph graph;
    private final Parameters gradients;
    private final List<Tensor> y = new ArrayList<>();
    private final List<Tensor> dy = new ArrayList<>();
    private final List<Operands> steps = new ArrayList<>();

    /**
     * Makes room for all values and gradients.
     * @param graph      with a loss as its last node
     * @param parameters shared: what changes them changes the next forward
     * @param batch      N
     * @param type       F32 or F64, of activations and gradients
     */
    public Walk(Graph graph, Parameters parameters, int batch, Type type) {
        this.graph = graph;
        this.gradients = parameters.to(type).zeros();
        List<Shape> shapes = graph.shapes(batch);
        for (int i = 0; i < shapes.size(); i++) {
            Node n = graph.nodes().get(i);
            y.add(Tensor.of(shapes.get(i), isLabels(n) ? Type.I32 : type));
            dy.add(Tensor.of(shapes.get(i), type));
            steps.add(step(n, shapes, parameters));
        }
    }

    private Operands step(Node n, List<Shape> shapes, Parameters parameters) {
        if (n.op() instanceof Input) {
            return Operands.of(List.of(), y.getLast(), List.of(), List.of());
        }
        Shape[] in = Graph.inputs(n, shapes);
        List<String> names = n.op().params(in).stream().map(p -> n.parameter(p.name())).toList();
        List<Tensor> saved = n.op().saved(in).stream().map(s -> Tensor.of(s, Type.I32)).toList();
        boolean[] accumulate = new boolean[in.length];
        Arrays.fill(accumulate, true);
        List<Tensor> x = n.inputs().stream().map(y::get).toList();
        List<Optional<Tensor>> dx = n.inputs().stream()
                .map(i -> isLabels(graph.nodes().get(i)) ? Optional.<Tensor>empty() : Optional.of(dy.get(i))).toList();
        return Operands.of(x, y.getLast(), names.stream().map(parameters::get).toList(), saved)
                .withGradients(dy.getLast().to(dy.getLast().type()), dx, accumulate,
                        n.op().params(in).stream().map(
                                p -> p.learned() ? Optional.of(gradients.get(n.parameter(p.name()))) : Optional.<Tensor>empty())
                                .toList());
    }

    /** {@return whether a node holds class indices, which have no gradient} */
    static boolean isLabels(Node n) {
        return n.op() instanceof Input in && in.type() == Type.I32;
    }

    /**
     * {@return its output; that of an input is for the caller to fill}
     * @param node index of a node
     */
    public Tensor value(int node) {
        return y.get(node);
    }

    /**
     * {@return the gradient of its output, after {@link #backward()}}
     * @param node index of a node
     */
    public Tensor gradient(int node) {
        return dy.get(node);
    }

    /** {@return gradients by the parameters' names, after {@link #backward()}} */
    public Parameters gradients() {
        return gradients;
    }

    /** {@return the mean of the last node's output, after computing all nodes} */
    public double forward() {
        return forward(0);
    }

    /**
     * Computes some of the nodes.
     *
     * @param from index of the first one
     * @return the mean of the last node's output
     */
    double forward(int from) {
        for (int i = from; i < steps.size(); i++) {
            graph.nodes().get(i).op().forward(steps.get(i));
        }
        double sum = 0;
        for (int i = 0; i < y.getLast().size(); i++) {
            sum += y.getLast().get(i);
        }
        return sum / y.getLast().size();
    }

    /** Sets all gradients of that mean. */
    public void backward() {
        gradients.fill(0);
        dy.forEach(t -> t.fill(0));
        dy.getLast().fill(1.0 / dy.getLast().size());
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i).inputs() > 0) {
                // A copy, because Rectified writes over its dy.
                steps.get(i).dy().copyFrom(dy.get(i));
                graph.nodes().get(i).op().backward(steps.get(i));
            }
        }
    }

    /** {@return a hash of the branches that ReLU and max pooling took in nodes from {@code from} on} */
    long branches(int from) {
        long hash = 1;
        for (int i = from; i < steps.size(); i++) {
            Op op = graph.nodes().get(i).op();
            hash = op instanceof Input ? hash : Differences.branches(hash, op, steps.get(i));
        }
        return hash;
    }
}
