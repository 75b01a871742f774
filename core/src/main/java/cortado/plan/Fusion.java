package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Rectified;
import cortado.op.Relu;
import java.util.ArrayList;
import java.util.List;

/** Rewrites a graph so that activations are touched less often. What is computed stays the same. */
final class Fusion {
    private Fusion() {
    }

    /** Joins a ReLU to the op before it, where nobody else reads that op's output. The joined node keeps the first name. */
    static Graph fuse(Graph graph) {
        List<Node> nodes = graph.nodes();
        int[] readers = new int[nodes.size()];
        nodes.forEach(n -> n.inputs().forEach(i -> readers[i]++));
        List<Node> fused = new ArrayList<>();
        int[] moved = new int[nodes.size()];
        for (int i = 0; i < nodes.size(); i++) {
            Node n = nodes.get(i);
            int x = n.op() instanceof Relu ? n.inputs().getFirst() : 0;
            int before = moved[x];
            boolean stays = i < nodes.size() - 1 || before == fused.size() - 1; // the output must remain the last node
            if (n.op() instanceof Relu && readers[x] == 1 && takesRelu(nodes.get(x).op()) && stays) {
                Node head = fused.get(before);
                fused.set(before, new Node(head.name(), new Rectified(head.op()), head.inputs()));
                moved[i] = before;
            } else {
                fused.add(new Node(n.name(), n.op(), n.inputs().stream().map(j -> moved[j]).toList()));
                moved[i] = fused.size() - 1;
            }
        }
        return new Graph(fused);
    }

    private static boolean takesRelu(Op op) {
        return switch (op) {
            case Conv2d _, Linear _, Add _, MaxPool2d _, AvgPool2d _, GlobalAvgPool2d _ -> true;
            default -> false;
        };
    }
}
