package cortado.model;

import cortado.graph.Graph;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.Init;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Shape;

/** Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014, as torchvision has it; images from 63×63. */
final class AlexNet {
    private AlexNet() {
    }

    static Graph alexnet(Shape image, int classes) {
        MaxPool2d pool = new MaxPool2d(Window.of(3, 2, 0), false);
        return new Net(image, Init.PYTORCH)
                .conv("features.0", 64, Window.of(11, 4, 2), 1, true).relu("features.1").add("features.2", pool)
                .conv("features.3", 192, Window.of(5, 1, 2), 1, true).relu("features.4").add("features.5", pool)
                .conv("features.6", 384, Window.of(3, 1, 1), 1, true).relu("features.7")
                .conv("features.8", 256, Window.of(3, 1, 1), 1, true).relu("features.9")
                .conv("features.10", 256, Window.of(3, 1, 1), 1, true).relu("features.11").add("features.12", pool)
                .add("avgpool", new AdaptiveAvgPool2d(6, 6)).add("flatten", new Flatten())
                .add("classifier.0", new Dropout(0.5)).linear("classifier.1", 4096, Init.PYTORCH).relu("classifier.2")
                .add("classifier.3", new Dropout(0.5)).linear("classifier.4", 4096, Init.PYTORCH).relu("classifier.5")
                .linear("classifier.6", classes, Init.PYTORCH).build();
    }
}
