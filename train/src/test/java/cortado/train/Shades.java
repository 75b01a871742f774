package cortado.train;

import cortado.data.DataSplit;
import cortado.data.Dataset;
import cortado.graph.Graph;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.util.List;

/** A small made-up problem: noisy 6×6 images that are bright above, below, left or right. */
final class Shades {
    /** A learning rate so small that single precision makes 0 of it: no weight moves. */
    static final double STILL = 1e-300;
    private static final int SIDE = 6;

    private Shades() {
    }

    static Dataset set(int n, long seed) {
        Rng rng = new Rng(seed);
        byte[] pixels = new byte[n * SIDE * SIDE];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = rng.below(i, 4);
            for (int p = 0; p < SIDE * SIDE; p++) {
                int y = p / SIDE;
                int x = p % SIDE;
                boolean bright = switch (labels[i]) {
                    case 0 -> y < 3;
                    case 1 -> y >= 3;
                    case 2 -> x < 3;
                    default -> x >= 3;
                };
                pixels[i * SIDE * SIDE + p] = (byte) ((bright ? 100 : 60) + rng.split(i).below(p, 90));
            }
        }
        return Dataset.of(Shape.of(1, SIDE, SIDE), pixels, labels, List.of("above", "below", "left", "right"), "shades");
    }

    static DataSplit data(int train, int test) {
        return new DataSplit("shades", set(train, 1), set(test, 2));
    }

    static Graph network() {
        return Graph.builder().then("x", Input.images(1, SIDE, SIDE))
                .then("conv1", Conv2d.of(4, Window.of(3))).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("flatten", new Flatten()).then("fc1", Linear.of(4)).build();
    }

    static Settings settings(int epochs) {
        return Settings
                .of(Config.empty().with("data", "shades").with("model", "small").with("batch_size", 20).with("epochs", epochs)
                        .with("lr", 0.02).with("weight_decay", 0.01).with("warmup_epochs", 0.5).with("crop", 1).with("seed", 7));
    }
}
