package cortado.bench;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.graph.Node;
import cortado.op.Conv2d;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.Window;
import cortado.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of the table: a network, what is done with it, and how many images at a time.
 *
 * @param id        {@code W1} … {@code W6}
 * @param network   {@code lenet5}
 * @param graph     from images to scores; for a single op from its input to its output
 * @param mode      what one step is
 * @param batch     images in a step
 * @param optimizer for training, as {@link cortado.train.Optimizer#named} knows it
 * @param rate      learning rate
 */
public record Workload(String id, String network, Graph graph, Mode mode, int batch, String optimizer, double rate) {
    private static final Shape GREY = Shape.of(1, 28, 28);
    private static final Shape CIFAR = Shape.of(3, 32, 32);
    private static final Shape PHOTO = Shape.of(3, 224, 224);

    /** {@return all workloads whose ops exist, in the table's order} */
    public static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        network(all, "W1", "lenet5", GREY, 10, "momentum", 0.01, 32, 64, 256);
        network(all, "W2", "convnet", GREY, 10, "adam", 0.001, 128);
        network(all, "W3", "vgg", CIFAR, 10, "momentum", 0.001, 128);
        network(all, "W4", "resnet20", CIFAR, 10, "momentum", 0.001, 128);
        network(all, "W4", "resnet18", CIFAR, 10, "momentum", 0.001, 128);
        network(all, "W5", "resnet50", PHOTO, 1000, "momentum", 0.00001, 16);
        network(all, "W5", "mobilenet_v2", PHOTO, 1000, "momentum", 0.00001, 16);
        op(all, "3×3 64→64 56²", Input.images(64, 56, 56), Conv2d.of(64, Window.of(3, 1, 1)), 16);
        op(all, "3×3 256→256 14²", Input.images(256, 14, 14), Conv2d.of(256, Window.of(3, 1, 1)), 16);
        op(all, "1×1 256→64 56²", Input.images(256, 56, 56), Conv2d.of(64, Window.of(1)), 16);
        op(all, "5×5 1→6 28²", Input.images(1, 28, 28), Conv2d.of(6, Window.of(5, 1, 2)), 64);
        op(all, "7×7/2 3→64 224²", Input.images(3, 224, 224), Conv2d.of(64, Window.of(7, 2, 3)), 16);
        op(all, "depthwise 3×3 96 56²", Input.images(96, 56, 56), new Conv2d(96, Window.of(3, 1, 1), 96, true), 16);
        op(all, "sgemm 1024³", Input.images(1024, 1, 1), Linear.of(1024), 1024);
        return List.copyOf(all);
    }

    /** {@return the first steps of which the two sides' outcomes are compared; fewer where fifty normalisations of 16 images let rounding grow} */
    int checked() {
        return id.equals("W5") ? 3 : Race.CHECKED;
    }

    private static void network(List<Workload> all, String id, String name, Shape image, int classes, String optimizer,
            double rate, int... batches) {
        Graph graph = withoutDropout(Networks.named(name, image, classes));
        for (int batch : batches) {
            all.add(new Workload(id, name, graph, Mode.TRAIN, batch, optimizer, rate));
        }
        all.add(new Workload(id, name, graph, Mode.INFER, 1, optimizer, 0));
        all.add(new Workload(id, name, graph, Mode.INFER, 16, optimizer, 0));
    }

    /** The two sides draw other random numbers, and their losses are to be compared. */
    private static Graph withoutDropout(Graph graph) {
        List<Node> nodes = new ArrayList<>();
        int[] moved = new int[graph.nodes().size()];
        for (int v = 0; v < moved.length; v++) {
            Node n = graph.nodes().get(v);
            if (n.op() instanceof Dropout) {
                moved[v] = moved[n.inputs().getFirst()];
            } else {
                nodes.add(new Node(n.name(), n.op(), n.inputs().stream().map(i -> moved[i]).toList()));
                moved[v] = nodes.size() - 1;
            }
        }
        return new Graph(nodes);
    }

    private static void op(List<Workload> all, String name, Input x, Op op, int batch) {
        Graph.Builder graph = Graph.builder().then("x", x);
        if (op instanceof Linear) {
            graph.then("flatten", new Flatten());
        }
        Graph one = graph.then("op", op).build();
        for (Mode mode : List.of(Mode.FORWARD, Mode.DX, Mode.DW)) {
            all.add(new Workload("W6", name, one, mode, batch, "momentum", 0));
        }
    }

    /**
     * Floating-point operations of one step as the plain algorithm needs them, a multiply-add counting two. Only layers with
     * weights count: forward, in training once more for the gradient of the weights, and once more for that of the input,
     * which the first of them does not compute.
     *
     * @return how many
     */
    public long flops() {
        List<Shape> shapes = graph.shapes(batch);
        long sum = 0;
        for (Node n : graph.nodes()) {
            if (!(n.op() instanceof Input) && !n.op().params(Graph.inputs(n, shapes)).isEmpty()) {
                long forward = n.op().flops(Graph.inputs(n, shapes));
                sum += mode != Mode.TRAIN ? forward : sum == 0 ? 2 * forward : 3 * forward;
            }
        }
        return sum;
    }
}
