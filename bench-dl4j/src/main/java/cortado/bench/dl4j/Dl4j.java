package cortado.bench.dl4j;

import cortado.bench.Job;
import cortado.bench.Worker;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Node;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Pad;
import cortado.op.Relu;
import cortado.op.Relu6;
import cortado.op.Softmax;
import cortado.op.Window;
import cortado.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j, for inference: our graph as one of its {@code SameDiff} graphs, computed by its native library, which calls oneDNN
 * for what that knows. Images and filters lie as ours do.
 */
public final class Dl4j implements Worker {
    private final long parameters;
    private final SameDiff graph = SameDiff.create();
    private final String input;
    private final String output;
    private final List<Map<String, INDArray>> images = new ArrayList<>();
    private INDArray scores = Nd4j.empty();

    private Dl4j(Job job) {
        Model model = ModelFile.read(job.model());
        Map<String, Tensor> batches = Safetensors.read(job.batches()).tensors();
        this.parameters = model.graph().learned();
        Graph network = model.graph();
        SDVariable[] y = new SDVariable[network.nodes().size()];
        int batch = batches.get("images.0").shape().n();
        for (int v = 0; v < y.length; v++) {
            Node n = network.nodes().get(v);
            y[v] = apply(n, n.inputs().stream().map(i -> y[i]).toList(), model.parameters().map(), network, batch);
        }
        this.input = y[0].name();
        this.output = y[y.length - 1].name();
        for (int i = 0; batches.containsKey("images." + i); i++) {
            images.add(Map.of(input, array(batches.get("images." + i))));
        }
    }

    private static INDArray array(Tensor t) {
        return Nd4j.create(Arrays.copyOfRange(t.floats(), t.offset(), t.offset() + t.size()),
                Arrays.stream(t.shape().dims()).asLongStream().toArray());
    }

    private SDVariable apply(Node n, List<SDVariable> x, Map<String, Tensor> weights, Graph network, int batch) {
        return switch (n.op()) {
            case Input i -> graph.placeHolder("images", DataType.FLOAT,
                    Arrays.stream(i.example().batch(batch).dims()).asLongStream().toArray());
            case Conv2d c -> conv(n, c, x.getFirst(), weights);
            case Linear _ -> {
                SDVariable product = x.getFirst().mmul(graph.constant(array(weights.get(n.name() + ".weight")).transpose().dup('f')));
                yield weights.containsKey(n.name() + ".bias")
                        ? graph.nn().biasAdd(product, graph.constant(array(weights.get(n.name() + ".bias"))), true)
                        : product;
            }
            case MaxPool2d p -> graph.cnn().maxPooling2d(x.getFirst(), pool(n, p.window(), p.ceilMode(), true,
                    Pooling2D.Pooling2DType.MAX));
            case AvgPool2d p -> graph.cnn().avgPooling2d(x.getFirst(), pool(n, p.window(), p.ceilMode(), p.countPadding(),
                    Pooling2D.Pooling2DType.AVG));
            case GlobalAvgPool2d _ -> x.getFirst().mean(true, 2, 3);
            case Relu _ -> graph.nn().relu(x.getFirst(), 0);
            case Relu6 _ -> graph.nn().relu6(x.getFirst(), 0);
            case Pad p -> graph.nn().pad(x.getFirst(), graph.constant(Nd4j.createFromArray(new int[][] {{0, 0},
                {p.channelsBefore(), p.channelsAfter()}, {p.top(), p.bottom()}, {p.left(), p.right()}})), PadMode.CONSTANT, p.value());
            case Add _ -> x.get(0).add(x.get(1));
            case Flatten _ -> x.getFirst().reshape(batch, -1L);
            case Softmax _ -> graph.nn().softmax(x.getFirst(), 1);
            default -> throw new IllegalArgumentException("layer " + n.name() + ": no counterpart of " + n.op().kind());
        };
    }

    private SDVariable conv(Node n, Conv2d c, SDVariable x, Map<String, Tensor> weights) {
        Window w = symmetric(n, c.window());
        INDArray filters = array(weights.get(n.name() + ".weight"));
        boolean depthwise = c.groups() > 1;
        if (depthwise && (filters.size(1) != 1 || filters.size(0) != c.groups())) {
            throw new IllegalArgumentException("layer " + n.name() + ": no counterpart of a convolution of " + c.groups() + " groups");
        }
        Conv2DConfig config = Conv2DConfig.builder().kH(w.h().kernel()).kW(w.w().kernel()).sH(w.h().stride()).sW(w.w().stride())
                .pH(w.h().before()).pW(w.w().before()).dH(w.h().dilation()).dW(w.w().dilation()).paddingMode(PaddingMode.VALID)
                .dataFormat("NCHW").weightsFormat(depthwise ? WeightsFormat.YXIO : WeightsFormat.OIYX).build();
        SDVariable f = graph.constant(depthwise ? filters.permute(2, 3, 0, 1).dup('c') : filters);
        if (!weights.containsKey(n.name() + ".bias")) {
            return depthwise ? graph.cnn().depthWiseConv2d(x, f, config) : graph.cnn().conv2d(x, f, config);
        }
        SDVariable b = graph.constant(array(weights.get(n.name() + ".bias")));
        return depthwise ? graph.cnn().depthWiseConv2d(x, f, b, config) : graph.cnn().conv2d(x, f, b, config);
    }

    private static Pooling2DConfig pool(Node n, Window window, boolean ceil, boolean padding, Pooling2D.Pooling2DType type) {
        Window w = symmetric(n, window);
        if (ceil) {
            throw new IllegalArgumentException("layer " + n.name() + ": no counterpart of pooling that rounds sizes up");
        }
        return Pooling2DConfig.builder().kH(w.h().kernel()).kW(w.w().kernel()).sH(w.h().stride()).sW(w.w().stride())
                .pH(w.h().before()).pW(w.w().before()).dH(w.h().dilation()).dW(w.w().dilation()).paddingMode(PaddingMode.VALID)
                .type(type).divisor(padding ? Pooling2D.Divisor.INCLUDE_PADDING : Pooling2D.Divisor.EXCLUDE_PADDING).build();
    }

    private static Window symmetric(Node n, Window w) {
        if (w.h().before() != w.h().after() || w.w().before() != w.w().after()) {
            throw new IllegalArgumentException("layer " + n.name() + ": padding differs between the sides: " + w.text());
        }
        return w;
    }

    @Override
    public long parameters() {
        return parameters;
    }

    @Override
    public void reset() {
        // Nothing is learned here.
    }

    @Override
    public void step(int i) {
        scores = graph.outputSingle(images.get(i % images.size()), output);
    }

    @Override
    public double[] outcome() {
        return scores.getRow(0).toDoubleVector();
    }

    /**
     * A process that obeys the orders on standard input.
     *
     * @param args of a {@link Job}
     * @throws IOException if reading orders fails
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // for what the library has to say
        Worker.serve(new Dl4j(Job.of(args)), new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), answers);
        System.exit(0);
    }
}
