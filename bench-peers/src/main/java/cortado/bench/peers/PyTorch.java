package cortado.bench.peers;

import cortado.bench.Course;
import cortado.bench.Job;
import cortado.bench.Learner;
import cortado.bench.Mode;
import cortado.bench.Worker;
import cortado.graph.Model;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Op;
import cortado.tensor.Type;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * PyTorch's C++ library through JavaCPP. Settings: {@code nchw} and {@code nhwc}, the layout of images and filters. What a step
 * reads is made ready beforehand, the loss is not fetched, and temporary tensors are freed at the end of the step.
 */
public final class PyTorch implements Learner {
    private static final double MOMENTUM = 0.9;

    private final Job job;
    private final Map<String, Tensor> initial = new LinkedHashMap<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Set<String> learned = new HashSet<>();
    private final List<Tensor> images = new ArrayList<>();
    private final List<Tensor> labels = new ArrayList<>();
    private final Network network;
    private final Network judging;
    private List<Double> rates;
    private Optional<Course> course = Optional.empty();
    private Optional<Optimizer> optimizer = Optional.empty();
    private Tensor result;

    private PyTorch(Job job) {
        this.job = job;
        Model model = ModelFile.read(job.model());
        boolean training = job.mode() == Mode.TRAIN;
        model.graph().params().stream().filter(Op.Param::learned).forEach(p -> learned.add(p.name()));
        model.parameters().map().forEach((name, t) -> {
            initial.put(name, tensor(t));
            weights.put(name, tensor(t).set_requires_grad(training && learned.contains(name)));
        });
        Safetensors batches = Safetensors.read(job.batches());
        for (int i = 0; batches.tensors().containsKey("images." + i); i++) {
            images.add(tensor(batches.tensors().get("images." + i)));
            labels.add(classes(batches.tensors().get("labels." + i)));
        }
        this.network = new Network(model.graph(), weights, training);
        this.judging = new Network(model.graph(), weights, false);
        this.rates = List.of(job.rate());
        this.result = new Tensor();
        reset();
    }

    private Tensor tensor(cortado.tensor.Tensor t) {
        return tensor(t, job.setting());
    }

    private static Tensor classes(cortado.tensor.Tensor t) {
        return Tensor.create(Arrays.stream(t.ints(), t.offset(), t.offset() + t.size()).asLongStream().toArray(), t.size());
    }

    /** A tensor in the layout of the setting, where it has four dimensions. */
    static Tensor tensor(cortado.tensor.Tensor t, String setting) {
        long[] dims = Arrays.stream(t.shape().dims()).asLongStream().toArray();
        Tensor rows = Tensor.create(t.floats(), dims);
        return dims.length == 4 && setting.equals("nhwc") ? rows.contiguous(MemoryFormat.ChannelsLast) : rows;
    }

    @Override
    public long parameters() {
        return learned.stream().map(weights::get).mapToLong(Tensor::numel).sum();
    }

    @Override
    public void reset() {
        if (job.mode() != Mode.TRAIN) {
            return;
        }
        try (NoGradGuard _ = new NoGradGuard()) {
            weights.forEach((name, w) -> w.copy_(initial.get(name)));
        }
        optimizer.ifPresent(Optimizer::close);
        TensorVector all = new TensorVector(weights.entrySet().stream().filter(w -> learned.contains(w.getKey())).map(Map.Entry::getValue).toArray(Tensor[]::new));
        if (job.optimizer().equals("adam")) {
            optimizer = Optional.of(new Adam(all, new AdamOptions(job.rate())));
        } else {
            SGDOptions options = new SGDOptions(job.rate());
            options.momentum().put(MOMENTUM);
            optimizer = Optional.of(new SGD(all, options));
        }
    }

    @Override
    public void step(int i) {
        result.close();
        try (PointerScope _ = new PointerScope()) {
            if (job.mode() == Mode.TRAIN) {
                optimizer.orElseThrow().param_groups().get(0).options().set_lr(rates.get(i % rates.size()));
                train(images.get(i % images.size()), labels.get(i % labels.size()));
            } else {
                infer(images.get(i % images.size()));
            }
            result.retainReference();
        }
    }

    private void train(Tensor x, Tensor y) {
        Optimizer o = optimizer.orElseThrow();
        o.zero_grad();
        result = torch.cross_entropy_loss(network.forward(x), y);
        result.backward();
        o.step();
    }

    private void infer(Tensor x) {
        try (InferenceMode _ = new InferenceMode()) {
            result = network.forward(x);
        }
    }

    @Override
    public int prepare(int epoch) {
        Course c = course();
        if (epoch == 0) {
            reset();
        }
        images.forEach(Tensor::close);
        labels.forEach(Tensor::close);
        images.clear();
        labels.clear();
        for (int s = 0; s < c.steps(); s++) {
            images.add(tensor(c.images(epoch, s)));
            labels.add(classes(c.labels(epoch, s)));
        }
        rates = IntStream.range(0, c.steps()).mapToObj(s -> c.rate(epoch, s)).toList();
        return c.steps();
    }

    @Override
    public int right() {
        Course c = course();
        int right = 0;
        int all = c.testImages().shape().n();
        for (int from = 0; from < all; from += c.batch()) {
            int to = Math.min(from + c.batch(), all);
            try (PointerScope _ = new PointerScope(); InferenceMode _ = new InferenceMode()) {
                Tensor scores = judging.forward(tensor(c.testImages().slice(from, to).to(Type.F32)));
                Tensor best = scores.argmax(new LongOptional(1), false);
                right += (int) best.eq(classes(c.testLabels().slice(from, to))).sum().item_long();
            }
        }
        return right;
    }

    private Course course() {
        Course c = course.orElseGet(() -> Course.read(job.course()));
        course = Optional.of(c);
        return c;
    }

    @Override
    public double[] outcome() {
        if (job.mode() == Mode.TRAIN) {
            return new double[] {result.item_float()};
        }
        double[] scores = new double[(int) result.size(1)];
        for (int k = 0; k < scores.length; k++) {
            scores[k] = result.select(0, 0).select(0, k).item_float();
        }
        return scores;
    }

    /** Unpacks the native libraries before any is loaded; done in turns, as JavaCPP would, the first start crashes. */
    private static void unpack() throws IOException {
        for (String library : List.of("javacpp", "openblas", "pytorch")) {
            Loader.cacheResources(PyTorch.class, "/org/bytedeco/" + library + "/" + Loader.getPlatform() + "/");
        }
    }

    /**
     * A process that obeys the orders on standard input.
     *
     * @param args of a {@link Job}
     * @throws IOException if reading orders fails
     */
    public static void main(String[] args) throws IOException {
        Job job = Job.of(args);
        unpack();
        torch.set_num_threads(job.threads());
        torch.set_num_interop_threads(1);
        Worker worker = job.mode().single() ? new PyTorchOp(job) : new PyTorch(job);
        Worker.serve(worker, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
        System.exit(0);
    }
}
