package cortado.model;

import cortado.graph.Graph;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.tensor.Shape;
import java.util.List;

/**
 * A network for small images that learns much in little time: a convolution, then three blocks. A block is a convolution, pooling right
 * after it, so that norm and ReLU and all that follows work on a quarter of the pixels, and a second convolution around which a shortcut
 * leads. Pooling early and few, wide layers are what made the records of training on CIFAR-10: Page, "How to Train Your ResNet", 2018;
 * Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498, 2024, section 3, whose widths 64, 256 and 256 are.
 */
final class CifarNet {
    private CifarNet() {
    }

    /**
     * {@return the network}
     * @param stem   filters of the first convolution
     * @param blocks filters of each block
     */
    static Graph of(int stem, List<Integer> blocks, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_IN);
        net.conv("conv", stem, 3, 1).norm("bn").relu("relu");
        for (int i = 0; i < blocks.size(); i++) {
            block(net, "block" + (i + 1), blocks.get(i));
        }
        return net.globalPool().linear("fc", classes, Init.PYTORCH).build();
    }

    private static void block(Net net, String name, int filters) {
        int shortcut = net.conv(name + ".conv1", filters, 3, 1).add(name + ".pool", MaxPool2d.of(2)).norm(name + ".bn1")
                .relu(name + ".relu1").here();
        net.conv(name + ".conv2", filters, 3, 1).norm(name + ".bn2").plus(name + ".add", shortcut).relu(name + ".relu2");
    }
}
