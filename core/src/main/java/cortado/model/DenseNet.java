package cortado.model;

import cortado.graph.Graph;
import cortado.op.AvgPool2d;
import cortado.op.Concat;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;
import java.util.List;

/**
 * Huang, Liu, van der Maaten, Weinberger, Densely connected convolutional networks, CVPR 2017, as torchvision has it. Each layer reads
 * what all before it in its block gave.
 */
final class DenseNet {
    private static final int GROWTH = 32;

    private DenseNet() {
    }

    /** @param layers in each of the four blocks */
    static Graph of(List<Integer> layers, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_IN);
        net.conv("features.conv0", 64, 7, 2).norm("features.norm0").relu("features.relu0")
                .add("features.pool0", new MaxPool2d(Window.of(3, 2, 1), false));
        int channels = 64;
        for (int block = 1; block <= 4; block++) {
            for (int i = 1; i <= layers.get(block - 1); i++) {
                layer(net, "features.denseblock" + block + ".denselayer" + i);
            }
            channels += GROWTH * layers.get(block - 1);
            if (block < 4) {
                channels /= 2;
                String name = "features.transition" + block;
                net.norm(name + ".norm").relu(name + ".relu").conv(name + ".conv", channels, 1, 1)
                        .add(name + ".pool", AvgPool2d.of(2));
            }
        }
        return net.norm("features.norm5").relu("relu").globalPool().linear("classifier", classes, Init.PYTORCH_ZERO_BIAS).build();
    }

    private static void layer(Net net, String name) {
        int in = net.here();
        int more = net.norm(name + ".norm1").relu(name + ".relu1").conv(name + ".conv1", 4 * GROWTH, 1, 1)
                .norm(name + ".norm2").relu(name + ".relu2").conv(name + ".conv2", GROWTH, 3, 1).here();
        net.join(name + ".cat", new Concat(), in, more);
    }
}
