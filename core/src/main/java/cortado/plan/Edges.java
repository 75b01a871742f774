package cortado.plan;

import cortado.graph.Node;
import cortado.op.Input;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors of a plan that are seen from outside, each in memory of its own: images, labels, scores, losses. */
final class Edges {
    private final List<Node> nodes;
    private final List<Shape> shapes;
    private final Flow flow;
    private final Type type;
    private final Layout inputs;
    private final Layout layout;
    private final boolean training;
    private final Map<Integer, Tensor> tensors = new HashMap<>();

    /**
     * @param inputs layout of what the caller hands in
     * @param layout of activations
     */
    Edges(List<Node> nodes, List<Shape> shapes, Flow flow, Type type, Layout inputs, Layout layout, boolean training) {
        this.nodes = nodes;
        this.shapes = shapes;
        this.flow = flow;
        this.type = type;
        this.inputs = inputs;
        this.layout = layout;
        this.training = training;
    }

    private boolean has(int v) {
        return flow.root(v) == v && flow.edge(v);
    }

    private Layout layout(int v) {
        return nodes.get(v).op() instanceof Input ? inputs : layout;
    }

    /** Makes the tensors. */
    void allocate() {
        for (int v = 0; v < nodes.size(); v++) {
            if (has(v)) {
                boolean labels = nodes.get(v).op() instanceof Input in && in.type() == Type.I32;
                tensors.put(v, Memory.aligned(shapes.get(v), labels ? Type.I32 : type, layout(v)));
            }
        }
        if (training) {
            tensors.put(nodes.size(), Memory.aligned(shapes.getLast(), type, layout));
        }
    }

    /** What {@link #allocate} takes. */
    long bytes() {
        long elements = training ? layout.length(shapes.getLast()) : 0;
        for (int v = 0; v < nodes.size(); v++) {
            elements += has(v) ? layout(v).length(shapes.get(v)) : 0;
        }
        return elements * type.bytes();
    }

    /** The output of node v, if it is seen from outside. */
    Optional<Tensor> of(int v) {
        return Optional.ofNullable(tensors.get(v));
    }

    Tensor images() {
        return tensors.get(0);
    }

    Optional<Tensor> labels() {
        return training ? of(nodes.size() - 2) : Optional.empty();
    }

    Tensor scores() {
        int v = training ? nodes.getLast().inputs().getFirst() : nodes.size() - 1;
        return tensors.get(flow.root(v)).reshape(shapes.get(v));
    }

    Optional<Tensor> losses() {
        return training ? of(nodes.size() - 1) : Optional.empty();
    }

    Optional<Tensor> dLoss() {
        return of(nodes.size());
    }
}
