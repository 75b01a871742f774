package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Pass;
import cortado.op.Phase;
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
import java.util.Optional;
import java.util.Set;

/**
 * Compiles for LANES: the batch is walked in shards of 16 images. A worker takes a shard through all steps forward and, in training,
 * back again while its activations are in cache; so workers have activations of their own, and shards gradients of their own.
 */
final class Sharded implements Compiled.Compiler {
    private final List<Node> nodes;
    private final int batch;
    private final Layout layout;
    private final boolean training;
    private final Type type;
    private final int shards;
    private final int workers;
    private final List<Shape> shapes;
    private final Flow flow;
    private final Kernel[] kernels;
    private final Pass pass;
    private final Edges edges;
    private final Map<String, Integer> buffers = new HashMap<>();
    private final Memory memory;
    private Parameters parameters = Parameters.none();

    /** Plans; nothing is allocated yet. */
    Sharded(Graph graph, Type type, int batch, Backend backend, int workers, boolean training, Set<String> frozen) {
        this.nodes = graph.nodes();
        this.batch = batch;
        this.layout = backend.layout();
        this.training = training;
        this.type = type;
        this.shards = Math.ceilDiv(batch, Layout.WIDTH);
        this.workers = Math.min(workers, shards);
        this.shapes = graph.shapes(batch);
        List<Shape> shardShapes = graph.shapes(images(0));
        this.flow = new Flow(graph, shardShapes, layout, training, frozen);
        this.kernels = new Kernel[nodes.size()];
        for (int v = 0; v < nodes.size(); v++) {
            if (nodes.get(v).op().mixes()) {
                throw new ShapeException(
                        "layer " + nodes.get(v).name() + " mixes images, which a plan in lanes never has together; "
                                + "take the backend for channels");
            }
            if (flow.steps(v)) {
                kernels[v] = type == Type.F32 ? backend.kernel(nodes.get(v).op(), flow.inputs(v))
                        : Kernel.reference(nodes.get(v).op());
            }
        }
        this.pass = new Pass(training);
        this.edges = new Edges(nodes, shapes, flow, type, layout, layout, training);
        List<Memory.Lifetime> lifetimes = new ArrayList<>();
        for (Flow.Buffer b : flow.buffers(v -> layout.length(shardShapes.get(v)))) {
            buffers.put(b.name(), lifetimes.size());
            lifetimes.add(b.lifetime());
        }
        int scratch = Arrays.stream(kernels).filter(k -> k != null).mapToInt(Kernel::scratch).max().orElse(0);
        buffers.put("scratch", lifetimes.size());
        lifetimes.add(new Memory.Lifetime(Math.max(1, scratch), 0, flow.end()));
        this.memory = Memory.of(lifetimes);
    }

    @Override
    public Plan.Outline outline() {
        List<Plan.Line> lines = new ArrayList<>();
        long saved = 0;
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.steps(v)) {
                lines.add(Plan.Line.of(nodes.get(v), kernels[v], layout, shapes, v));
                saved += 4L * nodes.get(v).op().saved(flow.inputs(v)).stream().mapToLong(layout::length).sum();
            }
        }
        long gradients = training ? Gradients.length(flow.learned().values()) * (shards + 1) * type.bytes() : 0;
        return new Plan.Outline(lines, edges.bytes() + workers * (memory.total() * type.bytes() + saved) + gradients);
    }

    @Override
    public Compiled compile(Parameters weights) {
        parameters = weights;
        edges.allocate();
        Gradients gradients = Gradients.of(flow.learned(), type, training ? shards : 0);
        Step[][][] steps = bind(gradients);
        Phase forward = phase((worker, shard) -> walk(steps[worker][shard], false));
        List<Phase> both = training
                ? List.of(phase((worker, shard) -> walk(steps[worker][shard], true)), gradients.phase(this::running))
                : List.of();
        return new Compiled(batch, pass, stages(steps), List.of(), List.of(forward), both, edges.images(), edges.labels(),
                edges.scores(), edges.losses(), edges.dLoss(), gradients.byName());
    }

    private List<Compiled.Stage> stages(Step[][][] steps) {
        List<Compiled.Stage> stages = new ArrayList<>();
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.steps(v)) {
                int i = stages.size();
                stages.add(new Compiled.Stage(Plan.Line.of(nodes.get(v), kernels[v], layout, shapes, v),
                        List.of(phase((worker, shard) -> steps[worker][shard][i].forward())),
                        training ? List.of(phase((worker, shard) -> steps[worker][shard][i].backward())) : List.of()));
            }
        }
        return stages;
    }

    /** Shards with an image in this pass. */
    private int running() {
        return Math.ceilDiv(pass.n(), Layout.WIDTH);
    }

    private int images(int shard) {
        return Math.min(Layout.WIDTH, batch - shard * Layout.WIDTH);
    }

    private interface Part {
        void run(int worker, int shard);
    }

    private Phase phase(Part part) {
        return new Phase() {
            @Override
            public int parts() {
                return running();
            }

            @Override
            public void run(int shard, int worker) {
                part.run(worker, shard);
            }
        };
    }

    private static void walk(Step[] steps, boolean back) {
        for (int i = 0; i < steps.length; i++) {
            steps[i].forward();
        }
        for (int i = steps.length - 1; back && i >= 0; i--) {
            if (steps[i].learns()) {
                steps[i].backward();
            }
        }
    }

    /** By worker and shard, the steps in order. */
    private Step[][][] bind(Gradients gradients) {
        List<Parameters> partial = new ArrayList<>();
        for (int s = 0; s < (training ? shards : 0); s++) {
            partial.add(gradients.of(s));
        }
        boolean[][] accumulates = flow.accumulates();
        Step[][][] all = new Step[workers][shards][];
        for (int w = 0; w < workers; w++) {
            Tensor room = Memory.aligned(Shape.of(Math.toIntExact(Math.max(1, memory.total()))), type, Layout.ROWS);
            List<List<Tensor>> saved = new ArrayList<>();
            for (int v = 0; v < nodes.size(); v++) {
                saved.add(flow.steps(v) ? saved(v) : List.of());
            }
            for (int s = 0; s < shards; s++) {
                List<Step> steps = new ArrayList<>();
                for (int v = 0; v < nodes.size(); v++) {
                    if (flow.steps(v)) {
                        steps.add(step(v, s, room, saved.get(v), training ? Optional.of(partial.get(s)) : Optional.empty(),
                                accumulates[v]));
                    }
                }
                all[w][s] = steps.toArray(Step[]::new);
            }
        }
        return all;
    }

    private List<Tensor> saved(int v) {
        List<Tensor> saved = new ArrayList<>();
        for (Shape s : nodes.get(v).op().saved(flow.inputs(v))) {
            saved.add(Tensor.of(s, Type.I32, layout));
        }
        return saved;
    }

    private Step step(int v, int s, Tensor room, List<Tensor> saved, Optional<Parameters> partial, boolean[] accumulates) {
        Node n = nodes.get(v);
        List<Tensor> x = n.inputs().stream().map(i -> value("y", i, s, room)).toList();
        List<Op.Param> own = n.op().params(flow.inputs(v));
        List<Tensor> params = own.stream().map(p -> parameters.get(n.parameter(p.name()))).toList();
        Operands o = Operands.of(x, value("y", v, s, room), params, saved.stream().map(t -> t.slice(0, images(s))).toList()).in(
                pass, v,
                s * Layout.WIDTH);
        if (kernels[v].scratch() > 0) {
            o = o.withScratch(room.view(memory.offset(buffers.get("scratch")), Shape.of(kernels[v].scratch()), Layout.ROWS));
        }
        List<Tensor> clear = new ArrayList<>();
        if (!flow.learns(v)) {
            return new Step(kernels[v], o, clear);
        }
        List<Optional<Tensor>> dx = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            boolean wanted = flow.learns(n.inputs().get(i));
            dx.add(wanted ? Optional.of(value("dy", n.inputs().get(i), s, room)) : Optional.empty());
            if (wanted && !accumulates[i]) {
                clear.add(dx.getLast().get());
            }
        }
        List<Optional<Tensor>> dparams = new ArrayList<>();
        for (Op.Param p : own) {
            dparams.add(flow.learns(n, p) ? Optional.of(partial.orElseThrow().get(n.parameter(p.name()))) : Optional.empty());
            dparams.getLast().ifPresent(clear::add);
        }
        Tensor dy = v == nodes.size() - 1 ? slice(edges.dLoss().orElseThrow(), s) : value("dy", v, s, room);
        o = o.withGradients(dy, dx, Arrays.copyOf(accumulates, x.size()), dparams);
        return new Step(kernels[v], o, kernels[v].overwrites() ? List.of() : clear);
    }

    private Tensor slice(Tensor t, int s) {
        return t.slice(s * Layout.WIDTH, s * Layout.WIDTH + images(s));
    }

    /** A shard's view of a node's output ({@code y}) or gradient ({@code dy}). */
    private Tensor value(String kind, int v, int s, Tensor room) {
        int r = flow.root(v);
        Shape shape = shapes.get(v).withN(images(s));
        if (kind.equals("y") && edges.of(r).isPresent()) {
            return slice(edges.of(r).get(), s).reshape(shape);
        }
        return room.view(memory.offset(buffers.get(kind + r)), shape, layout);
    }
}
