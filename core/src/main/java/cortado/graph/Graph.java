package cortado.graph;

import cortado.op.Input;
import cortado.op.Loss;
import cortado.op.Op;
import cortado.op.SoftmaxCrossEntropy;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ops in topological order; the last node is the output. A network is a graph from images to scores;
 * {@link #withLoss()} puts labels and loss on top for training.
 *
 * @param nodes in order: a node's inputs stand before it
 */
public record Graph(List<Node> nodes) {

    /** Checks order and names; throws {@link ShapeException}. */
    public Graph {
        nodes = List.copyOf(nodes);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node n = nodes.get(i);
            if (!names.add(n.name())) {
                throw new ShapeException("two layers are named " + n.name() + "; names must be unique");
            }
            for (int in : n.inputs()) {
                if (in < 0 || in >= i) {
                    throw new ShapeException("layer " + n.name() + " reads node " + in + ", which does not stand before it");
                }
            }
        }
        if (nodes.isEmpty() || !(nodes.getFirst().op() instanceof Input)) {
            throw new ShapeException("a network begins with an input");
        }
    }

    /** {@return an empty builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects nodes; each {@code add} returns the index that later nodes refer to. */
    public static final class Builder {
        private final List<Node> nodes = new ArrayList<>();

        private Builder() {
        }

        /**
         * {@return the new node's index}
         * @param name   unique
         * @param op     what to compute
         * @param inputs indices of earlier nodes
         */
        public int add(String name, Op op, int... inputs) {
            List<Integer> in = new ArrayList<>();
            for (int i : inputs) {
                in.add(i);
            }
            nodes.add(new Node(name, op, in));
            return nodes.size() - 1;
        }

        /**
         * Adds a node that reads the one added last.
         *
         * @param name unique
         * @param op   what to compute
         * @return this
         */
        public Builder then(String name, Op op) {
            if (nodes.isEmpty()) {
                add(name, op);
            } else {
                add(name, op, nodes.size() - 1);
            }
            return this;
        }

        /** {@return the graph} */
        public Graph build() {
            return new Graph(nodes);
        }
    }

    /** {@return the first input: the images} */
    public Input input() {
        return (Input) nodes.getFirst().op();
    }

    /** {@return the sizes of one example's output: the number of classes} */
    public Shape outputExample() {
        return shapes(1).getLast().example();
    }

    /**
     * {@return this network with an input {@code labels} and a node {@code loss}, softmax cross-entropy, on top; a label per image, or
     * per pixel where the scores are {@code N K H W}}
     */
    public Graph withLoss() {
        Shape scores = outputExample();
        Input labels = scores.rank() == 3 ? new Input(Shape.of(scores.dim(1), scores.dim(2)), Type.I32) : Input.labels();
        return withLoss(new SoftmaxCrossEntropy(), labels);
    }

    /**
     * {@return this network with an input {@code labels} and a node {@code loss} on top}
     * @param loss   takes scores and targets and gives one number per image
     * @param labels what is to be learned: classes, or soft targets
     */
    public Graph withLoss(Loss loss, Input labels) {
        List<Node> all = new ArrayList<>(nodes);
        all.add(new Node("labels", labels, List.of()));
        all.add(new Node("loss", loss, List.of(nodes.size() - 1, nodes.size())));
        return new Graph(all);
    }

    /**
     * Applies every op's shape rule.
     *
     * @param batch N
     * @return the output shape of each node
     * @throws ShapeException naming the node whose inputs do not fit
     */
    public List<Shape> shapes(int batch) {
        List<Shape> shapes = new ArrayList<>();
        for (Node n : nodes) {
            try {
                shapes.add(n.op() instanceof Input in ? in.example().batch(batch) : n.op().output(inputs(n, shapes)));
            } catch (ShapeException e) {
                throw new ShapeException("layer " + n.name() + ": " + e.getMessage());
            }
        }
        return shapes;
    }

    /**
     * The shapes a node reads.
     *
     * @param n      a node of this graph
     * @param shapes output shape of each node
     * @return one shape per input
     */
    public static Shape[] inputs(Node n, List<Shape> shapes) {
        return n.inputs().stream().map(shapes::get).toArray(Shape[]::new);
    }

    /** {@return all tensors that ops declare, in order, named {@code node.parameter}} */
    public List<Op.Param> params() {
        List<Shape> shapes = shapes(1);
        List<Op.Param> all = new ArrayList<>();
        for (Node n : nodes) {
            if (!(n.op() instanceof Input)) {
                for (Op.Param p : n.op().params(inputs(n, shapes))) {
                    all.add(p.named(n.parameter(p.name())));
                }
            }
        }
        return all;
    }

    /** {@return the ops in order} */
    public List<Op> ops() {
        return nodes.stream().map(Node::op).toList();
    }

    /** {@return the number of learned numbers} */
    public long learned() {
        return params().stream().filter(Op.Param::learned).mapToLong(p -> p.shape().size()).sum();
    }

    /**
     * {@return floating-point operations of one forward pass}
     * @param batch N
     */
    public long flops(int batch) {
        List<Shape> shapes = shapes(batch);
        return nodes.stream().filter(n -> !(n.op() instanceof Input)).mapToLong(n -> n.op().flops(inputs(n, shapes))).sum();
    }
}
