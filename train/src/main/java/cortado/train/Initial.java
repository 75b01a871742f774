package cortado.train;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.io.Safetensors;
import cortado.op.Op;
import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Weights that a training started from instead of fresh ones.
 *
 * @param file   where they were read
 * @param sha256 of all tensors in it
 * @param fresh  tensors of the head that began fresh, because the file's tell other classes apart; empty if all were taken
 */
public record Initial(Path file, String sha256, List<String> fresh) {
    /** PyTorch counts the batches that a norm has seen; nothing here needs it. */
    private static final String COUNTER = ".num_batches_tracked";

    /** Copies the list. */
    public Initial {
        fresh = List.copyOf(fresh);
    }

    /**
     * Takes weights from a safetensors file: a model of ours, or anything with PyTorch's names. Names and shapes must match; only the
     * head, the last layer with weights, may have another number of outputs, and then stays as it is.
     *
     * @param file    safetensors
     * @param network whose weights they are
     * @param weights overwritten
     * @return what was taken
     * @throws FormatException naming the first tensor that is missing, of another shape, or too many
     */
    static Initial load(Path file, Graph network, Parameters weights) {
        if (!Files.exists(file)) {
            throw new FormatException("--initial-checkpoint " + file + ": there is no such file");
        }
        Map<String, Tensor> given = Safetensors.read(file).tensors();
        String head = head(network) + ".";
        List<String> fresh = new ArrayList<>();
        weights.map().forEach((name, w) -> {
            Tensor t = given.get(name);
            if (t == null) {
                throw new FormatException(file + ": it holds no " + name + ", which the network has; it holds "
                        + String.join(", ", given.keySet()));
            }
            if (name.startsWith(head) && othersOutputs(t, w)) {
                fresh.add(name);
            } else if (!t.shape().equals(w.shape())) {
                throw new FormatException(
                        file + ": " + name + ": expected " + w.shape() + " as in the network, received " + t.shape());
            }
        });
        for (String name : given.keySet()) {
            if (!weights.map().containsKey(name) && !name.endsWith(COUNTER)) {
                throw new FormatException(file + ": " + name + " belongs to no layer of the network");
            }
        }
        weights.map().forEach((name, w) -> {
            if (!fresh.contains(name)) {
                w.copyFrom(given.get(name));
            }
        });
        return new Initial(file, Safetensors.sha256(given), fresh);
    }

    /** The same shape but for the number of outputs. */
    private static boolean othersOutputs(Tensor given, Tensor own) {
        return given.shape().rank() == own.shape().rank() && given.shape().n() != own.shape().n()
                && given.shape().example().equals(own.shape().example());
    }

    private static String head(Graph network) {
        List<String> names = network.params().stream().map(Op.Param::name).toList();
        return network.nodes().stream().map(Node::name).filter(n -> names.stream().anyMatch(p -> p.startsWith(n + ".")))
                .reduce("", (a, b) -> b);
    }

    /** {@return a line for a person} */
    public String text() {
        return "starts from the weights in " + file
                + (fresh.isEmpty() ? ""
                        : ", but for the head, which has other classes there and begins fresh: " + String.join(", ", fresh));
    }
}
