package cortado.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.tensor.Rng;
import cortado.train.Evaluation;
import cortado.train.Schedule;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The course that two sides go through, and our way through it. */
class CourseTest {
    private static final DataSplit DIGITS = Datasets.open("digits", Options.defaults());
    private static final int BATCH = 33;

    @TempDir
    private Path folder;

    private static Course course(int epochs, Schedule schedule) {
        return Course.of(DIGITS, 500, BATCH, epochs, schedule, 0.01, new Rng(3));
    }

    @Test
    void everyEpochShowsOtherImagesInAnotherOrderNoneTwiceWithTheSchedulesRatesSeed3() {
        Course c = course(2, Schedule.named("onecycle", 2, 0));
        Path file = folder.resolve("course.safetensors");
        c.write(file);
        Course read = Course.read(file);
        assertThat(read.steps()).isEqualTo(500 / BATCH);
        int shown = c.steps() * BATCH;
        int[] first = Arrays.copyOf(read.order().ints(), shown);
        int[] second = Arrays.copyOfRange(read.order().ints(), shown, 2 * shown);
        assertThat(first).doesNotHaveDuplicates().isNotEqualTo(second);
        assertThat(second).doesNotHaveDuplicates();
        assertThat(read.rate(1, 3)).isEqualTo((float) Schedule.named("onecycle", 2, 0).rate(0.01, 1 + 3.0 / c.steps(), 2));
        int i = second[3 * BATCH + 5];
        Normalization normal = DIGITS.normalization();
        int pixel = DIGITS.train().pixels(i)[20] & 255;
        assertThat(read.labels(1, 3).get(5)).isEqualTo(DIGITS.train().label(i));
        assertThat(read.images(1, 3).slice(5, 6).get(20))
                .isEqualTo((float) ((pixel / 255.0 - normal.mean().getFirst()) / normal.std().getFirst()));
    }

    private List<String> serve(String orders) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Worker.serve(Worker.ours(new Job(folder, Mode.TRAIN, "adam", 0.01, 2, "plain")),
                new BufferedReader(new StringReader(orders)),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void weLearnFromItAndJudgeAsTheTrainerDoesSeed3() throws IOException {
        Course c = course(3, Schedule.named("constant", 3, 0));
        Model model = new Model("mlp", Networks.named("mlp", DIGITS.image(), 10),
                Parameters.init(Networks.named("mlp", DIGITS.image(), 10), new Rng(3)), List.of(), DIGITS.normalization(),
                Map.of());
        Job job = new Job(folder, Mode.TRAIN, "adam", 0.01, 2, "plain");
        ModelFile.write(job.model(), model);
        c.write(job.course());
        Safetensors.write(job.batches(), Map.of("images.0", c.images(0, 0), "labels.0", c.labels(0, 0)), Map.of());
        List<String> said = serve("evaluate\nepoch 0\nepoch 1\nevaluate\nepoch 0\nepoch 1\nevaluate\n");
        double before = Double.parseDouble(said.get(1).split(" ")[1]);
        double after = Double.parseDouble(said.get(4).split(" ")[1]);
        assertThat(before)
                .isEqualTo(Math.rint(Evaluation.of(model, DIGITS.test(), Backend.vector(), 1).top1() * c.testImages().shape().n()));
        assertThat(after).isGreaterThan(0.85 * c.testImages().shape().n());
        assertThat(said.get(7).split(" ")[1]).as("epoch 0 begins anew").isEqualTo(said.get(4).split(" ")[1]);
        assertThat(Double.parseDouble(said.get(2).split(" ")[1])).isPositive();
    }

    @Test
    void whoCannotLearnSaysSo() {
        Worker still = new Worker() {
            @Override
            public long parameters() {
                return 0;
            }

            @Override
            public void reset() {
                // nothing
            }

            @Override
            public void step(int i) {
                // nothing
            }

            @Override
            public double[] outcome() {
                return new double[0];
            }
        };
        assertThatThrownBy(() -> Learner.epoch(still, 0)).isInstanceOf(IOException.class).hasMessageContaining("cannot go through");
    }

    @Test
    void timeToATargetIsThatOfTheEpochsUpToIt() {
        ToAccuracy.Side fast = new ToAccuracy.Side("a", List.of(epoch(0.5, 1), epoch(0.9, 2), epoch(0.8, 4)));
        ToAccuracy.Side slow = new ToAccuracy.Side("b", List.of(epoch(0.5, 2), epoch(0.7, 4), epoch(0.9, 8)));
        Workload w = Workload.all().getFirst();
        assertThat(new ToAccuracy.Outcome(w, 2, 0.9, fast, slow).ratio()).contains(14 / 3.0);
        assertThat(new ToAccuracy.Outcome(w, 2, 0.91, fast, slow).ratio()).isEmpty();
        assertThat(new ToAccuracy.Outcome(w, 2, 0.9, fast, slow).pace().median()).isEqualTo(2);
        assertThat(new ToAccuracy.Outcome(w, 2, 0.91, fast, slow).json().text()).contains("\"ratio\":null", "\"epoch_ratio\":2");
    }

    private static ToAccuracy.Epoch epoch(double accuracy, double seconds) {
        return new ToAccuracy.Epoch(accuracy, seconds, 0);
    }
}
