package cortado.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import cortado.bench.Job;
import cortado.bench.Worker;
import cortado.graph.Model;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime's Java interface, for inference: all optimisations of the graph, so many threads inside an op, one op at a time.
 * Inputs and outputs are tensors made beforehand.
 */
public final class OnnxRuntime implements Worker {
    private final long parameters;
    private final OrtSession session;
    private final List<Map<String, OnnxTensor>> images = new ArrayList<>();
    private final FloatBuffer scores;
    private final int classes;
    private final Map<String, OnnxTensor> result;

    private OnnxRuntime(Job job) throws OrtException {
        Model model = ModelFile.read(job.model());
        Safetensors batches = Safetensors.read(job.batches());
        int batch = batches.tensors().get("images.0").shape().n();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(job.threads());
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        this.parameters = model.graph().learned();
        this.session = environment.createSession(Onnx.model(model, batch), options);
        String input = model.graph().nodes().getFirst().name();
        for (int i = 0; batches.tensors().containsKey("images." + i); i++) {
            images.add(Map.of(input, tensor(environment, batches.tensors().get("images." + i))));
        }
        this.classes = model.graph().outputExample().size();
        Tensor out = Tensor.f32(batch, classes);
        OnnxTensor y = tensor(environment, out);
        this.scores = y.getBufferRef().map(b -> (FloatBuffer) b).orElseThrow();
        this.result = Map.of(model.graph().nodes().getLast().name(), y);
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor t) throws OrtException {
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * t.size()).order(ByteOrder.nativeOrder()).asFloatBuffer();
        direct.put(t.floats(), t.offset(), t.size()).rewind();
        return OnnxTensor.createTensor(environment, direct, Arrays.stream(t.shape().dims()).asLongStream().toArray());
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
        try (OrtSession.Result _ = session.run(images.get(i % images.size()), result)) {
            scores.rewind();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public double[] outcome() {
        double[] first = new double[classes];
        for (int k = 0; k < classes; k++) {
            first[k] = scores.get(k);
        }
        return first;
    }

    /**
     * A process that obeys the orders on standard input.
     *
     * @param args of a {@link Job}
     * @throws IOException  if reading orders fails
     * @throws OrtException if the model cannot be run
     */
    public static void main(String[] args) throws IOException, OrtException {
        Worker.serve(new OnnxRuntime(Job.of(args)), new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
        System.exit(0);
    }
}
