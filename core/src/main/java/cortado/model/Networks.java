package cortado.model;

import cortado.graph.Graph;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;

/** The networks that go by a name. */
public final class Networks {
    /** Names that {@link #named} knows. */
    public static final List<String> NAMES = List.of("lenet5", "convnet", "mlp");

    private Networks() {
    }

    /**
     * {@return the network}
     * @param name    one of {@link #NAMES}
     * @param image   {@code C H W}
     * @param classes number of scores, at least 1
     * @throws ShapeException for an unknown name or an image that is too small
     */
    public static Graph named(String name, Shape image, int classes) {
        image.expectRank(3, "a network's input is C×H×W");
        Input in = Input.images(image.dim(0), image.dim(1), image.dim(2));
        return switch (name) {
            case "lenet5" -> lenet5(in, classes);
            case "convnet" -> convnet(in, classes);
            case "mlp" -> mlp(in, classes);
            default -> throw new ShapeException("there is no network " + name + "; there are " + String.join(", ", NAMES)
                    + ", or give a file: --model my-net.json");
        };
    }

    /** LeCun, Bottou, Bengio, Haffner 1998, with ReLU and max pooling; 61,706 parameters for 1×28×28 and 10 classes. */
    private static Graph lenet5(Input in, int classes) {
        int side = Math.min(in.example().dim(1), in.example().dim(2));
        Window first = side >= 32 ? Window.of(5) : Window.of(5, 1, 2);
        Window second = side >= 16 ? Window.of(5) : Window.of(5, 1, 2);
        return Graph.builder().then("x", in)
                .then("conv1", Conv2d.of(6, first)).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", Conv2d.of(16, second)).then("relu2", new Relu()).then("pool2", MaxPool2d.of(2))
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(120)).then("relu3", new Relu())
                .then("fc2", Linear.of(84)).then("relu4", new Relu())
                .then("fc3", Linear.of(classes)).build();
    }

    /** Two blocks of 3×3 convolution, ReLU and max pooling, 32 and 64 filters, then one hidden layer of 128. */
    private static Graph convnet(Input in, int classes) {
        return Graph.builder().then("x", in)
                .then("conv1", Conv2d.of(32, Window.of(3, 1, 1))).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", Conv2d.of(64, Window.of(3, 1, 1))).then("relu2", new Relu()).then("pool2", MaxPool2d.of(2))
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(128)).then("relu3", new Relu())
                .then("fc2", Linear.of(classes)).build();
    }

    /** One hidden layer of 256. */
    private static Graph mlp(Input in, int classes) {
        return Graph.builder().then("x", in).then("flatten", new Flatten())
                .then("fc1", Linear.of(256)).then("relu1", new Relu())
                .then("fc2", Linear.of(classes)).build();
    }
}
