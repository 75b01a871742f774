package cortado.model;

import cortado.graph.Graph;
import cortado.op.Concat;
import cortado.op.Conv2d;
import cortado.op.ConvTranspose2d;
import cortado.op.Dropout;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;

/**
 * Ronneberger, Fischer, Brox, U-Net, MICCAI 2015: scores {@code N K H W} for the classes of each pixel. Convolutions are padded, so
 * that the scores cover the whole image and nothing is cropped; parameters are the paper's. Where a size does not halve evenly, the way
 * up adds the row or column that pooling dropped. Images from 16×16.
 */
final class UNet {
    private static final int DEPTH = 4;

    private UNet() {
    }

    static Graph unet(Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_IN);
        int[] across = new int[DEPTH];
        for (int level = 0; level < DEPTH; level++) {
            twice(net, "down" + (level + 1), 64 << level);
            if (level == DEPTH - 1) {
                net.add("dropout1", new Dropout(0.5));
            }
            across[level] = net.here();
            net.add("pool" + (level + 1), MaxPool2d.of(2));
        }
        twice(net, "bottom", 64 << DEPTH);
        net.add("dropout2", new Dropout(0.5));
        for (int level = DEPTH - 1; level >= 0; level--) {
            String name = "up" + (level + 1);
            int up = net.add(name + ".conv0", new ConvTranspose2d(64 << level, Window.of(2, 2, 0), image.dim(1) >> level & 1,
                    image.dim(2) >> level & 1, 1, true)).here();
            net.join(name + ".cat", new Concat(), across[level], up);
            twice(net, name, 64 << level);
        }
        return net.add("conv", new Conv2d(classes, Window.of(1), 1, true, Init.KAIMING_NORMAL_FAN_IN)).build();
    }

    private static void twice(Net net, String name, int filters) {
        net.conv(name + ".conv1", filters, Window.of(3, 1, 1), 1, true).relu(name + ".relu1")
                .conv(name + ".conv2", filters, Window.of(3, 1, 1), 1, true).relu(name + ".relu2");
    }
}
