package cortado.model;

import cortado.graph.Graph;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Init;
import cortado.op.Sigmoid;
import cortado.op.Silu;
import cortado.tensor.Shape;
import java.util.Arrays;

/** Tan, Le, EfficientNet, ICML 2019, table 1, as torchvision has it. */
final class EfficientNet {
    /** Expansion, kernel, the first block's stride, filters and blocks of each stage. */
    private static final int[][] STAGES = {{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2}, {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
        {6, 5, 1, 112, 3},
        {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
    /** Share of images that skip the last block; those before it in proportion. */
    private static final double SKIPPED = 0.2;

    private EfficientNet() {
    }

    static Graph b0(Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT).convNormAct("features.0", 32, 3, 2, 1, new Silu());
        int blocks = Arrays.stream(STAGES).mapToInt(s -> s[4]).sum();
        int block = 0;
        int channels = 32;
        for (int stage = 0; stage < STAGES.length; stage++) {
            for (int i = 0; i < STAGES[stage][4]; i++) {
                block(net, "features." + (stage + 1) + "." + i, channels, STAGES[stage], i == 0 ? STAGES[stage][2] : 1,
                        SKIPPED * block++ / blocks);
                channels = STAGES[stage][3];
            }
        }
        return net.convNormAct("features.8", 1280, 1, 1, 1, new Silu()).globalPool()
                .add("classifier.0", new Dropout(0.2)).linear("classifier.1", classes, Init.UNIFORM_FAN_OUT).build();
    }

    private static void block(Net net, String name, int channels, int[] stage, int stride, double skipped) {
        int in = net.here();
        int wide = channels * stage[0];
        int part = 0;
        if (wide != channels) {
            net.convNormAct(name + ".block." + part++, wide, 1, 1, 1, new Silu());
        }
        net.convNormAct(name + ".block." + part++, wide, stage[1], stride, wide, new Silu());
        net.squeezeExcite(name + ".block." + part++, wide, Math.max(1, channels / 4), new Silu(), new Sigmoid());
        net.convNorm(name + ".block." + part, stage[3], 1, 1, 1);
        if (stride == 1 && channels == stage[3]) {
            net.add(name + ".stochastic_depth", new DropPath(skipped)).plus(name + ".add", in);
        }
    }
}
