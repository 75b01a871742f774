package cortado.model;

import cortado.graph.Graph;
import cortado.op.ChannelScale;
import cortado.op.DropPath;
import cortado.op.Flatten;
import cortado.op.Gelu;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Init;
import cortado.op.LayerNorm;
import cortado.op.Window;
import cortado.tensor.Shape;

/**
 * Liu, Mao, Wu, Feichtenhofer, Darrell, Xie, A ConvNet for the 2020s, CVPR 2022, as torchvision has it. The linear layers of a block
 * are 1×1 convolutions here: the same numbers, in tensors of {@code K C 1 1} instead of {@code K C}.
 */
final class ConvNext {
    private static final int[] BLOCKS = {3, 3, 9, 3};
    /** Share of images that skip the last block; those before it in proportion. */
    private static final double SKIPPED = 0.1;
    private static final LayerNorm NORM = new LayerNorm(1e-6);

    private ConvNext() {
    }

    static Graph tiny(Shape image, int classes) {
        Net net = new Net(image, Init.NORMAL_002).conv("features.0.0", 96, Window.of(4, 4, 0), 1, true).add("features.0.1", NORM);
        int block = 0;
        for (int stage = 0; stage < 4; stage++) {
            int filters = 96 << stage;
            if (stage > 0) {
                net.add("features." + 2 * stage + ".0", NORM)
                        .conv("features." + 2 * stage + ".1", filters, Window.of(2, 2, 0), 1, true);
            }
            for (int i = 0; i < BLOCKS[stage]; i++) {
                block(net, "features." + (2 * stage + 1) + "." + i, filters, SKIPPED * block++ / 17);
            }
        }
        return net.add("avgpool", new GlobalAvgPool2d()).add("classifier.0", NORM).add("classifier.1", new Flatten())
                .linear("classifier.2", classes, Init.NORMAL_002).build();
    }

    private static void block(Net net, String name, int filters, double skipped) {
        int in = net.here();
        net.conv(name + ".block.0", filters, Window.of(7, 1, 3), filters, true).add(name + ".block.2", NORM)
                .conv(name + ".block.3", 4 * filters, Window.of(1), 1, true).add(name + ".block.4", new Gelu(false))
                .conv(name + ".block.5", filters, Window.of(1), 1, true).add(name, new ChannelScale(1e-6))
                .add(name + ".stochastic_depth", new DropPath(skipped)).plus(name + ".add", in);
    }
}
