package cortado.io;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Node;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.op.Conv2d;
import cortado.tensor.FormatException;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a network that was trained elsewhere wants its images: {@code x = (scale·pixel/255 − mean[c]) / std[c]}, channels in its own
 * order. A model made from it is one like any other: the scale becomes a part of mean and std, and where the network wants blue first,
 * the filters that read the image are turned, so that red comes first.
 *
 * @param scale what the brightest pixel counts as: 1, or 255 for networks fed with whole numbers; positive
 * @param mean  per channel, in the network's order
 * @param std   per channel, positive
 * @param bgr   whether the network wants blue, green, red
 */
public record Foreign(double scale, List<Double> mean, List<Double> std, boolean bgr) {
    /** Checks the ranges; throws {@link ShapeException}. */
    public Foreign {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        new Normalization(mean, std);
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new ShapeException("the input's scale: expected a positive number, usually 1 or 255, received " + scale);
        }
    }

    /**
     * Reads weights for a network and makes a model of both.
     *
     * @param weights a safetensors file whose tensors are named as the network's; its metadata is ignored
     * @param network from images to scores
     * @param classes names in the order of the scores; empty if unknown
     * @return the model, which takes pixels in RGB
     * @throws FormatException naming the first tensor that is missing, of another shape or type, or unknown to the network
     * @throws ShapeException  if the normalization has other channels than the network's images, or these cannot be turned
     */
    public Model model(Path weights, Network network, List<String> classes) {
        Graph graph = network.graph();
        int channels = graph.input().example().dim(0);
        if (mean.size() != channels) {
            throw new ShapeException("the network " + network.name() + " takes images of " + channels + " channels, received "
                    + mean.size() + " means and stds");
        }
        if (!classes.isEmpty() && classes.size() != graph.outputExample().dim(0)) {
            throw new ShapeException(
                    "the network " + network.name() + " gives " + graph.outputExample().dim(0) + " scores, received "
                            + classes.size() + " names of classes");
        }
        Parameters parameters = ModelFile.weights(weights, graph);
        if (bgr) {
            turn(graph, parameters);
        }
        List<Double> m = (bgr ? mean.reversed() : mean).stream().map(v -> v / scale).toList();
        List<Double> s = (bgr ? std.reversed() : std).stream().map(v -> v / scale).toList();
        return new Model(network.name(), graph, parameters, classes, new Normalization(m, s),
                Map.of("weights", weights.getFileName().toString()));
    }

    /** Reverses the input channels of every filter that reads the image. */
    private static void turn(Graph graph, Parameters parameters) {
        for (Node n : graph.nodes()) {
            if (!n.inputs().contains(0)) {
                continue;
            }
            if (!(n.op() instanceof Conv2d c) || c.groups() != 1 || graph.input().example().dim(0) != 3) {
                throw new ShapeException(
                        "layer " + n.name() + " reads the image, but is no ungrouped convolution of three channels,"
                                + " so blue and red cannot change places in its weights");
            }
            Tensor w = parameters.get(n.name() + ".weight");
            int plane = c.window().size();
            for (int i = 0; i < w.size(); i++) {
                int red = i / plane % 3;
                if (red == 0) {
                    double v = w.get(i);
                    w.set(i, w.get(i + 2 * plane));
                    w.set(i + 2 * plane, v);
                }
            }
        }
    }
}
