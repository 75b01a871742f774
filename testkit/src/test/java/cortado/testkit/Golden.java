package cortado.testkit;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import cortado.io.Safetensors;
import cortado.op.Add;
import cortado.op.Pass;
import cortado.op.MeanSquared;
import cortado.op.LogSoftmax;
import cortado.op.LayerNorm;
import cortado.op.Huber;
import cortado.op.GroupNorm;
import cortado.op.ConvTranspose2d;
import cortado.op.BinaryCrossEntropy;
import cortado.op.BatchNorm2d;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.AvgPool2d;
import cortado.op.ChannelScale;
import cortado.op.Concat;
import cortado.op.Conv2d;
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
import cortado.op.Operands;
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
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What PyTorch computed: one case of a file that {@code src/golden/golden.py} wrote. */
record Golden(Case c, Map<String, Tensor> tensors) {

    static List<Golden> all() {
        return Stream.of("conv2d", "pooling", "normalisation", "losses", "rest", "activations", "moved")
                .flatMap(name -> read(name).stream()).toList();
    }

    private static List<Golden> read(String name) {
        Safetensors file = file(name);
        List<Golden> golden = new ArrayList<>();
        for (JsonElement e : JsonParser.parseString(file.metadata().get("cases")).getAsJsonArray()) {
            String prefix = golden.size() + "/";
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            file.tensors().forEach((key, t) -> {
                if (key.startsWith(prefix)) {
                    tensors.put(key.substring(prefix.length()), t);
                }
            });
            Shape[] x = Stream.of("x", "x1", "x2", "labels", "targets").filter(tensors::containsKey)
                    .map(k -> tensors.get(k).shape())
                    .toArray(Shape[]::new);
            JsonObject o = e.getAsJsonObject();
            Case c = Case.of(name + " " + prefix + " " + e, op(o), x);
            golden.add(new Golden(o.has("training") && !flag(o, "training") ? c.inferring() : c, tensors));
        }
        return golden;
    }

    /** A file of the resources. */
    static Safetensors file(String name) {
        try {
            return Safetensors.read(Path.of(Golden.class.getResource("/golden/" + name + ".safetensors").toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static int[] ints(JsonObject o, String key) {
        JsonArray a = o.getAsJsonArray(key);
        int[] v = new int[a.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = a.get(i).getAsInt();
        }
        return v;
    }

    private static Op op(JsonObject o) {
        Op op = switch (o.get("op").getAsString()) {
            case "conv2d" -> new Conv2d(o.get("filters").getAsInt(), window(o), o.get("groups").getAsInt(), flag(o, "bias"));
            case "linear" -> new Linear(o.get("outputs").getAsInt(), flag(o, "bias"));
            case "maxpool2d" -> new MaxPool2d(window(o), flag(o, "ceil"));
            case "avgpool2d" -> new AvgPool2d(window(o), flag(o, "ceil"), flag(o, "countPadding"));
            case "globalavgpool2d" -> new GlobalAvgPool2d();
            case "relu" -> new Relu();
            case "flatten" -> new Flatten();
            case "add" -> new Add();
            case "softmax" -> new Softmax();
            case "logsoftmax" -> new LogSoftmax();
            case "softmaxcrossentropy" -> o.has("smoothing")
                    ? new SoftmaxCrossEntropy(o.get("smoothing").getAsDouble(),
                            o.getAsJsonArray("weights").asList().stream().map(JsonElement::getAsDouble).toList())
                    : new SoftmaxCrossEntropy();
            case "binarycrossentropy" -> new BinaryCrossEntropy();
            case "meansquared" -> new MeanSquared();
            case "huber" -> new Huber(o.get("delta").getAsDouble());
            case "batchnorm2d" -> new BatchNorm2d(o.get("eps").getAsDouble(), o.get("momentum").getAsDouble());
            case "groupnorm" -> new GroupNorm(o.get("groups").getAsInt(), o.get("eps").getAsDouble());
            case "layernorm" -> new LayerNorm(o.get("eps").getAsDouble());
            case "convtranspose2d" -> new ConvTranspose2d(o.get("filters").getAsInt(), window(o), ints(o, "output_padding")[0],
                    ints(o, "output_padding")[1], o.get("groups").getAsInt(), flag(o, "bias"));
            case "adaptiveavgpool2d" -> new AdaptiveAvgPool2d(ints(o, "output")[0], ints(o, "output")[1]);
            default -> bent(o).orElseGet(() -> moved(o));
        };
        return flag(o, "rectified") ? new Rectified(op) : op;
    }

    private static Optional<Op> bent(JsonObject o) {
        return Optional.ofNullable(switch (o.get("op").getAsString()) {
            case "leakyrelu" -> new LeakyRelu(real(o, "slope"));
            case "elu" -> new Elu(real(o, "alpha"));
            case "gelu" -> new Gelu(flag(o, "tanh"));
            case "silu" -> new Silu();
            case "hardswish" -> new HardSwish();
            case "hardsigmoid" -> new HardSigmoid();
            case "sigmoid" -> new Sigmoid();
            case "tanh" -> new Tanh();
            case "softplus" -> new Softplus(real(o, "beta"), real(o, "threshold"));
            case "relu6" -> new Relu6();
            case "prelu" -> new Prelu(flag(o, "perChannel"));
            default -> null;
        });
    }

    private static Op moved(JsonObject o) {
        return switch (o.get("op").getAsString()) {
            case "mul" -> new Mul();
            case "channelscale" -> new ChannelScale(1);
            case "concat" -> new Concat();
            case "pad" -> {
                int[] p = ints(o, "sizes");
                yield new Pad(p[0], p[1], p[2], p[3], p[4], p[5], real(o, "value"));
            }
            case "upsample" -> new Upsample(ints(o, "factors")[0], ints(o, "factors")[1],
                    Upsample.Mode.valueOf(o.get("mode").getAsString().toUpperCase(Locale.ROOT)), flag(o, "aligned"));
            default -> throw new AssertionError("no op for " + o);
        };
    }

    private static double real(JsonObject o, String key) {
        return o.get(key).getAsDouble();
    }

    private static boolean flag(JsonObject o, String key) {
        return o.has(key) && o.get(key).getAsBoolean();
    }

    private static Window window(JsonObject o) {
        int[] k = ints(o, "kernel");
        int[] s = ints(o, "stride");
        int[] p = ints(o, "padding");
        int[] d = ints(o, "dilation");
        return flag(o, "same") ? Window.same(k[0], k[1], d[0], d[1])
                : new Window(new Window.Axis(k[0], s[0], p[0], p[1], d[0]), new Window.Axis(k[1], s[1], p[2], p[3], d[1]));
    }

    /** PyTorch's inputs in a type and layout of ours, gradients zero. */
    Operands operands(Type type, Layout layout) {
        List<Tensor> x = new ArrayList<>();
        List<Optional<Tensor>> dx = new ArrayList<>();
        for (String key : List.of("x", "x1", "x2")) {
            if (tensors.containsKey(key)) {
                x.add(copy(tensors.get(key), type, layout));
                dx.add(Optional.of(Tensor.of(tensors.get(key).shape(), type, layout)));
            }
        }
        if (tensors.containsKey("labels")) {
            x.add(tensors.get("labels"));
            dx.add(Optional.empty());
        }
        if (tensors.containsKey("targets")) {
            x.add(copy(tensors.get("targets"), type, Layout.ROWS));
            dx.add(Optional.empty());
        }
        List<Tensor> params = Stream.of("w", "b", "running_mean", "running_var").filter(tensors::containsKey)
                .map(k -> copy(tensors.get(k), type, Layout.ROWS)).toList();
        return Operands.of(x, Tensor.of(c.output(), type, layout), params,
                c.op().saved(c.shapes()).stream().map(s -> Tensor.of(s, Type.I32, layout)).toList())
                .withGradients(copy(tensors.get("dy"), type, layout), dx, new boolean[x.size()],
                        c.op().params(c.shapes()).stream().map(p -> p.learned() ? Optional.of(Tensor.of(p.shape(), type))
                                : Optional.<Tensor>empty()).toList())
                .in(new Pass(c.training()), 0, 0);
    }

    /** The gradients in the order of {@link Checks#gradients}. */
    List<Tensor> gradients() {
        return Stream.of("dx", "dx1", "dx2", "dw", "db").filter(tensors::containsKey).map(tensors::get).toList();
    }

    /** What forward leaves of the state, after the learned parameters, by name. */
    Map<String, Tensor> state() {
        Map<String, Tensor> after = new LinkedHashMap<>();
        Stream.of("running_mean", "running_var").filter(tensors::containsKey).forEach(k -> after.put(k, tensors.get("after " + k)));
        return after;
    }

    private static Tensor copy(Tensor t, Type type, Layout layout) {
        Tensor copy = Tensor.of(t.shape(), type, layout);
        copy.copyFrom(t);
        return copy;
    }

    @Override
    public String toString() {
        return c.label();
    }
}
