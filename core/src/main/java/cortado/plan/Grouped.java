package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Input;
import cortado.op.Pass;
import cortado.op.Phase;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compiles inference of many images as passes over a few at a time, through all steps, so that what one step writes is still in the last
 * cache when the next one reads it. For networks whose weights are small beside their activations: these are fetched once per group.
 */
final class Grouped implements Compiled.Compiler {
    /** Bytes that the largest step of a group may read and write, and the weights have: about half of a last cache. */
    private static final long CACHE = 18 << 20;

    private final Whole few;
    private final Type type;
    private final Layout layout;
    /** Of one image. */
    private final List<Shape> shapes;
    private final int batch;
    private final int each;
    private final int groups;

    Grouped(Graph graph, Type type, int batch, Backend backend, int workers) {
        this.batch = batch;
        this.type = type;
        this.layout = backend.layout();
        this.shapes = graph.shapes(1);
        this.groups = Math.ceilDiv(batch, together(graph, batch, layout));
        this.each = Math.ceilDiv(batch, groups);
        this.few = new Whole(graph, type, each, backend, workers, false, Set.of());
    }

    /** {@return how many images go together: all, unless weights are few and a step of all does not fit the cache} */
    static int together(Graph graph, int batch, Layout layout) {
        List<Shape> shapes = graph.shapes(1);
        long weights = 0;
        long most = 1;
        for (int v = 0; v < shapes.size(); v++) {
            Node node = graph.nodes().get(v);
            if (!(node.op() instanceof Input)) {
                Shape[] in = Graph.inputs(node, shapes);
                weights += node.op().params(in).stream().mapToLong(p -> 4L * p.shape().size()).sum();
                most = Math.max(most, 4L * (layout.length(shapes.get(v)) + Arrays.stream(in).mapToLong(layout::length).sum()));
            }
        }
        return weights > CACHE ? batch : Math.clamp(CACHE / most, 1, batch);
    }

    @Override
    public Plan.Outline outline() {
        Plan.Outline o = few.outline();
        Shape scores = shapes.getLast();
        long edges = (long) batch * type.bytes() * (Layout.ROWS.length(shapes.getFirst()) + layout.length(scores));
        return new Plan.Outline(o.lines().stream().map(this::whole).toList(), o.bytes() + edges);
    }

    /** A step's line, of all images; what does not depend on images is read once per group. */
    private Plan.Line whole(Plan.Line l) {
        return new Plan.Line(l.name(), l.op(), l.kernel(), l.layout(), l.output().withN(batch), l.flops() / each * batch, l.bytes() * groups);
    }

    @Override
    public Compiled compile(Parameters weights) {
        Compiled c = few.compile(weights);
        Pass pass = new Pass(false);
        Tensor images = Memory.aligned(c.images().shape().withN(batch), type, c.images().layout());
        Tensor scores = Memory.aligned(c.scores().shape().withN(batch), type, c.scores().layout());
        List<Phase> forward = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            forward.add(begin(g, pass, c));
            forward.add(copy(g, pass, images, c.images(), true));
            forward.addAll(group(g, pass, c.forward()));
            forward.add(copy(g, pass, scores, c.scores(), false));
        }
        List<Compiled.Stage> steps = c.steps().stream().map(s -> new Compiled.Stage(whole(s.line()), IntStream.range(0, groups)
                .mapToObj(g -> Stream.concat(Stream.of(begin(g, pass, c)), group(g, pass, s.forward()).stream()))
                .flatMap(all -> all).toList(), List.of())).toList();
        return new Compiled(batch, pass, steps, c.prepare(), forward, List.of(), images, Optional.empty(), scores, Optional.empty(),
                Optional.empty(), c.gradients());
    }

    /** Images of a group that are real. */
    private int count(int group, Pass pass) {
        return Math.clamp(pass.n() - group * each, 0, each);
    }

    private Phase begin(int group, Pass pass, Compiled c) {
        return Phase.of(() -> Math.min(1, count(group, pass)), (_, _) -> c.pass().begin(count(group, pass), pass.key()));
    }

    /** Copies a group's images, or its scores back. */
    private Phase copy(int group, Pass pass, Tensor all, Tensor some, boolean in) {
        Shape one = some.shape().withN(1);
        int length = some.layout().length(one);
        List<Tensor> from = IntStream.range(0, Math.min(each, batch - group * each))
                .mapToObj(i -> all.view((group * each + i) * length, one, some.layout())).toList();
        List<Tensor> to = IntStream.range(0, each).mapToObj(i -> some.view(i * length, one, some.layout())).toList();
        return Phase.of(() -> count(group, pass), (i, _) -> (in ? to : from).get(i).copyFrom((in ? from : to).get(i)));
    }

    /** The phases of a pass over a group; none where no image is real. */
    private List<Phase> group(int group, Pass pass, List<Phase> phases) {
        return phases.stream().map(p -> Phase.of(() -> count(group, pass) == 0 ? 0 : p.parts(), p::run)).toList();
    }
}
