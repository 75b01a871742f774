package cortado.bench.peers;

import cortado.bench.Job;
import cortado.bench.Mode;
import cortado.bench.Outcomes;
import cortado.bench.Worker;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Conv2d;
import cortado.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/** One op of PyTorch's alone: its forward, or one of its gradients by the function that autograd would call. */
final class PyTorchOp implements Worker {
    private final Mode mode;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Network network;
    private final Tensor images;
    private final Tensor x;
    private final Tensor w;
    private final Tensor dy;
    private final boolean linear;
    private final long[] stride;
    private final long[] pad;
    private final long[] dilation;
    private final long groups;
    private final BoolPointer wanted;
    private List<Tensor> results = List.of();

    PyTorchOp(Job job) {
        this.mode = job.mode();
        Model model = ModelFile.read(job.model());
        Graph graph = model.graph();
        model.parameters().map().forEach((name, t) -> weights.put(name, PyTorch.tensor(t, job.setting())));
        Safetensors batches = Safetensors.read(job.batches());
        this.network = new Network(graph, weights, false);
        this.images = PyTorch.tensor(batches.tensors().get("images.0"), job.setting());
        this.dy = PyTorch.tensor(batches.tensors().get("dy.0"), job.setting());
        this.w = weights.get("op.weight");
        this.linear = !(graph.nodes().getLast().op() instanceof Conv2d);
        Shape in = graph.shapes(1).get(graph.nodes().size() - 2);
        this.x = linear ? images.view(-1, in.dim(1)) : images;
        Conv2d conv = graph.nodes().getLast().op() instanceof Conv2d c ? c : Conv2d.of(1, cortado.op.Window.of(1));
        this.stride = new long[] {conv.window().h().stride(), conv.window().w().stride()};
        this.pad = new long[] {conv.window().h().before(), conv.window().w().before()};
        this.dilation = new long[] {conv.window().h().dilation(), conv.window().w().dilation()};
        this.groups = conv.groups();
        this.wanted = new BoolPointer(3).put(0, mode == Mode.DX).put(1, mode == Mode.DW).put(2, mode == Mode.DW);
    }

    @Override
    public long parameters() {
        return weights.values().stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void reset() {
        // Nothing is learned here.
    }

    @Override
    public void step(int i) {
        results.forEach(Tensor::close);
        try (PointerScope _ = new PointerScope(); InferenceMode _ = new InferenceMode()) {
            results = mode == Mode.FORWARD ? List.of(network.forward(images)) : linear ? gemm() : convolution();
            results.forEach(Tensor::retainReference);
        }
    }

    private List<Tensor> gemm() {
        return mode == Mode.DX ? List.of(torch.mm(dy, w)) : List.of(torch.mm(dy.t(), x), dy.sum(0));
    }

    private List<Tensor> convolution() {
        T_TensorTensorTensor_T all = torch.convolution_backward(dy, x, w, new long[] {w.size(0)}, stride, pad, dilation, false,
                new long[] {0, 0}, groups, wanted);
        // The tuple's own tensors end with it.
        return mode == Mode.DX ? List.of(new Tensor(all.get0())) : List.of(new Tensor(all.get1()), new Tensor(all.get2()));
    }

    @Override
    public double[] outcome() {
        List<Double> all = new ArrayList<>();
        for (Tensor t : results) {
            Tensor rows = t.contiguous();
            FloatPointer elements = rows.data_ptr_float();
            for (double v : Outcomes.summary((int) rows.numel(), elements::get)) {
                all.add(v);
            }
        }
        return all.stream().mapToDouble(v -> v).toArray();
    }
}
