package cortado.graph;

import java.util.List;
import java.util.Map;

/**
 * A network with its weights and what is needed to use it.
 *
 * @param name          {@code lenet5}
 * @param graph         from images to scores, without the loss
 * @param parameters    F32 weights, as the graph declares them
 * @param classes       class names in the order of the scores; empty if unknown
 * @param normalization how pixels become inputs
 * @param provenance    where it comes from: data, seed, versions; free text by key
 */
public record Model(String name, Graph graph, Parameters parameters, List<String> classes, Normalization normalization,
        Map<String, String> provenance) {
    /** Checks the parameters against the graph; throws {@link cortado.tensor.ShapeException}. */
    public Model {
        parameters.expect(graph);
        classes = List.copyOf(classes);
        provenance = Map.copyOf(provenance);
    }
}
