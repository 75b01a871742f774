package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Backend;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.zip.CRC32;

/** Trains a small network that has every kind of kernel and prints a checksum of all its weights' bits. Run in a JVM of its own. */
final class SameBits {
    private SameBits() {
    }

    public static void main(String[] args) {
        System.out.println(
                train(Integer.parseInt(args[0]), Backend.lanes()) + " " + train(Integer.parseInt(args[0]), Backend.channels()));
    }

    /** In channels also with what mixes images, and with more channels than a block. */
    static Graph network(Backend backend) {
        return backend.layout() == Layout.CHANNELS ? channels() : lanes();
    }

    private static Graph channels() {
        Graph.Builder b = Graph.builder().then("x", Input.images(3, 17, 13))
                .then("conv1", new Conv2d(35, Window.of(3, 1, 1), 1, true)).then("bn1", BatchNorm2d.of()).then("relu1", new Relu())
                .then("pool1", new MaxPool2d(Window.of(3, 2, 1), true));
        int a = b.add("conv2", new Conv2d(35, Window.of(3, 2, 1), 35, false), 4);
        int c = b.add("bn3", BatchNorm2d.of(), b.add("conv3", new Conv2d(35, Window.of(1, 2, 0), 1, true), 4));
        b.add("add", new Add(), a, c);
        return b.then("relu2", new Relu()).then("conv4", new Conv2d(48, Window.of(3, 1, 1), 1, true)).then("relu3", new Relu())
                .then("pool2", new AvgPool2d(Window.of(2, 1, 1), false, false))
                .then("conv5", new Conv2d(20, Window.of(3), 1, false))
                .then("pool3", new GlobalAvgPool2d()).then("flatten", new Flatten())
                .then("fc1", Linear.of(33)).then("relu4", new Relu()).then("fc2", Linear.of(5)).build();
    }

    private static Graph lanes() {
        Graph.Builder b = Graph.builder().then("x", Input.images(3, 17, 13))
                .then("conv1", new Conv2d(7, Window.of(3, 1, 1), 1, true)).then("relu1", new Relu())
                .then("pool1", new MaxPool2d(Window.of(3, 2, 1), true));
        int a = b.add("conv2", new Conv2d(14, Window.of(3, 2, 1), 7, false), 3);
        int c = b.add("conv3", new Conv2d(14, Window.of(1, 2, 0), 1, true), 3);
        b.add("add", new Add(), a, c);
        return b.then("relu2", new Relu()).then("pool2", new AvgPool2d(Window.of(2, 1, 1), false, false))
                .then("conv4", new Conv2d(19, Window.of(3), 1, true)).then("pool3", new GlobalAvgPool2d())
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(33)).then("relu3", new Relu()).then("fc2", Linear.of(5)).build();
    }

    static long train(int threads, Backend backend) {
        Graph net = network(backend);
        Parameters w = Parameters.init(net, new Rng(11));
        int n = 37;
        try (Plan p = Plan.training(net, w, n, backend, threads)) {
            Rng r = new Rng(12);
            for (int i = 0; i < p.images().size(); i++) {
                p.images().set(i, r.normal(i));
            }
            for (int i = 0; i < n; i++) {
                p.labels().set(i, r.split("y").below(i, 5));
            }
            for (int step = 0; step < 4; step++) {
                p.gradients().fill(0);
                p.forwardBackward(step == 3 ? 21 : n);
                w.map().forEach((name, t) -> {
                    Tensor g = p.gradients().map().getOrDefault(name, t); // running statistics have none
                    for (int i = 0; i < t.size(); i++) {
                        t.set(i, t.get(i) - 0.1 * (g == t ? 0 : g.get(i)));
                    }
                });
            }
        }
        CRC32 crc = new CRC32();
        w.map().values().forEach(t -> {
            for (int i = 0; i < t.size(); i++) {
                int bits = Float.floatToIntBits((float) t.get(i));
                for (int b = 0; b < 32; b += 8) {
                    crc.update(bits >> b);
                }
            }
        });
        return crc.getValue();
    }
}
