package cortado.model;

import cortado.graph.Graph;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;
import java.util.List;

/**
 * He, Zhang, Ren, Sun, Deep residual learning, CVPR 2016, as torchvision has it: the stride of a bottleneck stands in its 3×3
 * convolution. Images up to 64 pixels wide enter by a 3×3 convolution of stride 1 without max pooling, as is usual for CIFAR, since
 * the 7×7 convolution and the pooling of larger ones would leave next to nothing of them; the names stay the same.
 */
final class ResNet {
    /** The widest image that gets the small entrance. */
    static final int SMALL = 64;

    private ResNet() {
    }

    /**
     * @param bottleneck whether blocks are 1×1, 3×3, 1×1, or 3×3 twice
     * @param blocks     in each of the four layers
     */
    static Graph of(boolean bottleneck, List<Integer> blocks, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT);
        boolean small = image.dim(2) <= SMALL;
        net.conv("conv1", 64, small ? 3 : 7, small ? 1 : 2).norm("bn1").relu("relu");
        if (!small) {
            net.add("maxpool", new MaxPool2d(Window.of(3, 2, 1), false));
        }
        int channels = 64;
        for (int layer = 1; layer <= 4; layer++) {
            for (int i = 0; i < blocks.get(layer - 1); i++) {
                String name = "layer" + layer + "." + i;
                int width = 32 << layer;
                int stride = layer > 1 && i == 0 ? 2 : 1;
                int out = bottleneck ? 4 * width : width;
                block(net, name, bottleneck, width, out, stride, channels != out);
                channels = out;
            }
        }
        return net.globalPool().linear("fc", classes, Init.PYTORCH).build();
    }

    private static void block(Net net, String name, boolean bottleneck, int width, int out, int stride, boolean project) {
        int in = net.here();
        if (bottleneck) {
            net.conv(name + ".conv1", width, 1, 1).norm(name + ".bn1").relu(name + ".relu1")
                    .conv(name + ".conv2", width, 3, stride).norm(name + ".bn2").relu(name + ".relu2")
                    .conv(name + ".conv3", out, 1, 1).norm(name + ".bn3");
        } else {
            net.conv(name + ".conv1", width, 3, stride).norm(name + ".bn1").relu(name + ".relu1")
                    .conv(name + ".conv2", out, 3, 1).norm(name + ".bn2");
        }
        int branch = net.here();
        int shortcut = project || stride > 1 ? net.from(in).convNorm(name + ".downsample", out, 1, stride, 1).here() : in;
        net.from(branch).plus(name + ".add", shortcut).relu(name + ".relu");
    }
}
