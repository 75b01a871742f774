package cortado.bench.peers;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.BatchNorm2d;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.LongArrayRef;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** One of our graphs in PyTorch's functions. Whatever a call needs besides tensors is made once, so that a step only calls. */
final class Network {
    private final List<Call> calls = new ArrayList<>();
    private final List<List<Integer>> inputs = new ArrayList<>();
    private final boolean training;
    private final List<LongPointer> kept = new ArrayList<>();

    /** One function with its settings. */
    private interface Call {
        Tensor apply(Tensor[] x);
    }

    Network(Graph graph, Map<String, Tensor> weights, boolean training) {
        this.training = training;
        for (Node n : graph.nodes()) {
            calls.add(call(n, weights));
            inputs.add(n.inputs());
        }
    }

    /** Runs all nodes; {@return the last one's output}. */
    Tensor forward(Tensor images) {
        Tensor[] y = new Tensor[calls.size()];
        for (int v = 0; v < y.length; v++) {
            List<Integer> from = inputs.get(v);
            Tensor[] x = new Tensor[Math.max(1, from.size())];
            x[0] = images;
            for (int i = 0; i < from.size(); i++) {
                x[i] = y[from.get(i)];
            }
            y[v] = calls.get(v).apply(x);
        }
        return y[y.length - 1];
    }

    private Call call(Node n, Map<String, Tensor> weights) {
        return switch (n.op()) {
            case Input _ -> x -> x[0];
            case Conv2d c -> conv(c, weights.get(n.name() + ".weight"), bias(n, weights));
            case Linear _ -> linear(weights.get(n.name() + ".weight"), bias(n, weights));
            case BatchNorm2d b -> norm(b, n, weights);
            case MaxPool2d p -> max(p);
            case AvgPool2d p -> avg(p);
            case GlobalAvgPool2d _ -> x -> torch.adaptive_avg_pool2d(x[0], 1, 1);
            case Relu _ -> x -> torch.relu_(x[0]);
            case Relu6 _ -> x -> torch.relu6_(x[0]);
            case Pad p -> pad(p);
            case Add _ -> sum();
            case Flatten _ -> x -> torch.flatten(x[0], 1, -1);
            case Softmax _ -> x -> torch.softmax(x[0], 1);
            default -> throw new IllegalArgumentException("layer " + n.name() + ": no counterpart of " + n.op().kind());
        };
    }

    private Call conv(Conv2d c, Tensor w, TensorOptional b) {
        LongArrayRef stride = pair(c.window().h().stride(), c.window().w().stride());
        LongArrayRef pad = padding(c.window());
        LongArrayRef dilation = pair(c.window().h().dilation(), c.window().w().dilation());
        return x -> torch.conv2d(x[0], w, b, stride, pad, dilation, c.groups());
    }

    private static Call linear(Tensor w, TensorOptional b) {
        return x -> torch.linear(x[0], w, b);
    }

    private Call norm(BatchNorm2d b, Node n, Map<String, Tensor> weights) {
        TensorOptional w = new TensorOptional(weights.get(n.name() + ".weight"));
        TensorOptional bias = new TensorOptional(weights.get(n.name() + ".bias"));
        TensorOptional mean = new TensorOptional(weights.get(n.name() + ".running_mean"));
        TensorOptional variance = new TensorOptional(weights.get(n.name() + ".running_var"));
        return x -> torch.batch_norm(x[0], w, bias, mean, variance, training, b.momentum(), b.eps(), false);
    }

    private Call max(MaxPool2d p) {
        LongArrayRef kernel = pair(p.window().h().kernel(), p.window().w().kernel());
        LongArrayRef stride = pair(p.window().h().stride(), p.window().w().stride());
        LongArrayRef pad = padding(p.window());
        LongArrayRef dilation = pair(p.window().h().dilation(), p.window().w().dilation());
        return x -> torch.max_pool2d(x[0], kernel, stride, pad, dilation, p.ceilMode());
    }

    private Call avg(AvgPool2d p) {
        LongArrayRef kernel = pair(p.window().h().kernel(), p.window().w().kernel());
        LongArrayRef stride = pair(p.window().h().stride(), p.window().w().stride());
        LongArrayRef pad = padding(p.window());
        LongOptional divisor = new LongOptional();
        return x -> torch.avg_pool2d(x[0], kernel, stride, pad, p.ceilMode(), p.countPadding(), divisor);
    }

    private Call pad(Pad p) {
        LongPointer memory = new LongPointer(p.left(), p.right(), p.top(), p.bottom(), p.channelsBefore(), p.channelsAfter());
        kept.add(memory);
        LongArrayRef sides = new LongArrayRef(memory, 6);
        Scalar value = new Scalar(p.value());
        return x -> torch.constant_pad_nd(x[0], sides, value);
    }

    private static Call sum() {
        Scalar one = new Scalar(1.0f);
        return x -> torch.add(x[0], x[1], one);
    }

    private static TensorOptional bias(Node n, Map<String, Tensor> weights) {
        Tensor b = weights.get(n.name() + ".bias");
        return b == null ? new TensorOptional() : new TensorOptional(b);
    }

    private LongArrayRef padding(Window w) {
        if (w.h().before() != w.h().after() || w.w().before() != w.w().after()) {
            throw new IllegalArgumentException("padding differs between the sides: " + w.text());
        }
        return pair(w.h().before(), w.w().before());
    }

    /** Two sizes; a reference does not own its memory, so the network keeps that. */
    private LongArrayRef pair(long a, long b) {
        LongPointer memory = new LongPointer(a, b);
        kept.add(memory);
        return new LongArrayRef(memory, 2);
    }
}
