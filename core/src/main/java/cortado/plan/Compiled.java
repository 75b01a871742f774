package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What compiling a graph yields: five functions in a row, shapes → fuse → lifetimes → memory → kernels.
 *
 * @param batch     N
 * @param steps     in forward order
 * @param images    the first input
 * @param labels    the second input, in training
 * @param scores    the network's output
 * @param losses    one per image, in training
 * @param dLoss     their gradients, in training
 * @param gradients of the parameters; empty for inference
 * @param bytes     allocated in all
 */
record Compiled(int batch, List<Step> steps, Tensor images, Optional<Tensor> labels, Tensor scores, Optional<Tensor> losses,
        Optional<Tensor> dLoss, Gradients gradients, long bytes) {

    static Compiled of(Graph graph, Parameters parameters, int batch, Backend backend, int workers, boolean training) {
        if (batch < 1) {
            throw new ShapeException("batch size: expected at least 1, received " + batch);
        }
        parameters.expect(graph);
        return new Compiler(Fusion.fuse(graph), parameters, batch, backend, workers, training).compile();
    }

    /** The state of one compilation. */
    private static final class Compiler {
        private final List<Node> nodes;
        private final Parameters parameters;
        private final int batch;
        private final Backend backend;
        private final int workers;
        private final boolean training;
        private final Type type;
        /** Images in the largest shard, and the number of shards. */
        private final int width;
        private final int shards;
        private final List<Shape> shapes;
        private final List<Shape> shardShapes;
        /** Per node: the node whose memory holds its output (another only for a view), and whether a gradient flows into it. */
        private final int[] root;
        private final boolean[] learns;
        private final Kernel[] kernels;
        private final List<Memory.Lifetime> lifetimes = new ArrayList<>();
        private final Map<String, Integer> buffers = new HashMap<>();
        private final Map<Integer, Tensor> edges = new HashMap<>();
        private long bytes;

        Compiler(Graph graph, Parameters parameters, int batch, Backend backend, int workers, boolean training) {
            this.nodes = graph.nodes();
            this.parameters = parameters;
            this.batch = batch;
            this.backend = backend;
            this.training = training;
            this.type = parameters.map().isEmpty() ? Type.F32 : parameters.map().firstEntry().getValue().type();
            this.width = Math.min(batch, Layout.WIDTH);
            this.shards = (batch + Layout.WIDTH - 1) / Layout.WIDTH;
            this.workers = Math.min(workers, shards);
            this.shapes = graph.shapes(batch);
            this.shardShapes = graph.shapes(width);
            this.root = new int[nodes.size()];
            this.learns = new boolean[nodes.size()];
            this.kernels = new Kernel[nodes.size()];
        }

        Compiled compile() {
            roots();
            for (int v = 0; v < nodes.size(); v++) {
                if (steps(v)) {
                    kernels[v] = type == Type.F32 ? backend.kernel(nodes.get(v).op(), inputs(v))
                            : Kernel.reference(nodes.get(v).op());
                }
            }
            lifetimes();
            Memory memory = Memory.of(lifetimes);
            Gradients gradients = training ? Gradients.of(parameters, type, shards)
                    : Gradients.of(Parameters.of(new java.util.LinkedHashMap<>()), type, 0);
            edges();
            Optional<Tensor> dLoss = training ? Optional.of(allocate(shapes.getLast(), type)) : Optional.empty();
            List<Step> steps = bind(memory, gradients, dLoss);
            int last = nodes.size() - 1;
            Tensor scores = edges.get(training ? root[nodes.get(last).inputs().getFirst()] : root[last]);
            scores = scores.reshape(training ? shapes.get(nodes.get(last).inputs().getFirst()) : shapes.get(last));
            return new Compiled(batch, steps, edges.get(0), training ? Optional.of(edges.get(last - 1)) : Optional.empty(), scores,
                    training ? Optional.of(edges.get(last)) : Optional.empty(), dLoss, gradients, bytes + gradients.bytes());
        }

        /** Views share their input's memory; a gradient flows to every node that has a parameter at or before it. */
        private void roots() {
            for (int v = 0; v < nodes.size(); v++) {
                Node n = nodes.get(v);
                root[v] = n.op() instanceof Flatten ? root[n.inputs().getFirst()] : v;
                learns[v] = training && !(n.op() instanceof Input)
                        && (!n.op().params(inputs(v)).isEmpty() || n.inputs().stream().anyMatch(i -> learns[i]));
                if (v < nodes.size() - 1 && !(n.op() instanceof Input) && readers(v).isEmpty()) {
                    throw new ShapeException("layer " + n.name() + " is read by no other, yet is not the last");
                }
            }
        }

        private boolean steps(int v) {
            return root[v] == v && !(nodes.get(v).op() instanceof Input);
        }

        private Shape[] inputs(int v) {
            return nodes.get(v).inputs().stream().map(shardShapes::get).toArray(Shape[]::new);
        }

        private List<Integer> readers(int v) {
            List<Integer> r = new ArrayList<>();
            for (int j = v + 1; j < nodes.size(); j++) {
                if (nodes.get(j).inputs().contains(v)) {
                    r.add(j);
                }
            }
            return r;
        }

        /** Whether a node's output is seen from outside, or its memory belongs to a caller: it lives for the whole batch. */
        private boolean edge(int v) {
            int last = nodes.size() - 1;
            return nodes.get(v).op() instanceof Input || v == root[last]
                    || training && v == root[nodes.get(last).inputs().getFirst()];
        }

        /**
         * When each buffer of a worker is first written and last read. Step v runs forward at time v and backward at time 2T−1−v.
         */
        private void lifetimes() {
            int end = 2 * nodes.size() - 1;
            for (int v = 0; v < nodes.size(); v++) {
                if (root[v] != v) {
                    continue;
                }
                int lastReader = lastReader(v);
                if (!edge(v)) {
                    buffer("y" + v, backendLayout().length(shardShapes.get(v)), v, training ? end - v : lastReader);
                }
                if (learns[v] && v < nodes.size() - 1) {
                    buffer("dy" + v, backendLayout().length(shardShapes.get(v)), end - lastReader, end - v);
                }
            }
            int scratch = Arrays.stream(kernels).filter(Objects::nonNull).mapToInt(Kernel::scratch).max().orElse(0);
            buffer("scratch", Math.max(1, scratch), 0, end);
        }

        private int lastReader(int v) {
            int last = v;
            for (int j = v + 1; j < nodes.size(); j++) {
                if (steps(j) && nodes.get(j).inputs().stream().anyMatch(i -> root[i] == v)) {
                    last = j;
                }
            }
            return last;
        }

        private void buffer(String name, long length, int from, int to) {
            buffers.put(name, lifetimes.size());
            lifetimes.add(new Memory.Lifetime(length, from, to));
        }

        private Layout backendLayout() {
            return backend.layout();
        }

        private Tensor allocate(Shape shape, Type t) {
            Tensor x = Memory.aligned(shape, t, backendLayout());
            bytes += (long) x.length() * t.bytes();
            return x;
        }

        private void edges() {
            for (int v = 0; v < nodes.size(); v++) {
                if (root[v] == v && edge(v)) {
                    boolean labels = nodes.get(v).op() instanceof Input in && in.type() == Type.I32;
                    edges.put(v, allocate(shapes.get(v), labels ? Type.I32 : type));
                }
            }
        }

        private int images(int shard) {
            return Math.min(Layout.WIDTH, batch - shard * Layout.WIDTH);
        }

        private List<Step> bind(Memory memory, Gradients gradients, Optional<Tensor> dLoss) {
            Tensor[] room = new Tensor[workers];
            for (int w = 0; w < workers; w++) {
                room[w] = Memory.aligned(Shape.of(Math.toIntExact(Math.max(1, memory.total()))), type, Layout.ROWS);
                bytes += (long) room[w].length() * type.bytes();
            }
            List<Parameters> partial = new ArrayList<>();
            for (int s = 0; s < (training ? shards : 0); s++) {
                partial.add(gradients.of(s));
            }
            boolean[][] accumulates = accumulates();
            List<Step> steps = new ArrayList<>();
            for (int v = 0; v < nodes.size(); v++) {
                if (!steps(v)) {
                    continue;
                }
                Operands[][] operands = new Operands[workers][shards];
                List<List<List<Tensor>>> zeros = new ArrayList<>();
                for (int w = 0; w < workers; w++) {
                    List<Tensor> saved = saved(v);
                    zeros.add(new ArrayList<>());
                    for (int s = 0; s < shards; s++) {
                        List<Tensor> clear = new ArrayList<>();
                        operands[w][s] = operands(v, s, room[w], saved, memory, partial, accumulates[v], dLoss, clear);
                        zeros.get(w).add(kernels[v].overwrites() ? List.of() : clear);
                    }
                }
                steps.add(new Step(nodes.get(v), kernels[v], shapes.get(v), flops(v), operands, zeros));
            }
            return steps;
        }

        private long flops(int v) {
            return nodes.get(v).op().flops(nodes.get(v).inputs().stream().map(shapes::get).toArray(Shape[]::new));
        }

        /** Per node and input, whether a reader that runs earlier in the backward pass has already written the gradient. */
        private boolean[][] accumulates() {
            boolean[][] accumulates = new boolean[nodes.size()][];
            boolean[] written = new boolean[nodes.size()];
            for (int v = nodes.size() - 1; v >= 0; v--) {
                List<Integer> in = nodes.get(v).inputs();
                accumulates[v] = new boolean[in.size()];
                for (int i = 0; i < in.size() && steps(v); i++) {
                    accumulates[v][i] = written[root[in.get(i)]];
                    written[root[in.get(i)]] = true;
                }
            }
            return accumulates;
        }

        private List<Tensor> saved(int v) {
            List<Tensor> saved = new ArrayList<>();
            for (Shape s : nodes.get(v).op().saved(inputs(v))) {
                saved.add(allocate(s, Type.I32));
            }
            return saved;
        }

        private Operands operands(int v, int s, Tensor room, List<Tensor> saved, Memory memory, List<Parameters> partial,
                boolean[] accumulates, Optional<Tensor> dLoss, List<Tensor> clear) {
            Node n = nodes.get(v);
            List<Tensor> x = n.inputs().stream().map(i -> value("y", i, s, room, memory)).toList();
            List<Op.Param> declared = n.op().params(inputs(v));
            List<Tensor> params = declared.stream().map(p -> parameters.get(n.name() + "." + p.name())).toList();
            Operands o = Operands.of(x, value("y", v, s, room, memory), params,
                    saved.stream().map(t -> t.slice(0, images(s))).toList());
            if (kernels[v].scratch() > 0) {
                o = o.withScratch(room.view(memory.offset(buffers.get("scratch")), Shape.of(kernels[v].scratch()), Layout.ROWS));
            }
            if (!learns[v]) {
                return o;
            }
            List<Optional<Tensor>> dx = new ArrayList<>();
            for (int i = 0; i < x.size(); i++) {
                boolean wanted = learns[n.inputs().get(i)];
                dx.add(wanted ? Optional.of(value("dy", n.inputs().get(i), s, room, memory)) : Optional.empty());
                if (wanted && !accumulates[i]) {
                    clear.add(dx.getLast().get());
                }
            }
            List<Optional<Tensor>> dparams = new ArrayList<>();
            for (Op.Param p : declared) {
                dparams.add(Optional.of(partial.get(s).get(n.name() + "." + p.name())));
                clear.add(dparams.getLast().get());
            }
            boolean last = v == nodes.size() - 1;
            Tensor dy = last ? slice(dLoss.orElseThrow(), s) : value("dy", v, s, room, memory);
            return o.withGradients(dy, dx, Arrays.copyOf(accumulates, x.size()), dparams);
        }

        private Tensor slice(Tensor t, int s) {
            return t.slice(s * Layout.WIDTH, s * Layout.WIDTH + images(s));
        }

        /** A shard's view of a node's output ({@code y}) or gradient ({@code dy}). */
        private Tensor value(String kind, int v, int s, Tensor room, Memory memory) {
            int r = root[v];
            Shape shape = shapes.get(v).withN(images(s));
            if (kind.equals("y") && edges.containsKey(r)) {
                return slice(edges.get(r), s).reshape(shape);
            }
            return room.view(memory.offset(buffers.get(kind + r)), shape, backendLayout());
        }
    }
}
