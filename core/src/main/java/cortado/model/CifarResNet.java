package cortado.model;

import cortado.graph.Graph;
import cortado.op.AvgPool2d;
import cortado.op.Init;
import cortado.op.Pad;
import cortado.op.Window;
import cortado.tensor.Shape;

/**
 * The residual networks that He, Zhang, Ren, Sun, CVPR 2016, section 4.2 made for CIFAR-10: 6·n + 2 layers of 16, 32 and 64 filters.
 * Where the size halves, the shortcut takes every second pixel and fills the missing channels with zeros, half of them before and
 * half after (option A), so it has no parameters. Names are those of akamaster/pytorch_resnet_cifar10.
 */
final class CifarResNet {
    private CifarResNet() {
    }

    /** @param n blocks in each of the three layers */
    static Graph of(int n, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_IN);
        net.conv("conv1", 16, 3, 1).norm("bn1").relu("relu");
        for (int layer = 1; layer <= 3; layer++) {
            for (int i = 0; i < n; i++) {
                boolean halve = layer > 1 && i == 0;
                block(net, "layer" + layer + "." + i, 8 << layer, halve);
            }
        }
        return net.globalPool().linear("linear", classes, Init.KAIMING_NORMAL_FAN_IN).build();
    }

    private static void block(Net net, String name, int filters, boolean halve) {
        int in = net.here();
        net.conv(name + ".conv1", filters, 3, halve ? 2 : 1).norm(name + ".bn1").relu(name + ".relu1")
                .conv(name + ".conv2", filters, 3, 1).norm(name + ".bn2");
        int branch = net.here();
        int shortcut = in;
        if (halve) {
            shortcut = net.from(in).add(name + ".shortcut.0", new AvgPool2d(Window.of(1, 2, 0), false, true))
                    .add(name + ".shortcut.1", new Pad(filters / 4, filters / 4, 0, 0, 0, 0, 0)).here();
        }
        net.from(branch).plus(name + ".add", shortcut).relu(name + ".relu");
    }
}
