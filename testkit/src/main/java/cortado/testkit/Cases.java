package cortado.testkit;

import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.BatchNorm2d;
import cortado.op.BatchNormAdd;
import cortado.op.BinaryCrossEntropy;
import cortado.op.ConvAdd;
import cortado.op.ConvTranspose2d;
import cortado.op.GroupNorm;
import cortado.op.Huber;
import cortado.op.LayerNorm;
import cortado.op.LogSoftmax;
import cortado.op.MeanSquared;
import cortado.op.ChannelScale;
import cortado.op.Concat;
import cortado.op.Conv2d;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Elu;
import cortado.op.Flatten;
import cortado.op.Gelu;
import cortado.op.GlobalAvgPool2d;
import cortado.op.HardSigmoid;
import cortado.op.HardSwish;
import cortado.op.LeakyRelu;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Mul;
import cortado.op.Op;
import cortado.op.Pad;
import cortado.op.Prelu;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.op.Relu6;
import cortado.op.Sigmoid;
import cortado.op.Silu;
import cortado.op.Softmax;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Softplus;
import cortado.op.Tanh;
import cortado.op.Upsample;
import cortado.op.Window;
import cortado.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The catalogue: every op with its settings on awkward sizes. Adding an op means adding a line here. */
public final class Cases {

    private Cases() {
    }

    /** {@return all cases, in a fixed order} */
    public static List<Case> all() {
        List<Case> all = new ArrayList<>();
        all.addAll(convolutions());
        all.addAll(grouped());
        all.addAll(transposed());
        all.addAll(linear());
        all.addAll(maxPooling());
        all.addAll(averagePooling());
        all.addAll(elementwise());
        all.addAll(activations());
        all.addAll(dropped());
        all.addAll(products());
        all.addAll(moved());
        all.addAll(scores());
        all.addAll(losses());
        all.addAll(normalised());
        all.addAll(rectified());
        return List.copyOf(all);
    }

    private static List<Case> convolutions() {
        return List.of(
                Case.of("the notes' sizes", Conv2d.of(1, Window.of(2)), s(1, 1, 3, 3)),
                Case.of("a single pixel", Conv2d.of(3, Window.of(1)), s(1, 1, 1, 1)),
                Case.of("1×1, channels only", Conv2d.of(7, Window.of(1)), s(3, 5, 7, 7)),
                Case.of("1×1, no bias, whole block of lanes", conv(13, Window.of(1), 1, false), s(16, 7, 3, 3)),
                Case.of("3×3 pad 1, one lane over a block", Conv2d.of(5, Window.of(3, 1, 1)), s(17, 3, 5, 5)),
                Case.of("3×3, wide image", Conv2d.of(3, Window.of(3)), s(1, 1, 5, 31)),
                Case.of("3×3, filters past a tile", Conv2d.of(17, Window.of(3, 1, 1)), s(3, 1, 7, 5)),
                Case.of("5×5, second layer of LeNet-5", Conv2d.of(16, Window.of(5)), s(2, 6, 14, 14)),
                Case.of("5×5 pad 2, two blocks and one", Conv2d.of(6, Window.of(5, 1, 2)), s(33, 1, 7, 7)),
                Case.of("3×3, Winograd, cut tiles", Conv2d.of(16, Window.of(3, 1, 1)), s(3, 16, 7, 6)),
                Case.of("3×3, Winograd, no padding, no bias", conv(20, Window.of(3), 1, false), s(1, 16, 9, 8)),
                Case.of("stride 2, last column unused", Conv2d.of(3, Window.of(3, 2, 0)), s(3, 3, 13, 12)),
                Case.of("stride 2 pad 1", Conv2d.of(5, Window.of(3, 2, 1)), s(16, 1, 7, 7)),
                Case.of("stride beyond the kernel", Conv2d.of(3, Window.of(2, 3, 0)), s(3, 1, 13, 7)),
                Case.of("stride beyond the image", Conv2d.of(3, Window.of(2, 5, 1)), s(3, 1, 3, 4)),
                Case.of("1×1 stride 2, a residual shortcut", conv(5, Window.of(1, 2, 0), 1, false), s(3, 3, 7, 6)),
                Case.of("stride 2 with dilation 2", Conv2d.of(3, window(3, 3, 2, 2, 2, 2, 1, 2, 2, 2)), s(3, 3, 7, 8)),
                Case.of("stride 2,3", Conv2d.of(3, window(3, 2, 2, 3, 1, 1, 1, 1, 1, 1)), s(5, 3, 7, 13)),
                Case.of("padding differs on all sides", Conv2d.of(3, window(3, 3, 1, 1, 0, 1, 2, 1, 1, 1)), s(3, 1, 5, 5)),
                Case.of("padding differs, stride 2", Conv2d.of(3, window(3, 5, 2, 2, 2, 0, 1, 3, 1, 1)), s(1, 3, 7, 7)),
                Case.of("windows wholly in padding", Conv2d.of(3, Window.of(2, 1, 3)), s(3, 1, 3, 3)),
                Case.of("same, even kernel 4×2", Conv2d.of(3, Window.same(4, 2, 1, 1)), s(3, 1, 5, 7)),
                Case.of("same, dilated", Conv2d.of(3, Window.same(3, 2, 2, 3)), s(1, 3, 7, 7)),
                Case.of("dilation 2", Conv2d.of(5, window(3, 3, 1, 1, 0, 0, 0, 0, 2, 2)), s(3, 1, 7, 7)),
                Case.of("dilation 2,3 with stride and padding", Conv2d.of(3, window(3, 2, 2, 1, 1, 2, 0, 1, 2, 3)), s(17, 1, 7, 7)),
                Case.of("row kernel 1×7", Conv2d.of(3, window(1, 7, 1, 1, 0, 0, 3, 3, 1, 1)), s(1, 3, 5, 13)),
                Case.of("column kernel 5×1", Conv2d.of(3, window(5, 1, 1, 1, 0, 0, 0, 0, 1, 1)), s(1, 3, 7, 5)),
                Case.of("rectangular 3×5", Conv2d.of(7, window(3, 5, 1, 1, 1, 1, 2, 2, 1, 1)), s(3, 1, 5, 5)),
                Case.of("window as large as the image", Conv2d.of(13, Window.of(5)), s(3, 3, 5, 5)),
                Case.of("no bias", conv(5, Window.of(3, 1, 1), 1, false), s(3, 3, 5, 5)),
                Case.of("one image, 31 columns", Conv2d.of(5, Window.of(3, 1, 1)), s(1, 1, 13, 31)));
    }

    private static List<Case> grouped() {
        return List.of(
                Case.of("2 groups", conv(6, Window.of(3, 1, 1), 2, true), s(3, 4, 5, 5)),
                Case.of("3 groups, stride 2, no bias", conv(3, Window.of(3, 2, 1), 3, false), s(17, 6, 5, 5)),
                Case.of("2 groups, dilation 2", conv(4, window(2, 2, 1, 1, 1, 1, 1, 1, 2, 2), 2, true), s(1, 6, 5, 5)),
                Case.of("depthwise", conv(5, Window.of(3, 1, 1), 5, true), s(3, 5, 7, 5)),
                Case.of("depthwise, long rows", conv(17, Window.of(3, 1, 1), 17, true), s(2, 17, 3, 31)),
                Case.of("depthwise, stride 2, no border", conv(17, Window.of(3, 2, 0), 17, true), s(3, 17, 9, 17)),
                Case.of("depthwise, one pixel", conv(3, Window.of(3, 1, 2), 3, false), s(3, 3, 1, 1)),
                Case.of("depthwise, whole block of lanes", conv(3, Window.of(3, 2, 1), 3, false), s(16, 3, 7, 7)),
                Case.of("depthwise, two filters a channel", conv(6, Window.of(3), 3, true), s(3, 3, 5, 5)));
    }

    private static List<Case> transposed() {
        return List.of(
                Case.of("a single pixel", ConvTranspose2d.of(3, Window.of(1)), s(1, 1, 1, 1)),
                Case.of("2×2 stride 2, U-Net's", ConvTranspose2d.of(5, Window.of(2, 2, 0)), s(3, 7, 5, 3)),
                Case.of("3×3 stride 2 pad 1, output padding 1", new ConvTranspose2d(3, Window.of(3, 2, 1), 1, 1, 1, true),
                        s(3, 5, 5, 3)),
                Case.of("4×4 stride 2 pad 1, channels past a block", ConvTranspose2d.of(17, Window.of(4, 2, 1)), s(1, 17, 3, 5)),
                Case.of("stride beyond the kernel, no bias", new ConvTranspose2d(3, Window.of(2, 3, 0), 2, 0, 1, false),
                        s(17, 3, 3, 3)),
                Case.of("stride beyond the kernel", new ConvTranspose2d(17, Window.of(1, 2, 0), 0, 1, 1, true), s(2, 3, 3, 3)),
                Case.of("2 groups, stride 1", new ConvTranspose2d(6, Window.of(3, 1, 1), 0, 0, 2, true), s(3, 4, 5, 5)),
                Case.of("depthwise", new ConvTranspose2d(3, Window.of(3, 2, 1), 0, 1, 3, true), s(3, 3, 3, 3)),
                Case.of("rectangular, dilated, padding differs",
                        new ConvTranspose2d(3, window(3, 2, 2, 1, 0, 1, 2, 1, 2, 3), 1, 2, 1,
                                true),
                        s(3, 2, 5, 7)));
    }

    private static List<Case> linear() {
        return List.of(
                Case.of("one to one", Linear.of(1), s(1, 1)),
                Case.of("3 images, 5 to 7", Linear.of(7), s(3, 5)),
                Case.of("whole block, 13 to 31", Linear.of(31), s(16, 13)),
                Case.of("one over a block, 33 to 10", Linear.of(10), s(17, 33)),
                Case.of("two blocks and one, 31 to 17, no bias", new Linear(17, false), s(33, 31)),
                Case.of("one input", Linear.of(3), s(5, 1)),
                Case.of("one image, 127 to 65", Linear.of(65), s(1, 127)));
    }

    private static List<Case> maxPooling() {
        return List.of(
                Case.of("2×2", MaxPool2d.of(2), s(1, 1, 4, 4)),
                Case.of("2×2, last row and column unused", MaxPool2d.of(2), s(3, 3, 7, 5)),
                Case.of("2×2, one lane over a block", MaxPool2d.of(2), s(17, 3, 6, 6)),
                Case.of("1×1", MaxPool2d.of(1), s(3, 1, 5, 5)),
                Case.of("overlapping, 3×3 stride 2 pad 1", max(Window.of(3, 2, 1), false), s(16, 1, 7, 7)),
                Case.of("overlapping, 3×3 stride 1", max(Window.of(3, 1, 0), false), s(3, 3, 5, 7)),
                Case.of("stride beyond the window", max(Window.of(2, 3, 0), false), s(3, 1, 13, 7)),
                Case.of("rectangular 2×3, stride 1,2", max(window(2, 3, 1, 2, 0, 0, 0, 0, 1, 1), false), s(3, 1, 5, 13)),
                Case.of("padding differs", max(window(3, 2, 2, 2, 0, 1, 1, 0, 1, 1), false), s(3, 1, 6, 5)),
                Case.of("dilation 2", max(window(2, 2, 1, 1, 0, 0, 0, 0, 2, 2), false), s(3, 1, 5, 7)),
                Case.of("ceil mode", max(Window.of(3, 2, 0), true), s(3, 1, 6, 13)),
                Case.of("ceil mode, pad 1", max(Window.of(2, 2, 1), true), s(33, 1, 5, 7)),
                Case.of("ceil mode, window over the end left out", max(Window.of(2, 3, 1), true), s(3, 1, 4, 4)),
                Case.of("whole image", MaxPool2d.of(5), s(3, 3, 5, 5)),
                ties("ties, 2×2", MaxPool2d.of(2), s(3, 3, 6, 6)),
                ties("ties, overlapping with padding", max(Window.of(3, 1, 1), false), s(17, 1, 5, 5)));
    }

    private static List<Case> averagePooling() {
        return List.of(
                Case.of("2×2", AvgPool2d.of(2), s(1, 1, 4, 4)),
                Case.of("2×2, last row and column unused", AvgPool2d.of(2), s(17, 3, 7, 5)),
                Case.of("overlapping, 3×3 stride 2 pad 1", avg(Window.of(3, 2, 1), false, true), s(16, 1, 7, 7)),
                Case.of("padding not counted", avg(Window.of(3, 2, 1), false, false), s(3, 3, 7, 7)),
                Case.of("overlapping, stride 1", avg(Window.of(3, 1, 0), false, true), s(3, 1, 5, 5)),
                Case.of("stride beyond the window", avg(Window.of(2, 3, 0), false, true), s(3, 1, 13, 7)),
                Case.of("rectangular 2×3, stride 1,2", avg(window(2, 3, 1, 2, 0, 0, 0, 0, 1, 1), false, true), s(3, 1, 5, 13)),
                Case.of("padding differs, counted", avg(window(3, 2, 2, 1, 0, 1, 1, 0, 1, 1), false, true), s(3, 1, 6, 5)),
                Case.of("padding differs, not counted", avg(window(3, 2, 2, 1, 0, 1, 1, 0, 1, 1), false, false), s(3, 1, 6, 5)),
                Case.of("ceil mode", avg(Window.of(3, 2, 0), true, true), s(3, 1, 6, 13)),
                Case.of("ceil mode, pad 1, counted", avg(Window.of(2, 2, 1), true, true), s(33, 1, 5, 7)),
                Case.of("ceil mode, pad 1, not counted", avg(Window.of(3, 2, 1), true, false), s(3, 1, 6, 6)),
                Case.of("whole image", AvgPool2d.of(5), s(3, 3, 5, 5)),
                Case.of("windows that overlap", new AdaptiveAvgPool2d(3, 2), s(3, 5, 7, 5)),
                Case.of("more outputs than inputs", new AdaptiveAvgPool2d(7, 7), s(1, 17, 3, 5)),
                Case.of("to one", new AdaptiveAvgPool2d(1, 1), s(17, 3, 5, 3)),
                Case.of("the same size", new AdaptiveAvgPool2d(3, 5), s(2, 16, 3, 5)),
                Case.of("global", new GlobalAvgPool2d(), s(3, 5, 7, 5)),
                Case.of("global, single pixel", new GlobalAvgPool2d(), s(1, 1, 1, 1)),
                Case.of("global, two blocks and one", new GlobalAvgPool2d(), s(33, 3, 3, 5)));
    }

    private static List<Case> elementwise() {
        return List.of(
                Case.of("images", new Relu(), s(3, 5, 7, 7)),
                Case.of("vectors", new Relu(), s(17, 13)),
                Case.of("one number", new Relu(), s(1, 1)),
                ties("zeros on the kink", new Relu(), s(33, 7)),
                Case.of("images", new Flatten(), s(3, 5, 7, 3)),
                Case.of("one lane over a block", new Flatten(), s(17, 3, 5, 1)),
                Case.of("images", new Add(), s(3, 5, 7, 3), s(3, 5, 7, 3)),
                Case.of("vectors, two blocks and one", new Add(), s(33, 13), s(33, 13)));
    }

    private static List<Case> activations() {
        List<Op> all = List.of(new LeakyRelu(0.01), new LeakyRelu(-0.5), new Elu(1), new Elu(0.3), new Gelu(false), new Gelu(true),
                new Silu(), new HardSwish(), new HardSigmoid(), new Sigmoid(), new Tanh(), new Softplus(1, 20),
                new Softplus(2, 5), new Relu6(), new Prelu(false), new Prelu(true));
        List<Case> cases = new ArrayList<>();
        for (Op op : all) {
            cases.add(wide(op + ", a single element", op, s(1, 1)));
            cases.add(wide(op + ", images", op, s(3, 5, 3, 7)));
            cases.add(wide(op + ", channels past a block", op, s(2, 17, 5, 1)));
            cases.add(wide(op + ", vectors, one over a block", op, s(17, 31)));
            cases.add(ties(op + ", ties", op, s(3, 5, 3, 3)));
        }
        return cases;
    }

    private static List<Case> dropped() {
        List<Case> cases = new ArrayList<>();
        for (Op op : List.of(new Dropout(0.5), new Dropout(0.1), new DropPath(0.3))) {
            cases.add(Case.of(op + ", images", op, s(3, 5, 3, 7)));
            cases.add(Case.of(op + ", channels past a block", op, s(7, 17, 5, 1)));
            cases.add(Case.of(op + ", vectors, one over a block", op, s(17, 31)));
            cases.add(Case.of(op + ", images", op, s(3, 5, 3, 7)).inferring());
        }
        cases.add(Case.of("none", new Dropout(0), s(3, 5)));
        return cases;
    }

    private static List<Case> products() {
        return List.of(
                Case.of("a gate", new Mul(), s(3, 5, 3, 7), s(3, 5, 1, 1)),
                Case.of("a gate, channels past a block", new Mul(), s(17, 33, 3, 1), s(17, 33, 1, 1)),
                Case.of("one shape", new Mul(), s(3, 17, 5, 3), s(3, 17, 5, 3)),
                Case.of("single pixels", new Mul(), s(1, 3, 1, 1), s(1, 3, 1, 1)),
                Case.of("vectors", new Mul(), s(17, 31), s(17, 31)),
                Case.of("images", new ChannelScale(1e-6), s(3, 5, 3, 7)),
                Case.of("channels past a block", new ChannelScale(0.5), s(17, 33, 1, 3)));
    }

    private static List<Case> moved() {
        return List.of(
                Case.of("one", new Concat(), s(3, 5, 3, 1)),
                Case.of("two within a block", new Concat(), s(3, 5, 3, 7), s(3, 3, 3, 7)),
                Case.of("whole blocks", new Concat(), s(2, 16, 3, 5), s(2, 32, 3, 5), s(2, 17, 3, 5)),
                Case.of("across blocks", new Concat(), s(1, 13, 1, 3), s(1, 16, 1, 3), s(1, 33, 1, 3), s(1, 1, 1, 3)),
                Case.of("vectors", new Concat(), s(17, 7), s(17, 31)),
                Case.of("rows and columns", new Pad(0, 0, 1, 2, 3, 0, 0), s(3, 5, 3, 1)),
                Case.of("channels, whole blocks before", new Pad(16, 3, 0, 0, 0, 0, 0), s(2, 17, 3, 5)),
                Case.of("channels and a value", new Pad(5, 13, 1, 0, 0, 1, -0.5), s(17, 7, 3, 3)),
                Case.of("none", new Pad(0, 0, 0, 0, 0, 0, 1), s(1, 3, 3, 5)),
                Case.of("nearest 2", Upsample.nearest(2), s(3, 5, 3, 7)),
                Case.of("nearest 3×1", new Upsample(3, 1, Upsample.Mode.NEAREST, false), s(1, 17, 1, 5)),
                Case.of("bilinear 2", new Upsample(2, 2, Upsample.Mode.BILINEAR, false), s(3, 5, 3, 7)),
                Case.of("bilinear 3×2, channels past a block", new Upsample(3, 2, Upsample.Mode.BILINEAR, false), s(2, 17, 5, 1)),
                Case.of("bilinear, aligned", new Upsample(2, 3, Upsample.Mode.BILINEAR, true), s(17, 3, 3, 5)),
                Case.of("bilinear, aligned, a single pixel", new Upsample(1, 1, Upsample.Mode.BILINEAR, true), s(1, 3, 1, 1)));
    }

    private static Case wide(String label, Op op, Shape input) {
        return new Case(label, op, List.of(input), Case.Values.WIDE, true);
    }

    private static List<Case> scores() {
        return List.of(
                Case.of("one class", new Softmax(), s(1, 1)),
                Case.of("ten classes", new Softmax(), s(3, 10)),
                Case.of("one over a block", new Softmax(), s(17, 5)),
                Case.of("31 classes, two blocks and one", new Softmax(), s(33, 31)),
                Case.of("one class", new SoftmaxCrossEntropy(), s(1, 1), s(1)),
                Case.of("ten classes", new SoftmaxCrossEntropy(), s(3, 10), s(3)),
                Case.of("whole block", new SoftmaxCrossEntropy(), s(16, 7), s(16)),
                Case.of("one over a block", new SoftmaxCrossEntropy(), s(17, 5), s(17)),
                Case.of("31 classes, two blocks and one", new SoftmaxCrossEntropy(), s(33, 31), s(33)),
                Case.of("each pixel", new Softmax(), s(3, 5, 3, 1)),
                Case.of("ten classes", new LogSoftmax(), s(17, 10)),
                Case.of("each pixel, 17 classes", new LogSoftmax(), s(3, 17, 1, 3)));
    }

    private static List<Case> losses() {
        List<Double> weights = List.of(0.5, 2.0, 0.0, 1.0, 3.0);
        SoftmaxCrossEntropy smooth = new SoftmaxCrossEntropy(0.1, List.of());
        return List.of(
                Case.of("label smoothing", smooth, s(17, 7), s(17)),
                Case.of("label smoothing, two blocks of classes", smooth, s(3, 31), s(3)),
                Case.of("class weights", new SoftmaxCrossEntropy(0, weights), s(3, 5), s(3)),
                Case.of("label smoothing and class weights", new SoftmaxCrossEntropy(0.3, weights), s(17, 5), s(17)),
                Case.of("soft targets", new SoftmaxCrossEntropy(), s(17, 5), s(17, 5)),
                Case.of("soft targets, smoothing and weights", new SoftmaxCrossEntropy(0.1, weights), s(3, 5), s(3, 5)),
                Case.of("a class a pixel", new SoftmaxCrossEntropy(), s(3, 5, 3, 7), s(3, 3, 7)),
                Case.of("a class a pixel, 17 classes, smoothing", smooth, s(1, 17, 5, 3), s(1, 5, 3)),
                Case.of("soft targets a pixel, weights", new SoftmaxCrossEntropy(0, weights), s(3, 5, 3, 1), s(3, 5, 3, 1)),
                Case.of("one score", new BinaryCrossEntropy(), s(1, 1), s(1, 1)),
                Case.of("one over a block", new BinaryCrossEntropy(), s(17, 7), s(17, 7)),
                Case.of("images", new BinaryCrossEntropy(), s(3, 17, 3, 5), s(3, 17, 3, 5)),
                Case.of("vectors", new MeanSquared(), s(17, 5), s(17, 5)),
                Case.of("images", new MeanSquared(), s(3, 17, 3, 5), s(3, 17, 3, 5)),
                Case.of("vectors", new Huber(0.5), s(17, 5), s(17, 5)),
                Case.of("images", new Huber(1), s(3, 17, 3, 5), s(3, 17, 3, 5)));
    }

    private static List<Case> normalised() {
        BatchNorm2d batch = BatchNorm2d.of();
        return List.of(
                Case.of("a single value a channel", batch, s(1, 3, 1, 1)),
                Case.of("vectors", batch, s(17, 5)),
                Case.of("images", batch, s(3, 5, 3, 7)),
                Case.of("one image, channels past a block", batch, s(1, 17, 5, 3)),
                Case.of("two blocks of images and one, two of channels", batch, s(33, 31, 1, 3)),
                Case.of("large ε, all of the newest", new BatchNorm2d(0.5, 1), s(5, 3, 2, 2)),
                Case.of("one group", new GroupNorm(1, 1e-5), s(3, 5, 3, 1)),
                Case.of("groups within a block of channels", new GroupNorm(3, 1e-5), s(3, 6, 5, 3)),
                Case.of("a group across blocks of channels", new GroupNorm(2, 1e-3), s(1, 34, 3, 3)),
                Case.of("a group a channel", new GroupNorm(17, 1e-5), s(17, 17, 2, 2)),
                Case.of("vectors", new GroupNorm(1, 1e-5), s(3, 13)),
                Case.of("images", new LayerNorm(1e-6), s(3, 5, 7, 3)),
                Case.of("two blocks of channels and one", new LayerNorm(1e-5), s(1, 33, 3, 5)),
                Case.of("vectors, one over a block", new LayerNorm(1e-5), s(17, 31)),
                Case.of("images", batch, s(3, 17, 3, 7)).inferring(),
                Case.of("vectors", batch, s(1, 13)).inferring());
    }

    private static List<Case> rectified() {
        return List.of(
                Case.of("3×3 pad 1", new Rectified(Conv2d.of(5, Window.of(3, 1, 1))), s(3, 3, 5, 7)),
                Case.of("5×5 pad 2, first layer of LeNet-5", new Rectified(Conv2d.of(6, Window.of(5, 1, 2))), s(17, 1, 13, 13)),
                Case.of("stride 2, no bias", new Rectified(conv(7, Window.of(3, 2, 1), 1, false)), s(16, 1, 7, 7)),
                Case.of("depthwise", new Rectified(conv(3, Window.of(3, 1, 1), 3, true)), s(1, 3, 5, 5)),
                Case.of("depthwise, cut off", new Rectified(conv(17, Window.of(3, 2, 1), 17, true), 0.4f), s(3, 17, 7, 13)),
                Case.of("33 to 13", new Rectified(Linear.of(13)), s(17, 33)),
                Case.of("7 to 5, no bias", new Rectified(new Linear(5, false)), s(3, 7)),
                Case.of("images", new BatchNormAdd(BatchNorm2d.of()), s(3, 17, 5, 3), s(3, 17, 5, 3)),
                Case.of("3×3 pad 1", new ConvAdd(conv(17, Window.of(3, 1, 1), 1, true)), s(3, 17, 5, 7), s(3, 17, 5, 7)),
                Case.of("winograd", new Rectified(new ConvAdd(conv(33, Window.of(3, 1, 1), 1, true))), s(5, 17, 9, 13),
                        s(5, 33, 9, 13)),
                Case.of("1×1", new Rectified(new ConvAdd(conv(33, Window.of(1), 1, true))), s(1, 17, 7, 7), s(1, 33, 7, 7)),
                Case.of("3×3 stride 2, groups", new Rectified(new ConvAdd(conv(6, Window.of(3, 2, 1), 3, false)), 0.4f),
                        s(3, 9, 7, 5), s(3, 6, 4, 3)),
                Case.of("images", new Rectified(new BatchNormAdd(BatchNorm2d.of())), s(5, 33, 3, 7), s(5, 33, 3, 7)),
                Case.of("images", new Rectified(BatchNorm2d.of()), s(3, 17, 5, 3)),
                Case.of("cut off", new Rectified(BatchNorm2d.of(), 0.4f), s(3, 17, 5, 3)),
                Case.of("images", new Rectified(BatchNorm2d.of()), s(3, 5, 3, 3)).inferring(),
                Case.of("a residual join", new Rectified(new Add()), s(3, 5, 3, 3), s(3, 5, 3, 3)),
                Case.of("2×2", new Rectified(MaxPool2d.of(2)), s(17, 3, 6, 6)),
                Case.of("3×3 stride 2 pad 1", new Rectified(max(Window.of(3, 2, 1), false)), s(3, 1, 7, 7)),
                Case.of("2×2", new Rectified(AvgPool2d.of(2)), s(3, 3, 6, 6)));
    }

    private static Case ties(String label, Op op, Shape input) {
        return new Case(label, op, List.of(input), Case.Values.TIES, true);
    }

    private static Conv2d conv(int filters, Window window, int groups, boolean bias) {
        return new Conv2d(filters, window, groups, bias);
    }

    private static MaxPool2d max(Window window, boolean ceilMode) {
        return new MaxPool2d(window, ceilMode);
    }

    private static AvgPool2d avg(Window window, boolean ceilMode, boolean countPadding) {
        return new AvgPool2d(window, ceilMode, countPadding);
    }

    /** Rows before columns; padding top, bottom, left, right. */
    private static Window window(int r, int s, int strideH, int strideW, int top, int bottom, int left, int right, int dilationH,
            int dilationW) {
        return new Window(new Window.Axis(r, strideH, top, bottom, dilationH), new Window.Axis(s, strideW, left, right, dilationW));
    }

    private static Shape s(int... dims) {
        return Shape.of(dims);
    }
}
