package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.Phase;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * For inference, dropout disappears, and batch normalisation does into the convolution or linear layer before it, whose weights and
 * bias are computed anew when the parameters have changed:
 *
 * <pre>
 * s = γ / √(σ² + ε)      w' = s · w      b' = β + (b − μ) · s
 * </pre>
 *
 * Jacob et al., "Quantization and Training of Neural Networks" (CVPR 2018), section 3.2.
 *
 * @param graph without the normalisations that were folded
 * @param pairs what was folded into what
 */
public record Folding(Graph graph, List<Pair> pairs) {
    /** Copies the list. */
    public Folding {
        pairs = List.copyOf(pairs);
    }

    /**
     * A layer and the normalisation behind it.
     *
     * @param layer as it was
     * @param norm  reads it, and no other does
     * @param eps   of the normalisation
     */
    public record Pair(Node layer, Node norm, double eps) {
    }

    /**
     * {@return what can be folded}
     * @param graph for inference
     */
    public static Folding of(Graph graph) {
        int[] readers = new int[graph.nodes().size()];
        graph.nodes().forEach(n -> n.inputs().forEach(i -> readers[i]++));
        List<Node> nodes = new ArrayList<>();
        List<Pair> pairs = new ArrayList<>();
        int[] moved = new int[readers.length];
        for (int v = 0; v < readers.length; v++) {
            Node n = graph.nodes().get(v);
            int x = n.inputs().isEmpty() ? 0 : n.inputs().getFirst();
            Node before = graph.nodes().get(x);
            boolean last = v == readers.length - 1; // the output must remain the last node
            if ((n.op() instanceof Dropout || n.op() instanceof DropPath) && !last) {
                moved[v] = moved[x];
            } else if (n.op() instanceof BatchNorm2d norm && readers[x] == 1 && takes(before.op())
                    && (!last || moved[x] == nodes.size() - 1)) {
                Node head = nodes.get(moved[x]);
                nodes.set(moved[x], new Node(head.name(), withBias(head.op()), head.inputs()));
                moved[v] = moved[x];
                pairs.add(new Pair(before, n, norm.eps()));
            } else {
                nodes.add(new Node(n.name(), n.op(), n.inputs().stream().map(i -> moved[i]).toList()));
                moved[v] = nodes.size() - 1;
            }
        }
        return new Folding(new Graph(nodes), pairs);
    }

    private static boolean takes(Op op) {
        return op instanceof Conv2d || op instanceof Linear;
    }

    private static Op withBias(Op op) {
        return switch (op) {
            case Conv2d c -> new Conv2d(c.filters(), c.window(), c.groups(), true, c.init());
            case Linear l -> new Linear(l.outputs(), true, l.init());
            default -> throw new IllegalArgumentException(op.kind());
        };
    }

    /**
     * {@return the parameters of the folded graph, computed now}
     * @param parameters of the graph as it was
     */
    public Parameters fold(Parameters parameters) {
        Parameters folded = weights(parameters);
        for (Pair p : pairs) {
            fold(p, parameters, folded);
        }
        LinkedHashMap<String, Tensor> all = new LinkedHashMap<>();
        graph.params().forEach(p -> all.put(p.name(), folded.get(p.name())));
        return Parameters.of(all);
    }

    /** The parameters of the folded graph: those that change are copies, to be filled by {@link #phases}. */
    Parameters weights(Parameters parameters) {
        LinkedHashMap<String, Tensor> all = new LinkedHashMap<>(parameters.map());
        for (Pair p : pairs) {
            Tensor w = parameters.get(p.layer.parameter("weight"));
            all.put(p.layer.parameter("weight"), Tensor.of(w.shape(), w.type()));
            all.put(p.layer.parameter("bias"), Tensor.of(Shape.of(w.shape().n()), w.type()));
        }
        return Parameters.of(all);
    }

    /** What {@link #weights} takes beyond the parameters. */
    long bytes() {
        return graph.params().stream().filter(p -> pairs.stream().anyMatch(q -> q.layer.parameter("weight").equals(p.name())
                || q.layer.parameter("bias").equals(p.name()))).mapToLong(p -> 4L * p.shape().size()).sum();
    }

    /** Computes all folded weights, a layer a part. */
    List<Phase> phases(Parameters from, Parameters to) {
        return pairs.isEmpty() ? List.of() : List.of(new Phase() {
            @Override
            public int parts() {
                return pairs.size();
            }

            @Override
            public void run(int part, int worker) {
                fold(pairs.get(part), from, to);
            }
        });
    }

    private static void fold(Pair p, Parameters from, Parameters to) {
        Tensor w = from.get(p.layer.parameter("weight"));
        Tensor folded = to.get(p.layer.parameter("weight"));
        Tensor bias = to.get(p.layer.parameter("bias"));
        Tensor b = from.map().getOrDefault(p.layer.parameter("bias"), Tensor.of(bias.shape(), bias.type()));
        int inputs = w.size() / w.shape().n();
        for (int k = 0; k < w.shape().n(); k++) {
            double s = from.get(p.norm.parameter("weight")).get(k)
                    / Math.sqrt(from.get(p.norm.parameter("running_var")).get(k) + p.eps);
            for (int i = k * inputs; i < (k + 1) * inputs; i++) {
                folded.set(i, w.get(i) * s);
            }
            double mean = from.get(p.norm.parameter("running_mean")).get(k);
            bias.set(k, from.get(p.norm.parameter("bias")).get(k) + (b.get(k) - mean) * s);
        }
    }
}
