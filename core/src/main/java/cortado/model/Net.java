package cortado.model;

import cortado.graph.Graph;
import cortado.op.Add;
import cortado.op.BatchNorm2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Init;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Mul;
import cortado.op.Op;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.Shape;

/**
 * A network under construction: layers are added one behind the other, named as the modules of torchvision are, and branches go on
 * from a layer that was remembered.
 */
final class Net {
    private final Graph.Builder graph = Graph.builder();
    private final Init init;
    private final BatchNorm2d norm;
    private int at;

    /** Convolutions begin by {@code init}; batch norm has PyTorch's usual settings. */
    Net(Shape image, Init init) {
        this(image, init, BatchNorm2d.of());
    }

    Net(Shape image, Init init, BatchNorm2d norm) {
        this.init = init;
        this.norm = norm;
        this.at = graph.add("x", Input.images(image.dim(0), image.dim(1), image.dim(2)));
    }

    /** {@return the layer added last, to come back to} */
    int here() {
        return at;
    }

    /** The next layer reads that one. */
    Net from(int layer) {
        at = layer;
        return this;
    }

    Net add(String name, Op op) {
        at = graph.add(name, op, at);
        return this;
    }

    /** A layer that reads several. */
    Net join(String name, Op op, int... layers) {
        at = graph.add(name, op, layers);
        return this;
    }

    /** The end of a residual branch: what was added last plus the shortcut. */
    Net plus(String name, int shortcut) {
        return join(name, new Add(), at, shortcut);
    }

    Net conv(String name, int filters, Window window, int groups, boolean bias) {
        return add(name, new Conv2d(filters, window, groups, bias, init));
    }

    /** A square convolution without bias, padded so that stride 1 keeps the size. */
    Net conv(String name, int filters, int kernel, int stride) {
        return conv(name, filters, Window.of(kernel, stride, kernel / 2), 1, false);
    }

    Net norm(String name) {
        return add(name, norm);
    }

    Net relu(String name) {
        return add(name, new Relu());
    }

    /** torchvision's {@code Conv2dNormActivation} without its activation: {@code name.0} and {@code name.1}. */
    Net convNorm(String name, int filters, int kernel, int stride, int groups) {
        return conv(name + ".0", filters, Window.of(kernel, stride, kernel / 2), groups, false).norm(name + ".1");
    }

    /** torchvision's {@code Conv2dNormActivation}: {@code name.0}, {@code name.1} and {@code name.2}. */
    Net convNormAct(String name, int filters, int kernel, int stride, int groups, Op activation) {
        return convNorm(name, filters, kernel, stride, groups).add(name + ".2", activation);
    }

    /**
     * Squeeze and excitation (Hu, Shen, Sun, CVPR 2018): channels are weighed by what the whole image shows.
     *
     * @param channels of the layer added last
     * @param squeezed between the two layers
     */
    Net squeezeExcite(String name, int channels, int squeezed, Op activation, Op gate) {
        int in = at;
        add(name + ".avgpool", new GlobalAvgPool2d());
        conv(name + ".fc1", squeezed, Window.of(1), 1, true).add(name + ".activation", activation);
        conv(name + ".fc2", channels, Window.of(1), 1, true).add(name + ".scale_activation", gate);
        return join(name + ".scale", new Mul(), in, at);
    }

    /** Mean over the image, then a vector. */
    Net globalPool() {
        return add("avgpool", new GlobalAvgPool2d()).add("flatten", new Flatten());
    }

    Net linear(String name, int outputs, Init weights) {
        return add(name, new Linear(outputs, true, weights));
    }

    Graph build() {
        return graph.build();
    }
}
