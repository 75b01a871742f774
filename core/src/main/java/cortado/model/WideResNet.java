package cortado.model;

import cortado.graph.Graph;
import cortado.op.Init;
import cortado.tensor.Shape;

/**
 * Zagoruyko, Komodakis, Wide residual networks, BMVC 2016: batch norm and ReLU stand before each convolution. Names are those of
 * xternalz/WideResNet-pytorch.
 */
final class WideResNet {
    private WideResNet() {
    }

    /**
     * @param depth 6·n + 4 layers
     * @param width factor on 16, 32 and 64 filters
     */
    static Graph of(int depth, int width, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT);
        net.conv("conv1", 16, 3, 1);
        int channels = 16;
        for (int group = 1; group <= 3; group++) {
            for (int i = 0; i < (depth - 4) / 6; i++) {
                int filters = width * (8 << group);
                block(net, "block" + group + ".layer." + i, filters, group > 1 && i == 0 ? 2 : 1, channels != filters);
                channels = filters;
            }
        }
        return net.norm("bn1").relu("relu").globalPool().linear("fc", classes, Init.PYTORCH_ZERO_BIAS).build();
    }

    private static void block(Net net, String name, int filters, int stride, boolean project) {
        int in = net.here();
        int active = net.norm(name + ".bn1").relu(name + ".relu1").here();
        int branch = net.conv(name + ".conv1", filters, 3, stride).norm(name + ".bn2").relu(name + ".relu2")
                .conv(name + ".conv2", filters, 3, 1).here();
        int shortcut = project ? net.from(active).conv(name + ".convShortcut", filters, 1, stride).here() : in;
        net.from(branch).plus(name + ".add", shortcut);
    }
}
