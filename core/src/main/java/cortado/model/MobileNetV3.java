package cortado.model;

import cortado.graph.Graph;
import cortado.op.BatchNorm2d;
import cortado.op.Dropout;
import cortado.op.HardSigmoid;
import cortado.op.HardSwish;
import cortado.op.Init;
import cortado.op.Op;
import cortado.op.Relu;
import cortado.tensor.Shape;
import java.util.List;

/** Howard and others, Searching for MobileNetV3, ICCV 2019, tables 1 and 2, as torchvision has it. */
final class MobileNetV3 {
    private static final BatchNorm2d NORM = new BatchNorm2d(0.001, 0.01);

    /**
     * A block.
     *
     * @param kernel   of the depthwise convolution
     * @param expanded filters of it
     * @param filters  of the block
     * @param excite   whether channels are weighed
     * @param hard     whether the activation is hard swish rather than ReLU
     * @param stride   of the depthwise convolution
     */
    private record Block(int kernel, int expanded, int filters, boolean excite, boolean hard, int stride) {
    }

    private static final List<Block> LARGE = List.of(new Block(3, 16, 16, false, false, 1),
            new Block(3, 64, 24, false, false, 2), new Block(3, 72, 24, false, false, 1),
            new Block(5, 72, 40, true, false, 2), new Block(5, 120, 40, true, false, 1), new Block(5, 120, 40, true, false, 1),
            new Block(3, 240, 80, false, true, 2), new Block(3, 200, 80, false, true, 1), new Block(3, 184, 80, false, true, 1),
            new Block(3, 184, 80, false, true, 1), new Block(3, 480, 112, true, true, 1), new Block(3, 672, 112, true, true, 1),
            new Block(5, 672, 160, true, true, 2), new Block(5, 960, 160, true, true, 1), new Block(5, 960, 160, true, true, 1));

    private static final List<Block> SMALL = List.of(new Block(3, 16, 16, true, false, 2),
            new Block(3, 72, 24, false, false, 2), new Block(3, 88, 24, false, false, 1),
            new Block(5, 96, 40, true, true, 2), new Block(5, 240, 40, true, true, 1), new Block(5, 240, 40, true, true, 1),
            new Block(5, 120, 48, true, true, 1), new Block(5, 144, 48, true, true, 1),
            new Block(5, 288, 96, true, true, 2), new Block(5, 576, 96, true, true, 1), new Block(5, 576, 96, true, true, 1));

    private MobileNetV3() {
    }

    static Graph large(Shape image, int classes) {
        return of(LARGE, 1280, image, classes);
    }

    static Graph small(Shape image, int classes) {
        return of(SMALL, 1024, image, classes);
    }

    private static Graph of(List<Block> blocks, int hidden, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT, NORM).convNormAct("features.0", 16, 3, 2, 1, new HardSwish());
        int channels = 16;
        for (int i = 0; i < blocks.size(); i++) {
            block(net, "features." + (i + 1), channels, blocks.get(i));
            channels = blocks.get(i).filters;
        }
        return net.convNormAct("features." + (blocks.size() + 1), 6 * channels, 1, 1, 1, new HardSwish()).globalPool()
                .linear("classifier.0", hidden, Init.NORMAL_001).add("classifier.1", new HardSwish())
                .add("classifier.2", new Dropout(0.2)).linear("classifier.3", classes, Init.NORMAL_001).build();
    }

    private static void block(Net net, String name, int channels, Block b) {
        int in = net.here();
        Op activation = b.hard ? new HardSwish() : new Relu();
        int part = 0;
        if (b.expanded != channels) {
            net.convNormAct(name + ".block." + part++, b.expanded, 1, 1, 1, activation);
        }
        net.convNormAct(name + ".block." + part++, b.expanded, b.kernel, b.stride, b.expanded, activation);
        if (b.excite) {
            net.squeezeExcite(name + ".block." + part++, b.expanded, eights(b.expanded / 4), new Relu(), new HardSigmoid());
        }
        net.convNorm(name + ".block." + part, b.filters, 1, 1, 1);
        if (b.stride == 1 && channels == b.filters) {
            net.plus(name + ".add", in);
        }
    }

    /** The nearest multiple of 8, but not more than a tenth below: torchvision's {@code _make_divisible}. */
    private static int eights(int channels) {
        int near = Math.max(8, (channels + 4) / 8 * 8);
        return near < 0.9 * channels ? near + 8 : near;
    }
}
