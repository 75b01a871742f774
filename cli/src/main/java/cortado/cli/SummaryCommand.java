package cortado.cli;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Op;
import cortado.plan.Plan;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.train.Footprint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a network is made of and what it costs. */
@Command(name = "summary", description = "Show a network's layers, shapes, parameters, FLOPs and memory.",
        footer = {
            "  cortado summary lenet5",
            "  cortado summary my-net.json --input 3x32x32 --classes 100",
            "  cortado summary resnet20 --plan -b 128",
            "  cortado summary runs/mnist-lenet5-1 --batch 256"})
final class SummaryCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Option(names = {"-b", "--batch", "--batch-size"}, paramLabel = "N", defaultValue = "64",
            description = "Images in a batch, for the memory (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--plan", description = "Show the steps of a training plan instead, each timed on a batch of noise.")
    private boolean plan;

    @Mixin
    private final ThreadOptions cores = new ThreadOptions();

    SummaryCommand(Common common) {
        this.common = common;
    }

    /** A layer as the table shows it. Shapes and FLOPs are for one image. */
    private record Layer(String name, String op, Shape output, long parameters, long flops, String kernel) {
        Json.Obj json() {
            return Json.object().with("name", name).with("op", op).with("output", Arrays.stream(output.dims()).boxed().toList())
                    .with("parameters", parameters).with("flops", flops).with("kernel", kernel);
        }
    }

    @Override
    public Integer call() {
        Output o = common.output();
        int threads = cores.count();
        Source source = model.source(o);
        Graph graph = source.graph();
        if (plan) {
            return plan(o, source, graph, threads);
        }
        Plan.Outline training = Plan.outline(graph.withLoss(), batch, Backend.vector(), threads, true);
        Plan.Outline inference = Plan.outline(graph, batch, Backend.vector(), threads, false);
        Footprint process = Footprint.outline(graph, batch, threads);
        List<Layer> layers = layers(graph, training.lines());
        o.tell(Json.object().with("model", source.name()).with("parameters", graph.learned()).with("flops", graph.flops(1))
                .with("layers", layers.stream().map(Layer::json).toList())
                .with("memory", Json.object().with("batch", batch).with("threads", threads).with("training_bytes", training.bytes())
                        .with("inference_bytes", inference.bytes()).with("weights_bytes", 4 * graph.learned())
                        .with("process", process.json())));
        if (!o.json()) {
            print(o, source, layers, graph.learned());
            String form = "memory for batches of %d on %d thread%s: %s to train, %s to predict, and %s of weights";
            o.say(String.format(Locale.ROOT, form, batch, threads, threads == 1 ? "" : "s",
                    Texts.bytes(training.bytes()), Texts.bytes(inference.bytes()), Texts.bytes(4 * graph.learned())));
            o.say("the whole process of a training: " + Texts.memory(process) + "; and what the data set keeps, "
                    + Texts.bytes(graph.input().example().size()) + " an image");
        }
        return Exit.OK;
    }

    /** Runs a few steps on noise and shows what each step of the plan is, and its share of the time. */
    private int plan(Output o, Source source, Graph graph, int threads) {
        try (Plan p = Plan.training(graph, source.parameters(0), batch, Backend.vector(), threads)) {
            Rng rng = new Rng(1);
            for (int i = 0; i < p.images().size(); i++) {
                p.images().set(i, rng.normal(i));
            }
            double[] seconds = fastest(p);
            double all = Arrays.stream(seconds).sum();
            Table table = new Table("step", "op", "kernel", "layout", ">FLOPs", ">bytes", ">ms", ">share");
            for (int i = 0; i < seconds.length; i++) {
                Plan.Line l = p.lines().get(i);
                o.tell(Json.object().with("step", l.name()).with("op", l.op()).with("kernel", l.kernel())
                        .with("layout", l.layout().name().toLowerCase(Locale.ROOT)).with("flops", l.flops())
                        .with("bytes", l.bytes())
                        .with("seconds", seconds[i]).with("share", seconds[i] / all));
                table.row(l.name(), l.op(), l.kernel(), l.layout().name().toLowerCase(Locale.ROOT), Texts.count(l.flops()),
                        Texts.bytes(l.bytes()), String.format(Locale.ROOT, "%.2f", 1e3 * seconds[i]),
                        Texts.percent(seconds[i] / all));
            }
            if (!o.json()) {
                o.say(o.style(Output.Style.BOLD, source.name()) + String.format(Locale.ROOT,
                        ", forward and backward of a batch of %d on %d thread%s; FLOPs and bytes of the forward pass", batch,
                        threads,
                        threads == 1 ? "" : "s"));
                table.print(o);
                o.say(String.format(Locale.ROOT, "%.1f ms a batch, each step timed alone; %s planned", 1e3 * all,
                        Texts.bytes(p.bytes())));
            }
        }
        return Exit.OK;
    }

    /** Each step's shortest time over some passes: the first are those of a young JVM. */
    private static double[] fastest(Plan p) {
        double[] best = p.profile(p.batch());
        long until = System.nanoTime() + 5_000_000_000L;
        for (int pass = 1; pass < 5 || System.nanoTime() < until && pass < 500; pass++) {
            double[] now = p.profile(p.batch());
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.min(best[i], now[i]);
            }
        }
        return best;
    }

    /** The step that does node v's work along with its own: the one it reads, or the pooling that was put before it. */
    private static String fused(Graph graph, Map<String, Plan.Line> lines, int v) {
        String before = graph.nodes().get(graph.nodes().get(v).inputs().getFirst()).name();
        return lines.containsKey(before) && lines.get(before).op().endsWith("+relu") ? before
                : graph.nodes().stream().filter(n -> n.inputs().contains(v)).findFirst().orElseThrow().name();
    }

    private static List<Layer> layers(Graph graph, List<Plan.Line> steps) {
        Map<String, Plan.Line> lines = steps.stream().collect(Collectors.toMap(Plan.Line::name, l -> l));
        List<Shape> shapes = graph.shapes(1);
        List<Layer> layers = new ArrayList<>();
        for (int v = 0; v < graph.nodes().size(); v++) {
            Node n = graph.nodes().get(v);
            boolean input = n.op() instanceof Input;
            Shape[] in = Graph.inputs(n, shapes);
            long count = input ? 0 : n.op().params(in).stream().filter(Op.Param::learned).mapToLong(p -> p.shape().size()).sum();
            Plan.Line line = lines.get(n.name());
            String kernel = line != null ? line.kernel() : input || n.op() instanceof Flatten ? "" : "in " + fused(graph, lines, v);
            layers.add(new Layer(n.name(), n.op().kind(), shapes.get(v).example(), count, input ? 0 : n.op().flops(in), kernel));
        }
        return layers;
    }

    private static void print(Output o, Source source, List<Layer> layers, long parameters) {
        Table table = new Table("layer", "op", "output", ">parameters", ">FLOPs", "kernel");
        for (Layer l : layers) {
            table.row(l.name, l.op, l.output.toString(), Texts.count(l.parameters), Texts.count(l.flops), l.kernel);
        }
        long flops = layers.stream().mapToLong(Layer::flops).sum();
        table.row("total", "", "", Texts.count(parameters), Texts.count(flops), "");
        String trained = source.model().isPresent() ? "" : " (untrained)";
        o.say(o.style(Output.Style.BOLD, source.name()) + trained + ", shapes and FLOPs of one image");
        table.print(o);
    }
}
