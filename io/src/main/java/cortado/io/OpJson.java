package cortado.io;

import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.BatchNorm2d;
import cortado.op.BinaryCrossEntropy;
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
import cortado.op.Init;
import cortado.op.Input;
import cortado.op.LeakyRelu;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Mul;
import cortado.op.Op;
import cortado.op.Pad;
import cortado.op.Prelu;
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
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Ops as JSON: one entry per op in {@link #TABLE}, which is all that a new op needs here. Settings that are usual are left
 * out when writing.
 *
 * @param type   the op's class
 * @param stem   of names given to layers without one: {@code conv} for conv1, conv2
 * @param inputs how many tensors it reads, {@link #MANY} for one or more
 * @param keys   of its settings
 * @param read   settings → op
 * @param write  op, object so far → object with the settings
 */
record OpJson<T extends Op>(Class<T> type, String stem, int inputs, List<String> keys, Function<Layer, T> read,
        BiFunction<T, Json.Obj, Json.Obj> write) {

    private static final List<String> WINDOW = List.of("kernel", "stride", "padding", "dilation");
    static final int MANY = Integer.MAX_VALUE;
    /** No window is larger than this, so that sums of its settings stay within 32 bits. */
    private static final int LARGEST = Short.MAX_VALUE;

    /** Every op that has a text form. */
    static final List<OpJson<?>> TABLE = List.of(
            new OpJson<>(Input.class, "input", 0, List.of("shape", "type"),
                    l -> new Input(l.fields.shape("shape").or(l::image).orElseThrow(() -> l.fields.wrong("shape", "[C, H, W]")),
                            l.type()),
                    (op, o) -> unless(o.with("shape", dims(op.example())), "type", op.type().name(), Type.F32.name())),
            new OpJson<>(Conv2d.class, "conv", 1, and(WINDOW, "filters", "groups", "bias", "init"),
                    l -> new Conv2d(l.outputs("filters", false), l.window(false), l.fields.number("groups", 1),
                            l.fields.flag("bias", true), l.one("init", Init.PYTORCH)),
                    (op, o) -> one(unless(unless(window(o.with("filters", op.filters()), op.window(), false),
                            "groups", op.groups(), 1), "bias", op.bias(), true), "init", op.init(), Init.PYTORCH)),
            new OpJson<>(MaxPool2d.class, "pool", 1, and(WINDOW, "ceil_mode"),
                    l -> new MaxPool2d(l.window(true), l.fields.flag("ceil_mode", false)),
                    (op, o) -> unless(window(o, op.window(), true), "ceil_mode", op.ceilMode(), false)),
            new OpJson<>(AvgPool2d.class, "pool", 1, List.of("kernel", "stride", "padding", "ceil_mode", "count_include_pad"),
                    l -> new AvgPool2d(l.window(true), l.fields.flag("ceil_mode", false), l.fields.flag("count_include_pad", true)),
                    (op, o) -> unless(unless(window(o, op.window(), true), "ceil_mode", op.ceilMode(), false),
                            "count_include_pad", op.countPadding(), true)),
            new OpJson<>(Linear.class, "fc", 1, List.of("outputs", "bias", "init"),
                    l -> new Linear(l.outputs("outputs", l.last), l.fields.flag("bias", true), l.one("init", Init.PYTORCH)),
                    (op, o) -> one(unless(o.with("outputs", op.outputs()), "bias", op.bias(), true), "init", op.init(),
                            Init.PYTORCH)),
            new OpJson<>(BatchNorm2d.class, "bn", 1, List.of("eps", "momentum"),
                    l -> new BatchNorm2d(l.fields.real("eps", 1e-5), l.fields.real("momentum", 0.1)),
                    (op, o) -> unless(unless(o, "eps", op.eps(), 1e-5), "momentum", op.momentum(), 0.1)),
            new OpJson<>(GroupNorm.class, "gn", 1, List.of("groups", "eps"),
                    l -> new GroupNorm(l.fields.number("groups", 32), l.fields.real("eps", 1e-5)),
                    (op, o) -> unless(o.with("groups", op.groups()), "eps", op.eps(), 1e-5)),
            new OpJson<>(LayerNorm.class, "ln", 1, List.of("eps"), l -> new LayerNorm(l.fields.real("eps", 1e-5)),
                    (op, o) -> unless(o, "eps", op.eps(), 1e-5)),
            new OpJson<>(ConvTranspose2d.class, "upconv", 1, and(WINDOW, "filters", "output_padding", "groups", "bias"),
                    l -> new ConvTranspose2d(l.outputs("filters", false), l.window(false), l.pair("output_padding", new int[2])[0],
                            l.pair("output_padding", new int[2])[1], l.fields.number("groups", 1), l.fields.flag("bias", true)),
                    (op, o) -> unless(unless(unless(window(o.with("filters", op.filters()), op.window(), false), "output_padding",
                            pair(op.outputPaddingH(), op.outputPaddingW()), 0), "groups", op.groups(), 1), "bias", op.bias(),
                            true)),
            new OpJson<>(AdaptiveAvgPool2d.class, "pool", 1, List.of("output"),
                    l -> new AdaptiveAvgPool2d(l.pair("output", new int[0])[0], l.pair("output", new int[0])[1]),
                    (op, o) -> o.with("output", pair(op.h(), op.w()))),
            plain(GlobalAvgPool2d.class, "pool", 1, new GlobalAvgPool2d()),
            plain(Relu.class, "relu", 1, new Relu()),
            new OpJson<>(LeakyRelu.class, "relu", 1, List.of("negative_slope"),
                    l -> new LeakyRelu(l.fields.real("negative_slope", 0.01)),
                    (op, o) -> unless(o, "negative_slope", op.slope(), 0.01)),
            new OpJson<>(Prelu.class, "prelu", 1, List.of("per_channel"), l -> new Prelu(l.fields.flag("per_channel", false)),
                    (op, o) -> unless(o, "per_channel", op.perChannel(), false)),
            new OpJson<>(Elu.class, "elu", 1, List.of("alpha"), l -> new Elu(l.fields.real("alpha", 1)),
                    (op, o) -> unless(o, "alpha", op.alpha(), 1.0)),
            new OpJson<>(Gelu.class, "gelu", 1, List.of("tanh"), l -> new Gelu(l.fields.flag("tanh", false)),
                    (op, o) -> unless(o, "tanh", op.tanh(), false)),
            new OpJson<>(Softplus.class, "softplus", 1, List.of("beta", "threshold"),
                    l -> new Softplus(l.fields.real("beta", 1), l.fields.real("threshold", 20)),
                    (op, o) -> unless(unless(o, "beta", op.beta(), 1.0), "threshold", op.threshold(), 20.0)),
            plain(Silu.class, "silu", 1, new Silu()),
            plain(HardSwish.class, "hardswish", 1, new HardSwish()),
            plain(HardSigmoid.class, "hardsigmoid", 1, new HardSigmoid()),
            plain(Sigmoid.class, "sigmoid", 1, new Sigmoid()),
            plain(Tanh.class, "tanh", 1, new Tanh()),
            plain(Relu6.class, "relu", 1, new Relu6()),
            new OpJson<>(Dropout.class, "drop", 1, List.of("p"), l -> new Dropout(l.fields.real("p", 0.5)),
                    (op, o) -> unless(o, "p", op.p(), 0.5)),
            new OpJson<>(DropPath.class, "drop", 1, List.of("p"), l -> new DropPath(l.fields.real("p", 0.1)),
                    (op, o) -> unless(o, "p", op.p(), 0.1)),
            plain(Concat.class, "concat", MANY, new Concat()),
            plain(Mul.class, "mul", 2, new Mul()),
            new OpJson<>(ChannelScale.class, "scale", 1, List.of("initial"), l -> new ChannelScale(l.fields.real("initial", 1e-6)),
                    (op, o) -> unless(o, "initial", op.initial(), 1e-6)),
            new OpJson<>(Pad.class, "pad", 1, List.of("channels", "padding", "value"), Layer::pad,
                    (op, o) -> unless(unless(unless(o, "channels", List.of(op.channelsBefore(), op.channelsAfter()), List.of(0, 0)),
                            "padding", List.of(op.top(), op.bottom(), op.left(), op.right()), List.of(0, 0, 0, 0)),
                            "value", op.value(), 0.0)),
            new OpJson<>(Upsample.class, "up", 1, List.of("scale_factor", "mode", "align_corners"),
                    l -> {
                        int[] by = l.pair("scale_factor", new int[0]);
                        return new Upsample(by[0], by[1], l.one("mode", Upsample.Mode.NEAREST),
                                l.fields.flag("align_corners", false));
                    },
                    (op, o) -> unless(one(o.with("scale_factor", pair(op.h(), op.w())), "mode", op.mode(), Upsample.Mode.NEAREST),
                            "align_corners", op.alignCorners(), false)),
            plain(Flatten.class, "flatten", 1, new Flatten()),
            plain(Add.class, "add", 2, new Add()),
            plain(Softmax.class, "softmax", 1, new Softmax()),
            plain(LogSoftmax.class, "logsoftmax", 1, new LogSoftmax()),
            new OpJson<>(SoftmaxCrossEntropy.class, "loss", 2, List.of("label_smoothing", "class_weights"),
                    l -> new SoftmaxCrossEntropy(l.fields.real("label_smoothing", 0),
                            l.fields.get("class_weights").isPresent() ? l.fields.doubles("class_weights") : List.of()),
                    (op, o) -> unless(unless(o, "label_smoothing", op.smoothing(), 0.0), "class_weights", op.classWeights(),
                            List.of())),
            plain(BinaryCrossEntropy.class, "loss", 2, new BinaryCrossEntropy()),
            plain(MeanSquared.class, "loss", 2, new MeanSquared()),
            new OpJson<>(Huber.class, "loss", 2, List.of("delta"), l -> new Huber(l.fields.real("delta", 1)),
                    (op, o) -> unless(o, "delta", op.delta(), 1.0)));

    /**
     * What one layer's settings are read from.
     *
     * @param fields  of its JSON object
     * @param image   C H W, where the data says it
     * @param classes number of scores, 0 if unknown
     * @param last    whether this is the last layer of its kind, whose outputs are the scores
     */
    record Layer(Fields fields, Optional<Shape> image, int classes, boolean last) {

        /** A number of outputs: given, {@code "classes"}, or left out where they can only be the classes. */
        int outputs(String key, boolean mayMiss) {
            Optional<Json> given = fields.get(key);
            boolean scores = given.isEmpty() ? mayMiss : given.get().equals(new Json.Str("classes"));
            if (scores && classes > 0) {
                return classes;
            }
            return given.flatMap(j -> Fields.whole(j, Integer.MAX_VALUE)).orElseThrow(() -> fields.wrong(key,
                    scores ? "a whole number, as no data set says how many classes there are" : "a whole number or \"classes\""));
        }

        /** Pooling windows usually stand side by side, those of a convolution one apart. */
        Window window(boolean pooling) {
            int[] kernel = pair("kernel", new int[0]);
            int[] stride = pair("stride", pooling ? kernel : new int[] {1, 1});
            int[] dilation = pair("dilation", new int[] {1, 1});
            int[] pad = padding(kernel, stride, dilation);
            return new Window(new Window.Axis(kernel[0], stride[0], pad[0], pad[1], dilation[0]),
                    new Window.Axis(kernel[1], stride[1], pad[2], pad[3], dilation[1]));
        }

        /** Channels before and after; top, bottom, left, right. */
        Pad pad() {
            int[] c = pair("channels", new int[] {0, 0});
            int[] p = padding(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1});
            return new Pad(c[0], c[1], p[0], p[1], p[2], p[3], fields.real("value", 0));
        }

        private int[] pair(String key, int[] usual) {
            Optional<Json> given = fields.get(key);
            if (given.isEmpty() && usual.length == 2) {
                return usual;
            }
            return given.flatMap(j -> sizes(j, 2))
                    .orElseThrow(() -> fields.wrong(key, "a whole number up to " + LARGEST + ", or [h, w]"));
        }

        /** Top, bottom, left, right. */
        private int[] padding(int[] kernel, int[] stride, int[] dilation) {
            Json given = fields.get("padding").orElse(new Json.Num("0"));
            if (given.equals(new Json.Str("same"))) {
                if (stride[0] != 1 || stride[1] != 1) {
                    throw fields.wrong("padding", "numbers, as the stride is not 1 and no size stays the same");
                }
                Window w = Window.same(kernel[0], kernel[1], dilation[0], dilation[1]);
                return new int[] {w.h().before(), w.h().after(), w.w().before(), w.w().after()};
            }
            return sizes(given, 4).orElseThrow(() -> fields.wrong("padding",
                    "\"same\", a whole number up to " + LARGEST + ", [h, w] or [top, bottom, left, right]"));
        }

        /** A number for all, one for each of h and w, or all by themselves. */
        private static Optional<int[]> sizes(Json json, int count) {
            return Fields.whole(json, LARGEST).map(List::of).or(() -> Fields.wholes(json, LARGEST))
                    .filter(l -> l.size() == 1 && json instanceof Json.Num || l.size() == 2 || l.size() == count)
                    .map(l -> {
                        int[] all = new int[count];
                        Arrays.setAll(all, i -> l.get(i * l.size() / count));
                        return all;
                    });
        }

        /** One of an enum's words, in lower case. */
        <E extends Enum<E>> E one(String key, E usual) {
            List<E> all = List.of(usual.getDeclaringClass().getEnumConstants());
            Optional<String> given = fields.string(key);
            return given.isEmpty() ? usual : all.stream().filter(e -> word(e).equals(given.get())).findFirst()
                    .orElseThrow(() -> fields.wrong(key, "one of " + all.stream().map(OpJson::word).toList()));
        }

        private Type type() {
            String name = fields.string("type").orElse(Type.F32.name());
            return Arrays.stream(Type.values()).filter(t -> t.name().equals(name)).findFirst()
                    .orElseThrow(() -> fields.wrong("type", "one of " + Arrays.toString(Type.values())));
        }
    }

    private static <T extends Op> OpJson<T> plain(Class<T> type, String stem, int inputs, T op) {
        return new OpJson<>(type, stem, inputs, List.of(), l -> op, (same, o) -> o);
    }

    private static List<String> and(List<String> keys, String... more) {
        return Stream.concat(keys.stream(), Arrays.stream(more)).toList();
    }

    /** {@return the name in files: that of the class in lower case} */
    String kind() {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** {@return the entry of that name} */
    static Optional<OpJson<?>> named(String kind) {
        return TABLE.stream().<OpJson<?>>map(e -> e).filter(e -> e.kind().equals(kind)).findFirst();
    }

    /**
     * {@return the object with the op's settings}
     * @param op     an op
     * @param object so far
     * @throws FormatException if the op has no text form
     */
    static Json.Obj write(Op op, Json.Obj object) {
        return TABLE.stream().filter(e -> e.type == op.getClass()).findFirst().orElseThrow(() -> new FormatException("the op "
                + op.kind() + " has no text form: "
                + (op instanceof Op.Custom ? "a model with ops of one's own is saved by one's own program"
                        : "save the network as it was before it was fused")))
                .settings(op, object);
    }

    private Json.Obj settings(Op op, Json.Obj object) {
        return write.apply(type.cast(op), object);
    }

    private static Json.Obj unless(Json.Obj o, String key, Object value, Object usual) {
        return value.equals(usual) ? o : o.with(key, value);
    }

    private static Json.Obj one(Json.Obj o, String key, Enum<?> value, Enum<?> usual) {
        return unless(o, key, word(value), word(usual));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static List<Integer> dims(Shape shape) {
        return Arrays.stream(shape.dims()).boxed().toList();
    }

    private static Json.Obj window(Json.Obj o, Window w, boolean pooling) {
        Window.Axis h = w.h();
        Window.Axis v = w.w();
        Object kernel = pair(h.kernel(), v.kernel());
        Object padding = h.before() == h.after() && v.before() == v.after() ? pair(h.before(), v.before())
                : List.of(h.before(), h.after(), v.before(), v.after());
        Json.Obj all = unless(o.with("kernel", kernel), "stride", pair(h.stride(), v.stride()), pooling ? kernel : (Object) 1);
        return unless(unless(all, "padding", padding, 0), "dilation", pair(h.dilation(), v.dilation()), 1);
    }

    private static Object pair(int h, int w) {
        return h == w ? (Object) h : List.of(h, w);
    }
}
