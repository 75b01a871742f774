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
    private final boolean training;
    private final Map<Integer, Tensor> tensors = new HashMap<>();
    private final Optional<Tensor> dLoss;

    /**
     * @param inputs layout of what the caller hands in
     * @param layout of activations
     */
    Edges(List<Node> nodes, List<Shape> shapes, Flow flow, Type type, Layout inputs, Layout layout, boolean training) {
        this.nodes = nodes;
        this.shapes = shapes;
        this.flow = flow;
        this.training = training;
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.root(v) == v && flow.edge(v)) {
                boolean input = nodes.get(v).op() instanceof Input;
                boolean labels = nodes.get(v).op() instanceof Input in && in.type() == Type.I32;
                tensors.put(v, Memory.aligned(shapes.get(v), labels ? Type.I32 : type, input ? inputs : layout));
            }
        }
        this.dLoss = training ? Optional.of(Memory.aligned(shapes.getLast(), type, layout)) : Optional.empty();
    }

    /** The output of node v, if it is seen from outside. */
    Optional<Tensor> of(int v) {
        return Optional.ofNullable(tensors.get(v));
    }

    Tensor images() {
        return tensors.get(0);
    }

    Optional<Tensor> labels() {
        return training ? Optional.of(tensors.get(nodes.size() - 2)) : Optional.empty();
    }

    Tensor scores() {
        int v = training ? nodes.getLast().inputs().getFirst() : nodes.size() - 1;
        return tensors.get(flow.root(v)).reshape(shapes.get(v));
    }

    Optional<Tensor> losses() {
        return training ? Optional.of(tensors.get(nodes.size() - 1)) : Optional.empty();
    }

    Optional<Tensor> dLoss() {
        return dLoss;
    }

    long bytes() {
        return tensors.values().stream().mapToLong(Edges::bytes).sum() + dLoss.map(Edges::bytes).orElse(0L);
    }

    static long bytes(Tensor t) {
        return (long) t.length() * t.type().bytes();
    }
}
