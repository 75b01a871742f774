package cortado.io;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.op.Input;
import cortado.op.Loss;
import cortado.op.Op;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Networks as text that a person can read and write; model files hold the same.
 *
 * <pre>
 * {"name": "my-net", "input": [1, 28, 28], "layers": [
 *   {"op": "conv2d", "filters": 32, "kernel": 3, "padding": "same"},
 *   {"op": "relu"},
 *   {"op": "maxpool2d", "kernel": 2},
 *   {"op": "flatten"},
 *   {"op": "linear", "outputs": "classes"}
 * ]}
 * </pre>
 *
 * A layer reads the one before it unless {@code "from"} names others ({@code "from": ["conv2", "pool1"]} for an add; the
 * images are {@code x}). Windows are given as a number or [h, w]; padding also as [top, bottom, left, right] or "same".
 * A name that is left out becomes the kind's and a number: conv1, relu1. {@code input} may be left out, then the data
 * decides; {@code "classes"} stands for the data's number of classes.
 */
public final class NetworkJson {
    private static final String IMAGES = "x";

    private NetworkJson() {
    }

    /**
     * Reads a network and applies its shape rules.
     *
     * @param text    JSON
     * @param source  file name, for messages; without its ending the network's name if the text has none
     * @param image   C H W of the data, used where the text leaves its input out
     * @param classes number of classes of the data, which the network's scores must match; 0 if unknown
     * @return the network
     * @throws FormatException one line with source, layer, what was expected and received
     */
    public static Network read(String text, String source, Optional<Shape> image, int classes) {
        Fields top = new Fields(Json.parse(text, source), source, List.of("name", "input", "layers"));
        List<Json> layers = top.get("layers").orElse(new Json.Null()) instanceof Json.Arr list ? list.items() : List.of();
        if (layers.isEmpty()) {
            throw top.wrong("layers", "a list of layers");
        }
        Reader reader = new Reader(source, image, classes, layers);
        if (top.get("input").isPresent() || !reader.op(0).kind().equals("input")) {
            Shape example = top.shape("input").or(() -> image)
                    .orElseThrow(() -> top.wrong("input", "[channels, rows, columns], as no data set says them"));
            reader.add(IMAGES, new Input(example, Type.F32), List.of());
        }
        for (int i = 0; i < layers.size(); i++) {
            reader.layer(i);
        }
        return new Network(top.string("name").orElse(stem(source)), check(reader.nodes, source, classes));
    }

    /**
     * Reads a network from a file.
     *
     * @param file    UTF-8 text
     * @param image   C H W of the data, used where the text leaves its input out
     * @param classes number of classes of the data, which the network's scores must match; 0 if unknown
     * @return the network
     * @throws FormatException one line with file, layer, what was expected and received
     */
    public static Network read(Path file, Optional<Shape> image, int classes) {
        try {
            return read(Files.readString(file), file.toString(), image, classes);
        } catch (IOException e) {
            throw new FormatException("cannot read " + file + ": " + AtomicFile.reason(e), e);
        }
    }

    private static Graph check(List<Node> nodes, String source, int classes) {
        try {
            Graph graph = new Graph(nodes);
            graph.params();
            Shape scores = graph.outputExample();
            if (classes > 0 && !(nodes.getLast().op() instanceof Loss) && !scores.equals(Shape.of(classes))) {
                throw new FormatException(source + ": expected one score for each of the " + classes
                        + " classes at the end, received " + scores + "; end with {\"op\": \"linear\", \"outputs\": \"classes\"}");
            }
            return graph;
        } catch (ShapeException e) {
            throw new FormatException(source + ": " + e.getMessage(), e);
        }
    }

    private static String stem(String source) {
        String file = source.substring(Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\')) + 1);
        return file.lastIndexOf('.') > 0 ? file.substring(0, file.lastIndexOf('.')) : file;
    }

    /** Collects nodes while it walks the layers. */
    private static final class Reader {
        private final String source;
        private final Optional<Shape> image;
        private final int classes;
        private final List<Json> layers;
        private final Set<String> given = new HashSet<>();
        private final Map<String, Integer> counters = new HashMap<>();
        private final Map<String, Integer> indices = new HashMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final int lastLinear;

        Reader(String source, Optional<Shape> image, int classes, List<Json> layers) {
            this.source = source;
            this.image = image;
            this.classes = classes;
            this.layers = layers;
            int last = -1;
            for (int i = 0; i < layers.size(); i++) {
                text(layers.get(i), "name").ifPresent(given::add);
                last = text(layers.get(i), "op").equals(Optional.of("linear")) ? i : last;
            }
            this.lastLinear = last;
        }

        private static Optional<String> text(Json layer, String key) {
            return layer instanceof Json.Obj o && o.get(key).orElse(new Json.Null()) instanceof Json.Str s ? Optional.of(s.value())
                    : Optional.empty();
        }

        /** Which layer a message is about: {@code my-net.json: layer 3 (conv1)}. */
        private String where(int i) {
            return source + ": layer " + (i + 1) + text(layers.get(i), "name").or(() -> text(layers.get(i), "op"))
                    .map(n -> " (" + Fields.shown(n) + ")").orElse("");
        }

        OpJson<?> op(int i) {
            List<String> kinds = OpJson.TABLE.stream().map(OpJson::kind).toList();
            String kind = text(layers.get(i), "op").orElseThrow(() -> new FormatException(where(i)
                    + ": expected an object with \"op\": one of " + String.join(", ", kinds) + ", received "
                    + Fields.brief(layers.get(i))));
            return OpJson.named(kind).orElseThrow(() -> new FormatException(where(i) + ": unknown op "
                    + Fields.brief(new Json.Str(kind)) + Hint.near(kind, kinds) + " (known: " + String.join(", ", kinds) + ")"));
        }

        void layer(int i) {
            OpJson<?> entry = op(i);
            List<String> keys = new ArrayList<>(List.of("op", "name"));
            if (entry.inputs() > 0) {
                keys.add("from");
            }
            keys.addAll(entry.keys());
            Fields fields = new Fields(layers.get(i), where(i), keys);
            String name = fields.string("name").orElseGet(() -> unused(entry.stem()));
            if (indices.containsKey(name)) {
                throw new FormatException(where(i) + ": name: an earlier layer is called that, too; names must differ");
            }
            try {
                Op op = entry.read().apply(new OpJson.Layer(fields, image, classes, i == lastLinear));
                add(name, op, inputs(i, entry, fields));
            } catch (ShapeException e) {
                throw new FormatException(where(i) + ": " + e.getMessage(), e);
            }
        }

        void add(String name, Op op, List<Integer> inputs) {
            indices.put(name, nodes.size());
            nodes.add(new Node(name, op, inputs));
        }

        private String unused(String stem) {
            String name;
            do {
                name = stem + counters.merge(stem, 1, Integer::sum);
            } while (given.contains(name) || indices.containsKey(name));
            return name;
        }

        private List<Integer> inputs(int i, OpJson<?> entry, Fields fields) {
            if (entry.inputs() == 0) {
                return List.of();
            }
            Optional<List<String>> from = fields.strings("from");
            if (from.isEmpty() && entry.inputs() == 1 && !nodes.isEmpty()) {
                return List.of(nodes.size() - 1);
            }
            if (from.isEmpty() || from.get().isEmpty() || entry.inputs() != OpJson.MANY && from.get().size() != entry.inputs()) {
                throw fields.wrong("from", entry.inputs() == 1 ? "the name of an earlier layer"
                        : "the names of " + (entry.inputs() == OpJson.MANY ? "" : entry.inputs() + " ") + "earlier layers");
            }
            return from.get().stream().map(name -> Optional.ofNullable(indices.get(name)).orElseThrow(() -> new FormatException(
                    where(i) + ": from: no layer before this one is called " + Fields.brief(new Json.Str(name))
                            + Hint.near(name, indices.keySet()))))
                    .toList();
        }
    }

    /**
     * Writes a network so that {@link #read} gives the same one. Names are always written: weights are stored under them.
     *
     * @param name  of the network
     * @param graph ops that have a text form: all but fused steps and users' own
     * @return JSON, a layer a line
     * @throws FormatException for an op without a text form
     */
    public static String write(String name, Graph graph) {
        Json.Obj top = Json.object().with("name", name);
        int first = 0;
        if (graph.nodes().getFirst().name().equals(IMAGES) && graph.input().type() == Type.F32) {
            top = top.with("input", OpJson.dims(graph.input().example()));
            first = 1;
        }
        List<Json> layers = new ArrayList<>();
        for (int i = first; i < graph.nodes().size(); i++) {
            Node n = graph.nodes().get(i);
            Json.Obj layer = Json.object().with("op", n.op().kind()).with("name", n.name());
            if (!n.inputs().isEmpty() && !n.inputs().equals(List.of(i - 1))) {
                List<String> from = n.inputs().stream().map(in -> graph.nodes().get(in).name()).toList();
                layer = layer.with("from", from.size() == 1 ? from.getFirst() : from);
            }
            layers.add(OpJson.write(n.op(), layer));
        }
        String text = top.with("layers", layers).pretty();
        // Read back at once: better to fail here than to save a model that cannot be loaded.
        if (!read(text, name, Optional.empty(), 0).equals(new Network(name, graph))) {
            throw new FormatException(name + ": the network's text form does not give the same network again: " + top.text());
        }
        return text;
    }
}
