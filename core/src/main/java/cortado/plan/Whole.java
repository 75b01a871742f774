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
import cortado.op.Wide;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Compiles for ROWS and CHANNELS: all threads take one step of the whole batch after the other, so an op may mix images. A
 * {@link Wide} kernel says itself how a step is shared; another is run image by image where its op allows that, else on one thread.
 */
final class Whole implements Compiled.Compiler {
    /** Parts that a step of few images is cut into, at most, and floats of an image from which that is worth it. */
    private static final int PARTS = 4;
    private static final int LEAST = 1 << 14;

    private final Backend backend;
    private final List<Node> nodes;
    private final int batch;
    private final Layout layout;
    private final boolean training;
    private final Type type;
    private final List<Shape> shapes;
    private final Flow flow;
    private final Kernel[] kernels;
    private final Pass pass;
    private final Edges edges;
    private final Map<String, Integer> buffers = new HashMap<>();
    private final Memory memory;
    private final int workers;
    private final int own;
    private final boolean[][] accumulates;
    private final List<Tensor> rooms = new ArrayList<>();
    private final Map<Integer, List<Tensor>> saved = new HashMap<>();
    private Parameters parameters = Parameters.none();
    private Parameters gradients = Parameters.none();
    private Tensor room = Tensor.f32(1);

    /** Plans; nothing is allocated yet. */
    Whole(Graph graph, Type type, int batch, Backend backend, int workers, boolean training, Set<String> frozen) {
        this.backend = backend;
        this.nodes = graph.nodes();
        this.batch = batch;
        this.layout = backend.layout();
        this.training = training;
        this.type = type;
        this.workers = workers;
        this.shapes = graph.shapes(batch);
        this.flow = new Flow(graph, shapes, layout, training, frozen);
        this.accumulates = flow.accumulates();
        this.kernels = new Kernel[nodes.size()];
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.steps(v)) {
                kernels[v] = type == Type.F32 ? backend.kernel(nodes.get(v).op(), flow.inputs(v))
                        : Kernel.reference(nodes.get(v).op());
            }
        }
        this.pass = new Pass(training);
        this.edges = new Edges(nodes, shapes, flow, type, Layout.ROWS, layout, training);
        this.memory = Memory.of(lifetimes());
        this.own = Arrays.stream(kernels).mapToInt(k -> k instanceof Wide w ? w.room() : k == null ? 0 : k.scratch()).max()
                .orElse(0);
    }

    private List<Memory.Lifetime> lifetimes() {
        List<Memory.Lifetime> all = new ArrayList<>();
        for (Flow.Buffer b : flow.buffers(v -> layout.length(shapes.get(v)))) {
            buffers.put(b.name(), all.size());
            all.add(b.lifetime());
        }
        for (int v = 0; v < nodes.size(); v++) {
            if (kernels[v] instanceof Wide w) {
                buffers.put("forward" + v, all.size());
                all.add(new Memory.Lifetime(w.scratch(), v, v));
                buffers.put("backward" + v, all.size());
                all.add(new Memory.Lifetime(flow.learns(v) ? w.scratch() : 0, flow.end() - v, flow.end() - v));
                buffers.put("prepared" + v, all.size());
                all.add(new Memory.Lifetime(training ? w.prepared() : 0, v, v));
            }
        }
        return all;
    }

    @Override
    public Plan.Outline outline() {
        List<Plan.Line> lines = new ArrayList<>();
        long bytes = edges.bytes() + (memory.total() + (long) workers * Math.max(1, own)) * type.bytes();
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.steps(v)) {
                lines.add(Plan.Line.of(nodes.get(v), kernels[v], layout, shapes, v));
                bytes += 4L * nodes.get(v).op().saved(flow.inputs(v)).stream().mapToLong(layout::length).sum();
                bytes += !training && kernels[v] instanceof Wide w ? 4L * w.prepared() : 0;
            }
        }
        return new Plan.Outline(lines, bytes + (training ? Gradients.length(flow.learned().values()) * type.bytes() : 0));
    }

    private Tensor allocate(long length) {
        return Memory.aligned(Shape.of(Math.toIntExact(Math.max(1, length))), type, Layout.ROWS);
    }

    @Override
    public Compiled compile(Parameters weights) {
        parameters = weights;
        edges.allocate();
        room = allocate(memory.total());
        for (int w = 0; w < workers; w++) {
            rooms.add(allocate(own));
        }
        if (training) {
            gradients = Gradients.of(flow.learned(), type, 0).byName();
        }
        List<Phase> prepare = new ArrayList<>();
        List<Phase> forward = new ArrayList<>();
        List<Compiled.Stage> steps = new ArrayList<>();
        for (int v = 0; v < nodes.size(); v++) {
            if (flow.steps(v)) {
                steps.add(stage(v, prepare));
                forward.addAll(steps.getLast().forward());
            }
        }
        List<Phase> both = new ArrayList<>(forward);
        steps.reversed().forEach(step -> both.addAll(step.backward()));
        return new Compiled(batch, pass, steps, prepare, forward, training ? both : List.of(), edges.images(), edges.labels(),
                edges.scores(), edges.losses(), edges.dLoss(), gradients);
    }

    private Compiled.Stage stage(int v, List<Phase> prepare) {
        Plan.Line line = Plan.Line.of(nodes.get(v), kernels[v], layout, shapes, v);
        if (!(kernels[v] instanceof Wide w)) {
            return new Compiled.Stage(line, List.of(phase(v, false)), flow.learns(v) ? List.of(phase(v, true)) : List.of());
        }
        Operands o = wide(v, w);
        List<Phase> forward = new ArrayList<>();
        (training ? forward : prepare).addAll(w.prepare(o, rooms));
        forward.addAll(w.forward(scratch(o, "forward" + v, w.scratch()), rooms));
        return new Compiled.Stage(line, forward,
                flow.learns(v) ? w.backward(scratch(o, "backward" + v, w.scratch()), rooms) : List.of());
    }

    private Operands wide(int v, Wide w) {
        Operands o = operands(v, 0, batch, new ArrayList<>());
        Tensor prepared = training
                ? room.view(memory.offset(buffers.get("prepared" + v)), Shape.of(Math.max(1, w.prepared())), Layout.ROWS)
                : allocate(w.prepared());
        return o.withPrepared(prepared);
    }

    private Operands scratch(Operands o, String buffer, int length) {
        return length == 0 ? o : o.withScratch(room.view(memory.offset(buffers.get(buffer)), Shape.of(length), Layout.ROWS));
    }

    /** The phase of a kernel that knows nothing of threads. */
    private Phase phase(int v, boolean back) {
        Op op = nodes.get(v).op();
        boolean imageByImage = layout == Layout.CHANNELS && !op.mixes() && op.params(flow.inputs(v)).isEmpty();
        return imageByImage ? images(v, back) : batch(v, back);
    }

    private Phase images(int v, boolean back) {
        int cuts = cuts(v);
        Step[][] steps = new Step[kernels[v].scratch() > 0 ? rooms.size() : 1][batch * cuts];
        for (int w = 0; w < steps.length; w++) {
            for (int i = 0; i < steps[w].length; i++) {
                steps[w][i] = cuts == 1 ? step(v, i, 1, w) : cut(v, i / cuts, i % cuts, cuts);
            }
        }
        return new Phase() {
            @Override
            public int parts() {
                return pass.n() * cuts;
            }

            @Override
            public void run(int image, int worker) {
                Step s = steps[steps.length == 1 ? 0 : worker][image];
                if (back) {
                    s.backward();
                } else {
                    s.forward();
                }
            }
        };
    }

    /** How many parts an image's channels are cut into, so that threads share it: a divisor of its blocks. For inference of few images. */
    private int cuts(int v) {
        boolean rows = nodes.get(v).inputs().stream().anyMatch(i -> value("y", i, 0, 1).layout() != Layout.CHANNELS);
        if (training || rows || batch >= PARTS || !kernels[v].apart() || kernels[v].scratch() > 0
                || layout.length(flow.inputs(v)[0].withN(1)) < LEAST) {
            return 1;
        }
        int blocks = Math.ceilDiv(shapes.get(v).dim(1), Layout.WIDTH);
        return IntStream.rangeClosed(1, PARTS).filter(i -> blocks % i == 0).max().orElseThrow();
    }

    private Step cut(int v, int image, int part, int cuts) {
        Operands o = operands(v, image, 1, new ArrayList<>());
        List<Tensor> x = IntStream.range(0, o.inputs()).mapToObj(i -> cut(o.x(i), part, cuts)).toList();
        Shape[] in = x.stream().map(Tensor::shape).toArray(Shape[]::new);
        return new Step(backend.kernel(nodes.get(v).op(), in),
                Operands.of(x, cut(o.y(), part, cuts), List.of(), List.of()).in(pass, v,
                        image),
                List.of());
    }

    private static Tensor cut(Tensor t, int part, int cuts) {
        int[] dims = t.shape().dims();
        dims[1] = Math.ceilDiv(dims[1], Layout.WIDTH) / cuts * Layout.WIDTH;
        return t.view(part * (t.length() / cuts), Shape.of(dims), t.layout());
    }

    /** One part; the tensors are bound anew when the number of images changes. */
    private Phase batch(int v, boolean back) {
        Step[] byImages = new Step[batch + 1];
        byImages[batch] = step(v, 0, batch, 0);
        return new Phase() {
            @Override
            public int parts() {
                return 1;
            }

            @Override
            public void run(int part, int worker) {
                int n = pass.n();
                if (byImages[n] == null) {
                    byImages[n] = step(v, 0, n, 0);
                }
                if (back) {
                    byImages[n].backward();
                } else {
                    byImages[n].forward();
                }
            }
        };
    }

    private Step step(int v, int from, int n, int worker) {
        List<Tensor> clear = new ArrayList<>();
        Operands o = operands(v, from, n, clear);
        int scratch = kernels[v].scratch();
        o = scratch == 0 ? o : o.withScratch(rooms.get(worker).view(0, Shape.of(scratch), Layout.ROWS));
        return new Step(kernels[v], o, kernels[v].overwrites() ? List.of() : clear);
    }

    /**
     * The tensors of node v for some images.
     *
     * @param clear collects the gradients of inputs that nothing has been written to yet
     */
    private Operands operands(int v, int from, int n, List<Tensor> clear) {
        Node node = nodes.get(v);
        List<Tensor> x = node.inputs().stream().map(i -> value("y", i, from, n)).toList();
        List<Op.Param> own = node.op().params(flow.inputs(v));
        List<Tensor> params = own.stream().map(p -> parameters.get(node.parameter(p.name()))).toList();
        List<Tensor> left = saved.computeIfAbsent(v,
                _ -> node.op().saved(flow.inputs(v)).stream().map(s -> Tensor.of(s, Type.I32, layout)).toList());
        Operands o = Operands.of(x, value("y", v, from, n), params, left.stream().map(t -> t.slice(from, from + n)).toList()).in(
                pass, v,
                from);
        if (!flow.learns(v)) {
            return o;
        }
        List<Optional<Tensor>> dx = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            boolean wanted = flow.learns(node.inputs().get(i));
            dx.add(wanted ? Optional.of(value("dy", node.inputs().get(i), from, n)) : Optional.empty());
            if (wanted && !accumulates[v][i]) {
                clear.add(dx.getLast().get());
            }
        }
        List<Optional<Tensor>> dparams = own.stream()
                .map(p -> flow.learns(node, p) ? Optional.of(gradients.get(node.parameter(p.name()))) : Optional.<Tensor>empty())
                .toList();
        Tensor dy = v == nodes.size() - 1 ? edges.dLoss().orElseThrow().slice(from, from + n) : value("dy", v, from, n);
        return o.withGradients(dy, dx, Arrays.copyOf(accumulates[v], x.size()), dparams);
    }

    /** Some images' view of a node's output ({@code y}) or gradient ({@code dy}). */
    private Tensor value(String kind, int v, int from, int n) {
        int r = flow.root(v);
        Tensor whole = kind.equals("y") && edges.of(r).isPresent() ? edges.of(r).get()
                : room.view(memory.offset(buffers.get(kind + r)), shapes.get(r), layout);
        return whole.slice(from, from + n).reshape(shapes.get(v).withN(n));
    }
}
