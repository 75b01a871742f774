package cortado.io;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.op.Op;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * A model as one safetensors file: the weights with PyTorch's names and layouts, and in the metadata
 *
 * <pre>
 * format           cortado 1
 * network          the graph, as {@link NetworkJson} writes it
 * classes          JSON list of class names in the order of the scores; empty if unknown
 * normalization    {"mean": […], "std": […]}, one number per channel
 * provenance.KEY   where the model comes from, one entry per key
 * </pre>
 */
public final class ModelFile {
    private static final String FORMAT = "cortado 1";
    private static final String PROVENANCE = "provenance.";
    /** How many batches a batch norm of PyTorch has seen, which matters only to its momentum of "none". */
    private static final String COUNTER = ".num_batches_tracked";

    private ModelFile() {
    }

    /**
     * Writes a model, whole or not at all; the same model gives the same bytes.
     *
     * @param file  replaced if it exists
     * @param model with F32 weights
     * @throws java.io.UncheckedIOException if writing fails: one line with file and reason
     * @throws FormatException              for an op without a text form
     */
    public static void write(Path file, Model model) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", FORMAT);
        metadata.put("network", NetworkJson.write(model.name(), model.graph()));
        metadata.put("classes", Json.of(model.classes()).text());
        metadata.put("normalization", Json.object().with("mean", model.normalization().mean())
                .with("std", model.normalization().std()).text());
        model.provenance().forEach((key, value) -> metadata.put(PROVENANCE + key, value));
        Safetensors.write(file, model.parameters().map(), metadata);
    }

    /**
     * Reads a model and checks that its parts belong together.
     *
     * @param file written by {@link #write}
     * @return the model, its parameters in the order that the graph declares them
     * @throws FormatException one line with the file and what is wrong in it
     */
    public static Model read(Path file) {
        Safetensors st = Safetensors.read(file);
        String format = entry(file, st, "format");
        refuseCheckpoint(file, st);
        if (!format.equals(FORMAT)) {
            throw new FormatException(file + ": metadata: format: expected " + FORMAT + ", received "
                    + Fields.brief(new Json.Str(format))
                    + (format.startsWith("cortado ") ? "; a newer Cortado wrote it" : "; this is no Cortado model"));
        }
        Network network = NetworkJson.read(entry(file, st, "network"), file + ": network", Optional.empty(), 0);
        Graph graph = network.graph();
        try {
            return new Model(network.name(), graph, match(file, st, graph), classes(file, st, graph),
                    normalization(file, st, graph), provenance(st));
        } catch (ShapeException e) {
            throw new FormatException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads weights for a given network; metadata is ignored, so any safetensors file with the right names will do. F64 and
     * half floats are converted, and sizes of 1 at the end of a shape may be missing or too many: a linear layer's {@code K C} fits a
     * 1×1 convolution's {@code K C 1 1}. PyTorch's counters {@code num_batches_tracked} are passed over.
     *
     * @param file  a safetensors file
     * @param graph the network
     * @return F32 parameters in the order that the graph declares them
     * @throws FormatException naming the first tensor that is missing, of another shape or type, or unknown to the network
     */
    public static Parameters weights(Path file, Graph graph) {
        return match(file, Safetensors.read(file), graph);
    }

    private static void refuseCheckpoint(Path file, Safetensors st) {
        if (st.metadata().getOrDefault("format", "").startsWith("cortado checkpoint ")) {
            throw new FormatException(file + ": this is a checkpoint, all that a training goes on with, and no model; give the"
                    + " best.safetensors or last.safetensors of its run");
        }
    }

    private static Parameters match(Path file, Safetensors st, Graph graph) {
        return weights(file, st, graph, (p, t) -> false);
    }

    /**
     * Picks a given network's weights, as {@link #weights(Path, Graph)} does.
     *
     * @param file  where they come from, for messages
     * @param st    what stands there
     * @param graph the network
     * @param pass  told a parameter and the tensor of its name, answers whether to leave it out
     * @return F32 parameters in the order that the graph declares them, without those left out
     * @throws FormatException naming the first tensor that is missing, of another shape or type, or unknown to the network
     */
    public static Parameters weights(Path file, Safetensors st, Graph graph, BiPredicate<Op.Param, Tensor> pass) {
        refuseCheckpoint(file, st);
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        Set<String> unknown = new HashSet<>(st.tensors().keySet());
        graph.params().forEach(p -> unknown.remove(p.name()));
        for (Op.Param p : graph.params()) {
            Tensor t = st.tensors().get(p.name());
            if (t == null) {
                throw new FormatException(file + ": tensor " + p.name() + " (" + p.shape() + ") is missing"
                        + Hint.near(p.name(), unknown));
            }
            if (pass.test(p, t)) {
                continue;
            }
            if (!stem(t.shape()).equals(stem(p.shape()))) {
                throw new FormatException(file + ": tensor " + p.name() + ": expected " + p.shape() + ", received " + t.shape());
            }
            if (t.type() == Type.I32) {
                throw new FormatException(file + ": tensor " + p.name() + ": expected floating-point numbers, received integers");
            }
            weights.put(p.name(), (t.type() == Type.F32 ? t : t.to(Type.F32)).reshape(p.shape()));
        }
        for (String name : st.tensors().keySet()) {
            if (unknown.contains(name) && !name.endsWith(COUNTER)) {
                throw new FormatException(file + ": tensor " + Fields.shown(name) + " belongs to no layer of the network"
                        + Hint.near(name, weights.keySet()));
            }
        }
        return Parameters.of(weights);
    }

    /** The sizes without those of 1 at the end. */
    private static List<Integer> stem(Shape shape) {
        int rank = shape.rank();
        while (rank > 0 && shape.dim(rank - 1) == 1) {
            rank--;
        }
        return Arrays.stream(shape.dims()).limit(rank).boxed().toList();
    }

    private static String entry(Path file, Safetensors st, String key) {
        return Optional.ofNullable(st.metadata().get(key)).orElseThrow(() -> new FormatException(file
                + ": this is a safetensors file, but not a Cortado model: its metadata lacks " + key
                + "; weights from elsewhere need a network to go with them (--model NETWORK --weights " + Hint.quoted(file) + ")"));
    }

    private static List<String> classes(Path file, Safetensors st, Graph graph) {
        String where = file + ": metadata: classes";
        Json.Obj json = Json.object().with("classes", Json.parse(entry(file, st, "classes"), where));
        Fields fields = new Fields(json, file + ": metadata", List.of("classes"));
        List<String> classes = fields.strings("classes").orElseThrow();
        Shape scores = graph.outputExample();
        if (!classes.isEmpty() && classes.size() != scores.size()) {
            throw new FormatException(where + ": expected " + scores.size() + " names, one per score, received " + classes.size());
        }
        return classes;
    }

    private static Normalization normalization(Path file, Safetensors st, Graph graph) {
        String where = file + ": metadata: normalization";
        Fields fields = new Fields(Json.parse(entry(file, st, "normalization"), where), where, List.of("mean", "std"));
        Normalization normalization = new Normalization(fields.doubles("mean"), fields.doubles("std"));
        Shape example = graph.input().example();
        if (example.rank() == 3 && normalization.mean().size() != example.dim(0)) {
            throw new FormatException(where + ": expected " + example.dim(0) + " numbers, one per channel of the input " + example
                    + ", received " + normalization.mean().size());
        }
        return normalization;
    }

    private static Map<String, String> provenance(Safetensors st) {
        Map<String, String> all = new TreeMap<>();
        st.metadata().forEach((key, value) -> {
            if (key.startsWith(PROVENANCE)) {
                all.put(key.substring(PROVENANCE.length()), value);
            }
        });
        return all;
    }
}
