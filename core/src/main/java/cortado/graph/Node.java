package cortado.graph;

import cortado.op.Op;
import java.util.List;

/**
 * One op of a graph and where its inputs come from.
 *
 * @param name   unique; put before the parameters' names: {@code layer1.0.conv1}
 * @param op     what to compute
 * @param inputs indices of earlier nodes
 */
public record Node(String name, Op op, List<Integer> inputs) {
    /** Copies the list. */
    public Node {
        inputs = List.copyOf(inputs);
    }
}
