package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.graph.Node;
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
import cortado.op.Loss;
import cortado.op.MeanSquared;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.ChannelScale;
import cortado.op.Concat;
import cortado.op.Conv2d;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Elementwise;
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
import cortado.op.Operands;
import cortado.op.Pad;
import cortado.op.Prelu;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.op.Relu6;
import cortado.op.Sigmoid;
import cortado.op.Silu;
import cortado.op.Softmax;
import cortado.op.Softplus;
import cortado.op.Tanh;
import cortado.op.Upsample;
import cortado.op.Window;
import cortado.op.Window.Axis;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import cortado.tensor.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkJsonTest {
    private static final Optional<Shape> IMAGE = Optional.of(Shape.of(1, 28, 28));

    /** Graphs in which, together, every op stands with usual and with unusual settings. */
    static Stream<Graph> graphs() {
        Window odd = new Window(new Axis(3, 2, 0, 1, 2), new Axis(5, 1, 2, 1, 1));
        Window wide = new Window(new Axis(2, 1, 1, 1, 1), new Axis(3, 2, 0, 0, 1));
        Graph join = join(new Softmax());
        return Stream.concat(Networks.NAMES.stream().map(n -> Networks.named(n, Networks.image(n), Networks.classes(n))), Stream.of(
                Graph.builder().then("x", Input.images(4, 19, 21))
                        .then("a.0", new Conv2d(6, odd, 2, false, Init.KAIMING_NORMAL_FAN_OUT))
                        .then("b", new Conv2d(3, wide, 3, true))
                        .then("c", Conv2d.of(4, Window.same(2, 4, 3, 1))).then("flat", new Flatten())
                        .then("fc", new Linear(7, true, Init.NORMAL_001)).build(),
                Graph.builder().then("x", Input.images(2, 20, 20))
                        .then("m", new MaxPool2d(new Window(new Axis(3, 2, 1, 0, 2), new Axis(2, 2, 0, 1, 1)), true))
                        .then("n", MaxPool2d.of(2)).then("g", new GlobalAvgPool2d()).build(),
                Graph.builder().then("x", Input.images(2, 20, 20))
                        .then("m", new AvgPool2d(wide, true, false)).then("n", AvgPool2d.of(3)).build(),
                Graph.builder().then("x", Input.images(3, 5, 5)).then("m", BatchNorm2d.of()).then("n", new BatchNorm2d(0.5, 0.01))
                        .build(),
                Graph.builder().then("x", Input.images(3, 5, 5)).then("m", new GroupNorm(3, 1e-5)).then("n", new LayerNorm(1e-6))
                        .then("p", new AdaptiveAvgPool2d(3, 2)).then("q", new AdaptiveAvgPool2d(4, 4))
                        .then("u", ConvTranspose2d.of(4, Window.of(2, 2, 0)))
                        .then("v", new ConvTranspose2d(2, Window.of(3, 2, 1), 0, 1, 2, false)).then("s", new LogSoftmax()).build(),
                join.withLoss(new SoftmaxCrossEntropy(0.1, List.of(1.0, 2.0, 0.5, 1.0, 1.0)), Input.labels()),
                join.withLoss(new BinaryCrossEntropy(), Input.targets(5)), join.withLoss(new MeanSquared(), Input.targets(5)),
                join.withLoss(new Huber(1), Input.targets(5)), join.withLoss(new Huber(0.25), Input.targets(5)),
                bent(), moved(),
                join, join(new Relu()).withLoss(), new Graph(join.nodes().subList(0, 2)).withLoss(),
                Graph.builder().then("images", new Input(Shape.of(3, 8, 8), Type.F64)).then("r", new Relu()).build(),
                Graph.builder().then("vectors", new Input(Shape.of(5), Type.F32)).then("r", Linear.of(3)).build()));
    }

    private static Graph bent() {
        Graph.Builder b = Graph.builder().then("x", Input.images(2, 6, 6));
        List<Op> all = List.of(new LeakyRelu(0.01), new LeakyRelu(0.2), new Elu(1), new Elu(0.5), new Gelu(false), new Gelu(true),
                new Silu(), new HardSwish(), new HardSigmoid(), new Sigmoid(), new Tanh(), new Softplus(1, 20), new Softplus(2, 5),
                new Relu6(), new Prelu(false), new Prelu(true), new Dropout(0.5), new Dropout(0.1), new DropPath(0.1),
                new DropPath(0.2), new ChannelScale(1e-6), new ChannelScale(1));
        for (Op op : all) {
            b.then("n" + all.indexOf(op), op);
        }
        return b.build();
    }

    private static Graph moved() {
        Graph.Builder b = Graph.builder();
        int x = b.add("x", Input.images(2, 6, 6));
        int pad = b.add("pad", new Pad(1, 0, 0, 0, 0, 0, 0), x);
        int more = b.add("more", new Pad(0, 0, 1, 2, 3, 4, -1), pad);
        int none = b.add("none", new Pad(0, 0, 0, 0, 0, 0, 0), more);
        int up = b.add("up", Upsample.nearest(2), none);
        int smooth = b.add("smooth", new Upsample(1, 3, Upsample.Mode.BILINEAR, true), up);
        int all = b.add("all", new Concat(), smooth, smooth, smooth);
        int gate = b.add("gate", new GlobalAvgPool2d(), all);
        b.add("mul", new Mul(), all, gate);
        return b.build();
    }

    static Stream<Graph> small() {
        return graphs().filter(g -> g.nodes().size() < 50);
    }

    private static Graph join(Op last) {
        Graph.Builder b = Graph.builder();
        int x = b.add("x", Input.images(2, 6, 6));
        int flat = b.add("flat", new Flatten(), x);
        int one = b.add("one", Linear.of(5), flat);
        int two = b.add("two", Linear.of(5), flat);
        int sum = b.add("sum", new Add(), two, one);
        b.add("last", last, sum);
        return b.build();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void whatIsWrittenIsRead(Graph graph) {
        assertThat(shapesFit(graph)).isTrue();
        String text = NetworkJson.write("net", graph);
        assertThat(NetworkJson.read(text, "f.json", Optional.empty(), 0)).isEqualTo(new Network("net", graph));
        assertThat(text).doesNotContain("null").endsWith("}\n");
    }

    private static boolean shapesFit(Graph graph) {
        return !graph.shapes(2).isEmpty();
    }

    @Test
    void everyOpHasAnEntryAndStandsInTheGraphsAbove() {
        Set<Class<?>> open = Set.of(Op.Custom.class, Rectified.class, BatchNormAdd.class, ConvAdd.class);
        Set<Class<?>> ops = Stream.of(Op.class, Loss.class, Elementwise.class)
                .flatMap(c -> Arrays.stream(c.getPermittedSubclasses()))
                .filter(c -> c != Loss.class && c != Elementwise.class)
                .filter(c -> !open.contains(c)).collect(Collectors.toSet());
        assertThat(graphs().flatMap(g -> g.nodes().stream()).<Class<?>>map(n -> n.op().getClass()).collect(Collectors.toSet()))
                .isEqualTo(ops);
        assertThat(OpJson.TABLE.stream().<Class<?>>map(OpJson::type).toList()).containsExactlyInAnyOrderElementsOf(ops);
        for (Graph g : graphs().toList()) {
            g.nodes().forEach(n -> assertThat(OpJson.named(n.op().kind())).isPresent());
        }
    }

    @Test
    void aPersonsTextIsRead() {
        String text = """
                {"layers": [
                  {"op": "conv2d", "filters": 32, "kernel": 3, "padding": "same"}, {"op": "relu"},
                  {"op": "conv2d", "filters": 32, "kernel": [3, 5], "padding": [1, 2], "from": "conv1"},
                  {"op": "add", "from": ["relu1", "conv2"]},
                  {"op": "maxpool2d", "kernel": 3, "stride": 2, "padding": [0, 1, 1, 0]},
                  {"op": "conv2d", "name": "conv4", "filters": 2, "kernel": 1},
                  {"op": "conv2d", "filters": 2, "kernel": 1}, {"op": "conv2d", "filters": "classes", "kernel": 1},
                  {"op": "flatten"}, {"op": "linear"}
                ]}""";
        Network n = NetworkJson.read(text, "dir/my-net.json", IMAGE, 12);
        Graph.Builder b = Graph.builder();
        int x = b.add("x", Input.images(1, 28, 28));
        int conv1 = b.add("conv1", Conv2d.of(32, Window.of(3, 1, 1)), x);
        int relu1 = b.add("relu1", new Relu(), conv1);
        int conv2 = b.add("conv2", Conv2d.of(32, new Window(new Axis(3, 1, 1, 1, 1), new Axis(5, 1, 2, 2, 1))), conv1);
        b.add("add1", new Add(), relu1, conv2);
        b.then("pool1", new MaxPool2d(new Window(new Axis(3, 2, 0, 1, 1), new Axis(3, 2, 1, 0, 1)), false))
                .then("conv4", Conv2d.of(2, Window.of(1))).then("conv3", Conv2d.of(2, Window.of(1)))
                .then("conv5", Conv2d.of(12, Window.of(1))).then("flatten1", new Flatten()).then("fc1", Linear.of(12));
        assertThat(n).isEqualTo(new Network("my-net", b.build()));
    }

    @Test
    void namesGivenLaterAreNotTakenBefore() {
        String text = "{\"layers\":[{\"op\":\"relu\"},{\"op\":\"relu\",\"name\":\"relu1\"},{\"op\":\"relu\"}]}";
        assertThat(NetworkJson.read(text, "a", IMAGE, 0).graph().nodes().stream().map(Node::name))
                .containsExactly("x", "relu2", "relu1", "relu3");
    }

    @Test
    void theTextsInputStandsAboveTheDatas() {
        String text = "{\"input\":[3,4,4],\"layers\":[{\"op\":\"flatten\"},{\"op\":\"linear\"}]}";
        assertThat(NetworkJson.read(text, "a", IMAGE, 2).graph().input().example()).isEqualTo(Shape.of(3, 4, 4));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'op':'conv2d','filters':3,'kernal':3}|f.json: layer 1 (conv2d): unknown key \"kernal\"; did you mean kernel?",
        "{'op':'conv2','filters':3}|f.json: layer 1 (conv2): unknown op \"conv2\"; did you mean conv2d?",
        "{'op':'conv2d','name':'c','filters':3}|layer 1 (c): kernel: expected a whole number up to 32767, or [h, w]"
                + ", received nothing",
        "{'op':'conv2d','name':'c','filters':'3','kernel':1}|layer 1 (c): filters: "
                + "expected a whole number or \"classes\", received \"3\"",
        "{'op':'conv2d','filters':3,'kernel':[1,2,3]}|kernel: expected a whole number up to 32767, or [h, w], received [1,2,3]",
        "{'op':'conv2d','filters':3,'kernel':1.5}|kernel: expected a whole number up to 32767, or [h, w], received 1.5",
        "{'op':'conv2d','filters':3,'kernel':0}|layer 1 (conv2d): a window needs kernel, stride and dilation of 1",
        "{'op':'conv2d','filters':3,'kernel':99999}|up to 32767",
        "{'op':'conv2d','filters':3,'kernel':31}|f.json: layer conv1: the window spans 31 positions, but the input has only 28",
        "{'op':'conv2d','filters':3,'kernel':3,'padding':'full'}|padding: "
                + "expected \"same\", a whole number up to 32767, [h, w] or [top",
        "{'op':'conv2d','filters':3,'kernel':3,'stride':2,'padding':'same'}|as the stride is not 1",
        "{'op':'conv2d','filters':3,'kernel':3,'bias':1}|bias: expected true or false, received 1",
        "{'op':'conv2d','filters':3,'kernel':3,'groups':2}|filters must be at least 1 and divisible by groups",
        "{'op':'conv2d','filters':2147483647,'kernel':3}|f.json: layer conv1: a tensor holds at most 2147483647 elements",
        "{'op':'conv2d','filters':3,'kernel':3,'init':'zero'}|init: expected one of [pytorch, pytorch_zero_bias, ",
        "{'op':'maxpool2d','kernel':2,'padding':2}|padding may be at most half the kernel",
        "{'op':'relu','from':'conv1'}|layer 1 (relu): from: no layer before this one is called \"conv1\"",
        "{'op':'relu','from':['x','x']}|from: expected the name of an earlier layer, received [\"x\",\"x\"]",
        "{'op':'relu','from':3}|from: expected a name or a list of names, received 3",
        "{'op':'add'}|layer 1 (add): from: expected the names of 2 earlier layers, received nothing",
        "{'op':'relu','name':'x'}|layer 1 (x): name: an earlier layer is called that, too",
        "{'op':'relu','name':'a\\nb'}|name: expected a string of up to 120 characters",
        "{'op':'relu','name':7}|name: expected a string",
        "{'op':'linear','outputs':3}|layer fc1: linear takes vectors N×C (put a flatten before it)",
        "{'op':'flatten'},{'op':'linear','outputs':3}|expected one score for each of the 10 classes at the end, received 3",
        "{'op':'flatten'},{'op':'linear'},{'op':'linear'}|layer 2 (linear): "
                + "outputs: expected a whole number or \"classes\", received nothing",
        "{'op':'input'}|expected one score for each of the 10 classes at the end, received 1×28×28",
        "{'name':'conv1'}|layer 1 (conv1): expected an object with \"op\": one of input, conv2d",
        "7|layer 1: expected an object with \"op\"",
        "|layers: expected a list of layers, received []"})
    void mistakesAreNamed(String layers, String message) {
        String text = "{\"layers\":[" + (layers == null ? "" : layers.replace('\'', '"')) + "]}";
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> NetworkJson.read(text, "f.json", IMAGE, 10))
                .withMessageContaining(message).withMessageStartingWith("f.json: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void mistakesAboveTheLayersAreNamed() {
        for (List<String> c : List.of(
                List.of("{\"layer\":[]}", "f.json: unknown key \"layer\"; did you mean layers?"),
                List.of("{\"input\":[1,28],\"layers\":[{\"op\":\"globalavgpool2d\"}]}", "globalavgpool2d takes images"),
                List.of("{\"input\":28,\"layers\":[{\"op\":\"relu\"}]}",
                        "input: expected a list of sizes such as [1, 28, 28], received 28"),
                List.of("{\"layers\":[{\"op\":\"relu\"}]}", "input: expected [channels, rows, columns], as no data set says them"),
                List.of("{\"input\":[4],\"layers\":[{\"op\":\"linear\"}]}",
                        "outputs: expected a whole number, as no data set says how many"),
                List.of("[]", "expected an object {…}, received []"),
                List.of("{\"layers\":[", "not valid JSON: End of input at line 1 column 12"))) {
            assertThatThrownBy(() -> NetworkJson.read(c.get(0), "f.json", Optional.empty(), 0)).isInstanceOf(FormatException.class)
                    .hasMessageContaining(c.get(1));
        }
    }

    @Test
    void whatHasNoTextFormIsRefused() {
        record Twice() implements Op.Custom {
            @Override
            public Shape output(Shape... x) {
                return x[0];
            }

            @Override
            public void forward(Operands o) {
                o.y().copyFrom(o.x());
            }

            @Override
            public void backward(Operands o) {
                o.dx().ifPresent(dx -> dx.copyFrom(o.dy()));
            }
        }
        for (Op op : List.of(new Twice(), new Rectified(new Relu()))) {
            Graph g = Graph.builder().then("x", Input.images(1, 2, 2)).then("a", op).build();
            assertThatThrownBy(() -> NetworkJson.write("n", g)).isInstanceOf(FormatException.class)
                    .hasMessageContaining("the op " + op.kind() + " has no text form");
        }
    }

    @Test
    void filesThatAreNoTextAreNamed(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("net.json"), new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(() -> NetworkJson.read(file, IMAGE, 10)).isInstanceOf(FormatException.class)
                .hasMessage("cannot read " + file + ": it is not UTF-8 text");
        Files.writeString(file, NetworkJson.write("a", Networks.named("mlp", IMAGE.get(), 10)));
        assertThat(NetworkJson.read(file, IMAGE, 10).name()).isEqualTo("a");
    }

    @ParameterizedTest
    @MethodSource("small")
    void damagedTextGivesNothingButFormatExceptionsSeed3(Graph graph) {
        byte[] good = NetworkJson.write("net", graph).getBytes(StandardCharsets.UTF_8);
        Mutations.fuzz(good, good.length, 3, 300,
                bytes -> NetworkJson.read(new String(bytes, StandardCharsets.UTF_8), "f.json", IMAGE, 0));
    }
}
