package cortado.model;

import cortado.graph.Graph;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;
import java.util.List;

/** Simonyan, Zisserman, Very deep convolutional networks, ICLR 2015: configurations A, B and D; images from 32×32. */
final class Vgg {
    private Vgg() {
    }

    /**
     * @param convolutions 3×3, in each of the five blocks
     * @param norm         whether each is followed by batch norm
     */
    static Graph of(List<Integer> convolutions, boolean norm, Shape image, int classes) {
        Net net = new Net(image, Init.KAIMING_NORMAL_FAN_OUT);
        int layer = 0;
        for (int block = 0; block < 5; block++) {
            for (int i = 0; i < convolutions.get(block); i++) {
                net.conv("features." + layer++, Math.min(512, 64 << block), Window.of(3, 1, 1), 1, true);
                if (norm) {
                    net.norm("features." + layer++);
                }
                net.relu("features." + layer++);
            }
            net.add("features." + layer++, MaxPool2d.of(2));
        }
        return net.add("avgpool", new AdaptiveAvgPool2d(7, 7)).add("flatten", new Flatten())
                .linear("classifier.0", 4096, Init.NORMAL_001).relu("classifier.1").add("classifier.2", new Dropout(0.5))
                .linear("classifier.3", 4096, Init.NORMAL_001).relu("classifier.4").add("classifier.5", new Dropout(0.5))
                .linear("classifier.6", classes, Init.NORMAL_001).build();
    }
}
