package cortado.op;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import java.util.List;

/** A function from ops to kernels, and the layout its activations have. */
public interface Backend {

    /** {@return a name for listings} */
    String name();

    /** {@return where the elements of activations lie} */
    Layout layout();

    /**
     * {@return a kernel; {@link Kernel#reference} where there is no faster one}
     * @param op what to compute
     * @param x  shapes of the inputs: for 16 images or fewer in LANES, else for the whole batch
     */
    Kernel kernel(Op op, Shape... x);

    /** {@return plain kernels only, any element type: what the others are judged by} */
    static Backend reference() {
        return new Backend() {
            @Override
            public String name() {
                return "reference";
            }

            @Override
            public Layout layout() {
                return Layout.ROWS;
            }

            @Override
            public Kernel kernel(Op op, Shape... x) {
                return Kernel.reference(op);
            }
        };
    }

    /**
     * {@return the backend for one network: itself, unless this one chooses}
     * @param ops   the network's
     * @param batch N
     */
    default Backend suiting(List<Op> ops, int batch) {
        return this;
    }

    /**
     * {@return vectorised kernels for F32, in the layout that suits the network: lanes where it has few channels, no op that mixes
     * images, and a batch of two blocks or more, so that two threads have work; else channels. Asked for a single kernel it answers as lanes}
     */
    static Backend vector() {
        return new Backend() {
            @Override
            public String name() {
                return "vector";
            }

            @Override
            public Layout layout() {
                return lanes().layout();
            }

            @Override
            public Kernel kernel(Op op, Shape... x) {
                return lanes().kernel(op, x);
            }

            @Override
            public Backend suiting(List<Op> ops, int batch) {
                boolean lanes = batch >= 2 * Layout.WIDTH && ops.stream().anyMatch(Conv2d.class::isInstance)
                        && ops.stream().allMatch(Backend::suitsLanes);
                return lanes ? lanes() : channels();
            }
        };
    }

    private static boolean suitsLanes(Op op) {
        return switch (op) {
            case Conv2d c -> c.filters() <= 64 && c.window().h().kernel() > 1; // 1×1 is a matrix product
            case Relu6 _ -> false; // joined to the convolution before it in channels only
            case Input _, Linear _, MaxPool2d _, AvgPool2d _, GlobalAvgPool2d _, AdaptiveAvgPool2d _, Relu _, Elementwise _, Flatten _, Add _, Mul _, Upsample _, Softmax _, Loss _, Rectified _ -> true;
            default -> false;
        };
    }

    /** {@return vectorised kernels for F32, over activations in lanes: for networks of few channels and no op that mixes images} */
    static Backend lanes() {
        return new Backend() {
            @Override
            public String name() {
                return "lanes";
            }

            @Override
            public Layout layout() {
                return Layout.LANES;
            }

            @Override
            public Kernel kernel(Op op, Shape... x) {
                return switch (op) {
                    case Conv2d c -> Conv2dWinograd.fits(c, x[0]) ? new Conv2dWinograd(c, x[0]) : new Conv2dVector(c, x[0]);
                    case Linear l -> new LinearVector(l, x[0]);
                    case MaxPool2d p -> new MaxPool2dVector(p, x[0]);
                    case AvgPool2d p -> new AvgPool2dVector(p, x[0]);
                    case GlobalAvgPool2d _ -> AvgPool2dVector.global(x[0]);
                    case AdaptiveAvgPool2d p -> AvgPool2dVector.adaptive(p, x[0]);
                    case Relu _ -> new ElementwiseVector.ReluVector();
                    case Add _ -> new ElementwiseVector.AddVector();
                    case Elementwise e -> ActivationVector.of(e);
                    case Mul _ -> new MulVector();
                    case Upsample u -> new UpsampleVector(u, x[0]);
                    case Softmax _ when x[0].rank() == 2 -> new SoftmaxVector.Plain(x[0].dim(1));
                    case SoftmaxCrossEntropy l when x[0].rank() == 2 -> new SoftmaxVector.CrossEntropy(l, x[0].dim(1));
                    case BinaryCrossEntropy _, MeanSquared _, Huber _ -> PointwiseVector.of((Loss) op, x[0]);
                    case Rectified r when r.most() < Float.POSITIVE_INFINITY -> Kernel.reference(op);
                    case Rectified r -> new ElementwiseVector.RectifiedVector(kernel(r.op(), x));
                    case Input _, Flatten _, Softmax _, ConvTranspose2d _, LogSoftmax _, BatchNorm2d _, BatchNormAdd _, ConvAdd _, GroupNorm _, LayerNorm _, SoftmaxCrossEntropy _, Prelu _, Dropout _, DropPath _, Concat _, ChannelScale _, Pad _, Op.Custom _ ->
                        Kernel.reference(op);
                };
            }
        };
    }

    /** {@return vectorised kernels for F32, over channels in blocks: for networks of many channels, and for single images} */
    static Backend channels() {
        return new Backend() {
            @Override
            public String name() {
                return "channels";
            }

            @Override
            public Layout layout() {
                return Layout.CHANNELS;
            }

            @Override
            public Kernel kernel(Op op, Shape... x) {
                return switch (op) {
                    case Conv2d c -> convolution(c, x[0], 0);
                    case ConvAdd(Conv2d c) -> convolution(c, x[0], 0);
                    case Linear l -> new Conv2dChannels(l, x[0], 0);
                    case BatchNorm2d b -> new BatchNorm2dChannels(b, x[0], false, 0);
                    case BatchNormAdd(BatchNorm2d b) -> new BatchNorm2dChannels(b, x[0], true, 0);
                    case Rectified(BatchNorm2d b, float most) -> new BatchNorm2dChannels(b, x[0], false, most);
                    case Rectified(BatchNormAdd(BatchNorm2d b), float most) when most == Float.POSITIVE_INFINITY ->
                        new BatchNorm2dChannels(b, x[0], true, most);
                    case Rectified(Conv2d c, float most) -> convolution(c, x[0], most);
                    case Rectified(ConvAdd(Conv2d c), float most) -> convolution(c, x[0], most);
                    case Rectified(Linear l, float most) -> new Conv2dChannels(l, x[0], most);
                    case Rectified r when r.most() < Float.POSITIVE_INFINITY -> Kernel.reference(op); // never fused
                    case Concat c -> new MovedChannels.ConcatChannels(c);
                    case Pad p -> new MovedChannels.PadChannels(p);
                    case Flatten f -> new MovedChannels.FlattenChannels(f);
                    case Dropout _, DropPath _ -> new DropChannels(op);
                    case ChannelScale c -> FactorChannels.of(c, x[0]);
                    case Prelu p -> FactorChannels.of(p, x[0]);
                    case Input _, Op.Custom _ -> Kernel.reference(op);
                    case MaxPool2d _, AvgPool2d _, AdaptiveAvgPool2d _, GlobalAvgPool2d _, Relu _, Elementwise _, Add _, Mul _, Upsample _, Rectified _ ->
                        ByBlocks.of(op, x);
                    case Softmax _, LogSoftmax _, SoftmaxCrossEntropy _ -> new SoftmaxChannels(op, x[0]);
                    case ConvTranspose2d c -> new ConvTranspose2dChannels(c, x[0]);
                    case GroupNorm g -> new GroupNormChannels(g, x[0]);
                    case LayerNorm l -> new LayerNormChannels(l, x[0]);
                    case BinaryCrossEntropy _, MeanSquared _, Huber _ -> PointwiseVector.of((Loss) op, x[0]);
                };
            }
        };
    }

    private static Kernel convolution(Conv2d op, Shape x, float most) {
        if (DepthwiseChannels.fits(op, x)) {
            return new DepthwiseChannels(op, x, most);
        }
        return Conv2dWinogradChannels.fits(op, x) ? new Conv2dWinogradChannels(op, x, most) : new Conv2dChannels(op, x, most);
    }
}
