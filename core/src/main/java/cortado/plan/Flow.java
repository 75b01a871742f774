package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Op;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntToLongFunction;

/** What follows from the order of a graph's nodes: which outputs are views, where gradients flow, and how long each tensor matters. */
final class Flow {
    private final List<Node> nodes;
    private final List<Shape> shapes;
    private final boolean training;
    private final Set<String> frozen;
    /** Per node: the node whose memory holds its output (another only for a view), and whether a gradient flows into it. */
    private final int[] root;
    private final boolean[] learns;

    /**
     * @param graph    fused
     * @param shapes   of every node's output
     * @param layout   of activations
     * @param training whether gradients flow
     * @param frozen   names of parameters that get none
     */
    Flow(Graph graph, List<Shape> shapes, Layout layout, boolean training, Set<String> frozen) {
        this.nodes = graph.nodes();
        this.shapes = shapes;
        this.training = training;
        this.frozen = frozen;
        this.root = new int[nodes.size()];
        this.learns = new boolean[nodes.size()];
        for (int v = 0; v < nodes.size(); v++) {
            Node n = nodes.get(v);
            root[v] = view(n, layout) ? root[n.inputs().getFirst()] : v;
            learns[v] = training && !(n.op() instanceof Input)
                    && (n.op().params(inputs(v)).stream().anyMatch(p -> learns(n, p))
                            || n.inputs().stream().anyMatch(i -> learns[i]));
            if (v < nodes.size() - 1 && !(n.op() instanceof Input) && unread(v)) {
                throw new ShapeException("layer " + n.name() + " is read by no other, yet is not the last");
            }
        }
    }

    /** Flattening leaves the memory as it is, but for channels in blocks that have more than one pixel. */
    private boolean view(Node n, Layout layout) {
        if (!(n.op() instanceof Flatten)) {
            return false;
        }
        int x = n.inputs().getFirst();
        return layout != Layout.CHANNELS
                || !(nodes.get(x).op() instanceof Input) && shapes.get(x).size() == shapes.get(x).n() * shapes.get(x).dim(1);
    }

    private boolean unread(int v) {
        for (int j = v + 1; j < nodes.size(); j++) {
            if (nodes.get(j).inputs().contains(v)) {
                return false;
            }
        }
        return true;
    }

    /** The node whose memory holds the output of v. */
    int root(int v) {
        return root[v];
    }

    /** Whether a gradient flows into the output of v. */
    boolean learns(int v) {
        return learns[v];
    }

    /** Whether parameter p of node n gets a gradient. */
    boolean learns(Node n, Op.Param p) {
        return training && p.learned() && !frozen.contains(n.parameter(p.name()));
    }

    /** The shapes of the parameters that get a gradient, by name, in the graph's order. */
    SequencedMap<String, Shape> learned() {
        SequencedMap<String, Shape> learned = new LinkedHashMap<>();
        for (int v = 0; v < nodes.size(); v++) {
            for (Op.Param p : nodes.get(v).op().params(inputs(v))) {
                if (learns(nodes.get(v), p)) {
                    learned.put(nodes.get(v).parameter(p.name()), p.shape());
                }
            }
        }
        return learned;
    }

    /** Whether node v computes something. */
    boolean steps(int v) {
        return root[v] == v && !(nodes.get(v).op() instanceof Input);
    }

    Shape[] inputs(int v) {
        return nodes.get(v).inputs().stream().map(shapes::get).toArray(Shape[]::new);
    }

    /** Whether a node's output is seen from outside, or its memory belongs to a caller: it lives for the whole batch. */
    boolean edge(int v) {
        int last = nodes.size() - 1;
        return nodes.get(v).op() instanceof Input || v == root[last]
                || training && v == root[nodes.get(last).inputs().getFirst()];
    }

    /** A buffer that a plan needs: {@code y3}, the output of node 3, or {@code dy3}, its gradient. */
    record Buffer(String name, Memory.Lifetime lifetime) {
    }

    /**
     * When each buffer is first written and last read. Step v runs forward at time v and backward at time 2T−1−v.
     *
     * @param length elements of a node's output
     */
    List<Buffer> buffers(IntToLongFunction length) {
        List<Buffer> all = new ArrayList<>();
        for (int v = 0; v < nodes.size(); v++) {
            if (root[v] != v) {
                continue;
            }
            int lastReader = lastReader(v);
            if (!edge(v)) {
                all.add(new Buffer("y" + v, new Memory.Lifetime(length.applyAsLong(v), v, lastUse(v, lastReader))));
            }
            if (learns[v] && v < nodes.size() - 1) {
                all.add(new Buffer("dy" + v, new Memory.Lifetime(length.applyAsLong(v), end() - lastReader, end() - v)));
            }
        }
        return all;
    }

    /** The last moment. */
    int end() {
        return 2 * nodes.size() - 1;
    }

    /** An output is read once more by the backward pass of its own step and of its readers, if a gradient flows there. */
    private int lastUse(int v, int lastReader) {
        int last = learns[v] ? end() - v : lastReader;
        for (int j = v + 1; j <= lastReader; j++) {
            if (learns[j] && reads(j, v)) {
                last = Math.max(last, end() - j);
            }
        }
        return last;
    }

    private boolean reads(int j, int v) {
        return steps(j) && nodes.get(j).inputs().stream().anyMatch(i -> root[i] == v);
    }

    private int lastReader(int v) {
        int last = v;
        for (int j = v + 1; j < nodes.size(); j++) {
            if (reads(j, v)) {
                last = j;
            }
        }
        return last;
    }

    /** Per node and input, whether a reader that runs earlier in the backward pass has already written the gradient. */
    boolean[][] accumulates() {
        boolean[][] accumulates = new boolean[nodes.size()][];
        boolean[] written = new boolean[nodes.size()];
        for (int v = nodes.size() - 1; v >= 0; v--) {
            List<Integer> in = nodes.get(v).inputs();
            accumulates[v] = new boolean[in.size()];
            for (int i = 0; i < in.size() && steps(v); i++) {
                accumulates[v][i] = written[root[in.get(i)]];
                written[root[in.get(i)]] = true;
            }
        }
        return accumulates;
    }
}
