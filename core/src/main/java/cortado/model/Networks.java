package cortado.model;

import cortado.graph.Graph;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The networks that go by a name. Parameters have the names, shapes and numbers that torchvision gives them, or where it has no such
 * network, those of the paper.
 */
public final class Networks {
    private static final Shape DIGIT = Shape.of(1, 28, 28);
    private static final Shape CIFAR = Shape.of(3, 32, 32);
    private static final Shape IMAGENET = Shape.of(3, 224, 224);

    /**
     * A network's entry.
     *
     * @param name    what it is called
     * @param image   C H W of the images that it was made for
     * @param classes of the task that it was made for
     * @param build   from image and classes
     */
    private record Entry(String name, Shape image, int classes, BiFunction<Shape, Integer, Graph> build) {
    }

    private static final List<Entry> ALL = List.of(
            new Entry("lenet5", DIGIT, 10, Small::lenet5),
            new Entry("convnet", DIGIT, 10, Small::convnet),
            new Entry("mlp", DIGIT, 10, Small::mlp),
            new Entry("vgg", CIFAR, 10, Small::vgg),
            new Entry("cifarnet", CIFAR, 10, (i, k) -> CifarNet.of(32, List.of(64, 256, 256), i, k)),
            new Entry("cifarnet_small", DIGIT, 10, (i, k) -> CifarNet.of(16, List.of(32, 64, 128), i, k)),
            new Entry("resnet20", CIFAR, 10, (i, k) -> CifarResNet.of(3, i, k)),
            new Entry("resnet32", CIFAR, 10, (i, k) -> CifarResNet.of(5, i, k)),
            new Entry("resnet44", CIFAR, 10, (i, k) -> CifarResNet.of(7, i, k)),
            new Entry("resnet56", CIFAR, 10, (i, k) -> CifarResNet.of(9, i, k)),
            new Entry("wide_resnet28_10", CIFAR, 10, (i, k) -> WideResNet.of(28, 10, i, k)),
            new Entry("alexnet", IMAGENET, 1000, AlexNet::alexnet),
            new Entry("vgg11", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(1, 1, 2, 2, 2), false, i, k)),
            new Entry("vgg13", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(2, 2, 2, 2, 2), false, i, k)),
            new Entry("vgg16", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(2, 2, 3, 3, 3), false, i, k)),
            new Entry("vgg11_bn", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(1, 1, 2, 2, 2), true, i, k)),
            new Entry("vgg13_bn", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(2, 2, 2, 2, 2), true, i, k)),
            new Entry("vgg16_bn", IMAGENET, 1000, (i, k) -> Vgg.of(List.of(2, 2, 3, 3, 3), true, i, k)),
            new Entry("resnet18", IMAGENET, 1000, (i, k) -> ResNet.of(false, List.of(2, 2, 2, 2), i, k)),
            new Entry("resnet34", IMAGENET, 1000, (i, k) -> ResNet.of(false, List.of(3, 4, 6, 3), i, k)),
            new Entry("resnet50", IMAGENET, 1000, (i, k) -> ResNet.of(true, List.of(3, 4, 6, 3), i, k)),
            new Entry("resnet101", IMAGENET, 1000, (i, k) -> ResNet.of(true, List.of(3, 4, 23, 3), i, k)),
            new Entry("mobilenet_v2", IMAGENET, 1000, MobileNetV2::mobilenet),
            new Entry("mobilenet_v3_small", IMAGENET, 1000, MobileNetV3::small),
            new Entry("mobilenet_v3_large", IMAGENET, 1000, MobileNetV3::large),
            new Entry("squeezenet1_1", IMAGENET, 1000, SqueezeNet::squeezenet),
            new Entry("densenet121", IMAGENET, 1000, (i, k) -> DenseNet.of(List.of(6, 12, 24, 16), i, k)),
            new Entry("efficientnet_b0", IMAGENET, 1000, EfficientNet::b0),
            new Entry("convnext_tiny", IMAGENET, 1000, ConvNext::tiny),
            new Entry("unet", Shape.of(1, 256, 256), 2, UNet::unet));

    /** Names that {@link #named} knows. */
    public static final List<String> NAMES = ALL.stream().map(Entry::name).toList();

    private Networks() {
    }

    private static Entry entry(String name) {
        return ALL.stream().filter(e -> e.name.equals(name)).findFirst()
                .orElseThrow(() -> new ShapeException("there is no network " + name + "; there are " + String.join(", ", NAMES)
                        + ", or give a file: --model my-net.json"));
    }

    /**
     * {@return C H W of the images that a network was made for}
     * @param name one of {@link #NAMES}
     */
    public static Shape image(String name) {
        return entry(name).image;
    }

    /**
     * {@return the number of classes that a network was made for}
     * @param name one of {@link #NAMES}
     */
    public static int classes(String name) {
        return entry(name).classes;
    }

    /**
     * {@return the network}
     * @param name    one of {@link #NAMES}
     * @param image   {@code C H W}; any size that leaves each layer something to see
     * @param classes number of scores, at least 1
     * @throws ShapeException for an unknown name or an image that is too small
     */
    public static Graph named(String name, Shape image, int classes) {
        Entry e = entry(name);
        image.expectRank(3, "a network's input is C×H×W");
        try {
            Graph graph = e.build.apply(image, classes);
            graph.shapes(1);
            return graph;
        } catch (ShapeException x) {
            throw new ShapeException(
                    name + " cannot take images of " + image + ": " + x.getMessage() + " (it was made for " + e.image
                            + ")");
        }
    }
}
