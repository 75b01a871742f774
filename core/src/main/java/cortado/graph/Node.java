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

    /**
     * {@return the full name of a parameter: {@code layer1.0.conv1.weight}}
     * @param parameter as the op declares it; one that begins with a slash belongs to no node, and what follows is its full name
     */
    public String parameter(String parameter) {
        return parameter.startsWith("/") ? parameter.substring(1) : name + "." + parameter;
    }
}
