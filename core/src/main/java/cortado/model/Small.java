package cortado.model;

import cortado.graph.Graph;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Init;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Shape;

/** Networks for small images. */
final class Small {
    private Small() {
    }

    private static Graph.Builder images(Shape image) {
        return Graph.builder().then("x", Input.images(image.dim(0), image.dim(1), image.dim(2)));
    }

    /** LeCun, Bottou, Bengio, Haffner 1998, with ReLU and max pooling; 61,706 parameters for 1×28×28 and 10 classes. */
    static Graph lenet5(Shape image, int classes) {
        int side = Math.min(image.dim(1), image.dim(2));
        Window first = side >= 32 ? Window.of(5) : Window.of(5, 1, 2);
        Window second = side >= 16 ? Window.of(5) : Window.of(5, 1, 2);
        return images(image)
                .then("conv1", Conv2d.of(6, first)).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", Conv2d.of(16, second)).then("relu2", new Relu()).then("pool2", MaxPool2d.of(2))
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(120)).then("relu3", new Relu())
                .then("fc2", Linear.of(84)).then("relu4", new Relu())
                .then("fc3", Linear.of(classes)).build();
    }

    /** Two blocks of 3×3 convolution, ReLU and max pooling, 32 and 64 filters, then one hidden layer of 128. */
    static Graph convnet(Shape image, int classes) {
        return images(image)
                .then("conv1", Conv2d.of(32, Window.of(3, 1, 1))).then("relu1", new Relu()).then("pool1", MaxPool2d.of(2))
                .then("conv2", Conv2d.of(64, Window.of(3, 1, 1))).then("relu2", new Relu()).then("pool2", MaxPool2d.of(2))
                .then("flatten", new Flatten())
                .then("fc1", Linear.of(128)).then("relu3", new Relu())
                .then("fc2", Linear.of(classes)).build();
    }

    /** One hidden layer of 256. */
    static Graph mlp(Shape image, int classes) {
        return images(image).then("flatten", new Flatten())
                .then("fc1", Linear.of(256)).then("relu1", new Relu())
                .then("fc2", Linear.of(classes)).build();
    }

    /** In the manner of VGG: thrice two 3×3 convolutions with batch norm and ReLU, then max pooling; 64, 128 and 256 filters. */
    static Graph vgg(Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT);
        for (int block = 1; block <= 3; block++) {
            for (int i = 1; i <= 2; i++) {
                String n = block + "_" + i;
                net.conv("conv" + n, 32 << block, 3, 1).norm("bn" + n).relu("relu" + n);
            }
            net.add("pool" + block, MaxPool2d.of(2));
        }
        return net.add("flatten", new Flatten()).linear("fc", classes, Init.PYTORCH).build();
    }
}
