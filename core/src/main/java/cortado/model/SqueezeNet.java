package cortado.model;

import cortado.graph.Graph;
import cortado.op.Concat;
import cortado.op.Conv2d;
import cortado.op.Dropout;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;

/** Iandola and others, SqueezeNet, 2016, version 1.1, as torchvision has it. */
final class SqueezeNet {
    private SqueezeNet() {
    }

    static Graph squeezenet(Shape image, int classes) {
        MaxPool2d pool = new MaxPool2d(Window.of(3, 2, 0), true);
        Net net = new Net(image, Init.KAIMING_UNIFORM).conv("features.0", 64, Window.of(3, 2, 0), 1, true).relu("features.1")
                .add("features.2", pool);
        fire(net, "features.3", 16, 64);
        fire(net, "features.4", 16, 64);
        net.add("features.5", pool);
        fire(net, "features.6", 32, 128);
        fire(net, "features.7", 32, 128);
        net.add("features.8", pool);
        fire(net, "features.9", 48, 192);
        fire(net, "features.10", 48, 192);
        fire(net, "features.11", 64, 256);
        fire(net, "features.12", 64, 256);
        return net.add("classifier.0", new Dropout(0.5))
                .add("classifier.1", new Conv2d(classes, Window.of(1), 1, true, Init.NORMAL_001)).relu("classifier.2")
                .globalPool().build();
    }

    private static void fire(Net net, String name, int squeezed, int expanded) {
        int in = net.conv(name + ".squeeze", squeezed, Window.of(1), 1, true).relu(name + ".squeeze_activation").here();
        int one = net.conv(name + ".expand1x1", expanded, Window.of(1), 1, true).relu(name + ".expand1x1_activation").here();
        int three = net.from(in).conv(name + ".expand3x3", expanded, Window.of(3, 1, 1), 1, true)
                .relu(name + ".expand3x3_activation").here();
        net.join(name + ".cat", new Concat(), one, three);
    }
}
