package cortado.model;

import cortado.graph.Graph;
import cortado.op.Dropout;
import cortado.op.Init;
import cortado.op.Relu6;
import cortado.tensor.Shape;

/** Sandler, Howard, Zhu, Zhmoginov, Chen, MobileNetV2: inverted residuals and linear bottlenecks, CVPR 2018, as torchvision has it. */
final class MobileNetV2 {
    /** Expansion, filters, blocks and the first block's stride of each stage. */
    private static final int[][] STAGES = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1},
        {6, 160, 3, 2}, {6, 320, 1, 1}};

    private MobileNetV2() {
    }

    static Graph mobilenet(Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT).convNormAct("features.0", 32, 3, 2, 1, new Relu6());
        int channels = 32;
        int layer = 1;
        for (int[] stage : STAGES) {
            for (int i = 0; i < stage[2]; i++) {
                block(net, "features." + layer++, channels, stage[0], stage[1], i == 0 ? stage[3] : 1);
                channels = stage[1];
            }
        }
        return net.convNormAct("features." + layer, 1280, 1, 1, 1, new Relu6()).globalPool()
                .add("classifier.0", new Dropout(0.2)).linear("classifier.1", classes, Init.NORMAL_001).build();
    }

    private static void block(Net net, String name, int channels, int expansion, int filters, int stride) {
        int in = net.here();
        int wide = channels * expansion;
        int part = 0;
        if (expansion > 1) {
            net.convNormAct(name + ".conv." + part++, wide, 1, 1, 1, new Relu6());
        }
        net.convNormAct(name + ".conv." + part++, wide, 3, stride, wide, new Relu6());
        net.conv(name + ".conv." + part++, filters, 1, 1).norm(name + ".conv." + part);
        if (stride == 1 && channels == filters) {
            net.plus(name + ".add", in);
        }
    }
}
