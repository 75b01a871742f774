package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.BatchNorm2d;
import cortado.op.BatchNormAdd;
import cortado.op.Conv2d;
import cortado.op.ConvAdd;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.op.Relu6;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rewrites a graph so that activations are touched less often. What is computed stays the same. */
final class Fusion {
    private Fusion() {
    }

    /**
     * Joins a ReLU or ReLU6 to the op before it, where nobody else reads that op's output. The joined node keeps the first name.
     *
     * @param graph        with normalisations folded, for inference
     * @param convolutions whether a sum is joined to a convolution before it too, not to a normalisation alone
     */
    static Graph fuse(Graph graph, boolean convolutions) {
        int[] readers = new int[graph.nodes().size()];
        graph.nodes().forEach(n -> n.inputs().forEach(i -> readers[i]++));
        List<Node> nodes = poolFirst(graph.nodes(), readers);
        List<Node> fused = new ArrayList<>();
        int[] moved = new int[nodes.size()];
        for (int i = 0; i < nodes.size(); i++) {
            Node n = nodes.get(i);
            int x = n.op() instanceof Relu || n.op() instanceof Relu6 ? n.inputs().getFirst() : 0;
            int before = moved[x];
            boolean stays = i < nodes.size() - 1 || before == fused.size() - 1; // the output must remain the last node
            if (readers[x] == 1 && stays && takes(nodes.get(x).op(), n.op())) {
                Node head = fused.get(before);
                Op joined = n.op() instanceof Relu6 ? new Rectified(head.op(), 6) : new Rectified(head.op());
                fused.set(before, new Node(head.name(), joined, head.inputs()));
                moved[i] = before;
            } else {
                fused.add(new Node(n.name(), n.op(), n.inputs().stream().map(j -> moved[j]).toList()));
                moved[i] = fused.size() - 1;
            }
        }
        return new Graph(residuals(fused, convolutions));
    }

    /** Joins batch normalisation, or a convolution, to the sum behind it, which stays where it stands and takes the other's name and parameters. */
    private static List<Node> residuals(List<Node> before, boolean convolutions) {
        int[] readers = new int[before.size()];
        before.forEach(n -> n.inputs().forEach(i -> readers[i]++));
        List<Node> nodes = new ArrayList<>();
        int[] moved = new int[before.size()];
        boolean[] joined = new boolean[before.size()];
        for (Node n : before) {
            summand(n, before, readers, convolutions).ifPresent(v -> joined[v] = true);
        }
        for (int i = 0; i < before.size(); i++) {
            Node n = before.get(i);
            Optional<Integer> first = summand(n, before, readers, convolutions);
            List<Integer> inputs = n.inputs();
            Op op = n.op();
            String name = n.name();
            if (first.isPresent()) {
                Node b = before.get(first.get());
                int other = inputs.get(inputs.getFirst().equals(first.get()) ? 1 : 0);
                inputs = List.of(b.inputs().getFirst(), other);
                op = b.op() instanceof Conv2d conv ? new ConvAdd(conv) : new BatchNormAdd((BatchNorm2d) b.op());
                op = n.op() instanceof Rectified ? new Rectified(op) : op;
                name = b.name();
            }
            if (!joined[i]) {
                nodes.add(new Node(name, op, inputs.stream().map(j -> moved[j]).toList()));
                moved[i] = nodes.size() - 1;
            }
        }
        return nodes;
    }

    /** The input of a sum that is a normalisation or a convolution which nobody else reads: the later of two. */
    private static Optional<Integer> summand(Node n, List<Node> nodes, int[] readers, boolean convolutions) {
        boolean sum = n.op() instanceof Add || n.op() instanceof Rectified(Op op, float _) && op instanceof Add;
        boolean images = n.inputs().stream().anyMatch(i -> nodes.get(i).op() instanceof Input); // they lie in rows
        return !sum ? Optional.empty()
                : n.inputs().stream().filter(i -> readers[i] == 1 && (nodes.get(i).op() instanceof BatchNorm2d
                        || convolutions && !images && nodes.get(i).op() instanceof Conv2d)).max(Integer::compare);
    }

    /**
     * Exchanges a ReLU and the max pooling that follows it, so that the ReLU has fewer elements. Both keep order, so outputs are
     * the same; so are gradients: a window's first maximum is the same element, unless none is positive, and then it is 0.
     */
    private static List<Node> poolFirst(List<Node> before, int[] readers) {
        List<Node> nodes = new ArrayList<>(before);
        for (int i = 0; i < nodes.size(); i++) {
            Node pool = nodes.get(i);
            int r = pool.op() instanceof MaxPool2d ? pool.inputs().getFirst() : 0;
            Node relu = nodes.get(r);
            if (pool.op() instanceof MaxPool2d && relu.op() instanceof Relu && readers[r] == 1) {
                nodes.set(r, new Node(pool.name(), pool.op(), relu.inputs()));
                nodes.set(i, new Node(relu.name(), relu.op(), List.of(r)));
            }
        }
        return nodes;
    }

    private static boolean takes(Op op, Op bend) {
        return bend instanceof Relu && takesRelu(op)
                || bend instanceof Relu6 && (op instanceof BatchNorm2d || op instanceof Conv2d || op instanceof Linear);
    }

    private static boolean takesRelu(Op op) {
        return switch (op) {
            case Conv2d _, Linear _, BatchNorm2d _, Add _, MaxPool2d _, AvgPool2d _, GlobalAvgPool2d _ -> true;
            default -> false;
        };
    }
}
