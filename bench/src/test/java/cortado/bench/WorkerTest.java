package cortado.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Conv2d;
import cortado.op.Input;
import cortado.op.Operands;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our side: the orders, and that what is timed is the step it claims to be. */
class WorkerTest {
    @TempDir
    private Path folder;

    private Tensor random(Shape shape, String name) {
        Tensor t = Tensor.of(shape, Type.F32);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, new Rng(3).split(name).normal(i));
        }
        return t;
    }

    /** 20 images: one whole block of lanes and a part of another. */
    private Parameters prepare(Graph graph, Tensor images, Map<String, Tensor> more) {
        Parameters weights = Parameters.init(graph, new Rng(3));
        Map<String, Tensor> all = new LinkedHashMap<>(more);
        all.put("images.0", images);
        Tensor labels = Tensor.of(Shape.of(20), Type.I32);
        for (int i = 0; i < 20; i++) {
            labels.set(i, i % 10);
        }
        all.put("labels.0", labels);
        Safetensors.write(folder.resolve("batches.safetensors"), all, Map.of());
        ModelFile.write(folder.resolve("model.safetensors"),
                new Model("test", graph, weights, List.of(), Normalization.none(images.shape().c()), Map.of()));
        return weights;
    }

    private List<String> serve(Mode mode, int threads, String orders) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Worker worker = Worker.ours(new Job(folder, mode, "momentum", 0.1, threads, "plain"));
        Worker.serve(worker, new BufferedReader(new StringReader(orders)), new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void trainingLearnsAndEveryRunBeginsAnew() throws IOException {
        Graph lenet = Workload.all().getFirst().graph();
        prepare(lenet, random(Shape.of(20, 1, 28, 28), "images"), Map.of());
        List<String> said = serve(Mode.TRAIN, 2, "check 3\nrun 4\ncheck 3\nmemory\n");
        assertThat(said.get(0)).isEqualTo("ready 61706");
        assertThat(said.get(1)).isEqualTo(said.get(3));
        double[] losses = numbers(said.get(1));
        assertThat(losses).hasSize(3);
        assertThat(losses[2]).isLessThan(losses[0]);
        assertThat(numbers(said.get(2))[0]).isPositive();
        assertThat(numbers(said.get(4))[0]).isNotNegative();
        assertThat(serve(Mode.INFER, 1, "check 1\n").get(1).split(" ")).hasSize(11);
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(" ")).skip(1).mapToDouble(Double::parseDouble).toArray();
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = {"FORWARD", "DX", "DW"})
    void oneOpIsWhatThePlainOpComputes(Mode mode) throws IOException {
        Conv2d op = Conv2d.of(5, Window.of(3, 2, 1));
        Graph graph = Graph.builder().then("x", Input.images(2, 9, 7)).then("op", op).build();
        Tensor x = random(Shape.of(20, 2, 9, 7), "images");
        Tensor dy = random(Shape.of(20, 5, 5, 4), "dy");
        Parameters w = prepare(graph, x, Map.of("dy.0", dy));
        Tensor y = Tensor.of(dy.shape(), Type.F32);
        Tensor dx = Tensor.of(x.shape(), Type.F32);
        Parameters dw = w.zeros();
        Operands o = Operands.of(List.of(x), y, List.copyOf(w.map().values()), List.of()).withGradients(dy,
                List.of(Optional.of(dx)),
                new boolean[1], dw.map().values().stream().map(Optional::of).toList());
        op.forward(o);
        op.backward(o);
        List<Tensor> expected = mode == Mode.FORWARD ? List.of(y) : mode == Mode.DX ? List.of(dx) : List.copyOf(dw.map().values());
        for (int threads : List.of(1, 2)) {
            double[] said = numbers(serve(mode, threads, "check 1\n").get(1));
            double[] want = expected.stream().flatMapToDouble(t -> Arrays.stream(Outcomes.summary(t.size(), t::get))).toArray();
            assertThat(said).hasSameSizeAs(want);
            for (int i = 0; i < want.length; i++) {
                assertThat(said[i]).isCloseTo(want[i], within(1e-3));
            }
        }
    }
}
