package cortado.train;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Op;
import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Weights that a training started from instead of fresh ones.
 *
 * @param file   where they were read
 * @param sha256 of all tensors in it
 * @param fresh  tensors of the head that began fresh, because the file's tell other classes apart; empty if all were taken
 */
public record Initial(Path file, String sha256, List<String> fresh) {
    /** Copies the list. */
    public Initial {
        fresh = List.copyOf(fresh);
    }

    /**
     * Takes weights from a safetensors file: a model of ours, or anything with PyTorch's names, as {@link ModelFile#weights} does; only the
     * head, the last layer with weights, may have another number of outputs, and then stays as it is.
     *
     * @param file    safetensors
     * @param network whose weights they are
     * @param weights overwritten
     * @return what was taken
     * @throws FormatException if there is no such file, or naming the first tensor that is missing, of another shape, or too many
     */
    static Initial load(Path file, Graph network, Parameters weights) {
        if (!Files.exists(file)) {
            throw new FormatException("the weights to start from (--initial-checkpoint): there is no such file " + file
                    + "; if it has moved, say where it is now");
        }
        Safetensors given = Safetensors.read(file);
        String head = head(network) + ".";
        Parameters taken = ModelFile.weights(file, given, network,
                (p, t) -> p.name().startsWith(head) && othersOutputs(t, weights.get(p.name())));
        taken.map().forEach((name, t) -> weights.get(name).copyFrom(t));
        return new Initial(file, Safetensors.sha256(given.tensors()),
                weights.map().keySet().stream().filter(name -> !taken.map().containsKey(name)).toList());
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
