package cortado.io;

import cortado.graph.Graph;

/**
 * A network and what it is called.
 *
 * @param name  {@code lenet5}
 * @param graph from images to scores
 */
public record Network(String name, Graph graph) {
}
