package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.data.DataSplit;
import cortado.data.Dataset;
import cortado.data.Loader;
import cortado.graph.Graph;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TtaTest {
    @TempDir
    private Path temp;

    private static List<double[]> scores(Tta tta, Dataset data, int batch) {
        Graph g = Shades.network();
        List<double[]> all = new ArrayList<>();
        try (Plan plan = Plan.inference(g, Parameters.init(g, new Rng(3)), batch, Backend.lanes(), 1)) {
            tta.scores(plan, Loader.inOrder(data, Normalization.none(1), batch, plan.images().layout()), (i, label, f) -> {
                assertThat(i).isEqualTo(all.size());
                assertThat(label).isEqualTo(data.label(i));
                all.add(f);
            });
        }
        return all;
    }

    private static Dataset mirrored(Dataset data) {
        Shape image = data.image();
        byte[] all = new byte[data.size() * image.size()];
        int[] labels = new int[data.size()];
        for (int i = 0; i < data.size(); i++) {
            byte[] p = data.pixels(i);
            for (int k = 0; k < p.length; k++) {
                int w = image.dim(2);
                all[i * p.length + k] = p[k / w * w + w - 1 - k % w];
            }
            labels[i] = data.label(i);
        }
        return Dataset.of(image, all, labels, data.classes(), "mirrored");
    }

    @Test
    void flipIsTheMeanOfTheProbabilitiesOfBothViews_seed5() {
        Dataset data = Shades.set(37, 5);
        List<double[]> plain = scores(Tta.NONE, data, 16);
        List<double[]> mirror = scores(Tta.NONE, mirrored(data), 16);
        List<double[]> both = scores(Tta.FLIP, data, 16);
        double greatest = 0;
        for (int i = 0; i < 37; i++) {
            double[] p = Scores.probabilities(plain.get(i));
            double[] q = Scores.probabilities(mirror.get(i));
            double[] mean = Scores.probabilities(both.get(i));
            for (int k = 0; k < p.length; k++) {
                assertThat(mean[k]).isCloseTo((p[k] + q[k]) / 2, within(1e-12));
                greatest = Math.max(greatest, Math.abs(p[k] - q[k]));
            }
        }
        assertThat(greatest).as("views differ").isGreaterThan(1e-4);
        List<double[]> ofMirror = scores(Tta.FLIP, mirrored(data), 16);
        for (int i = 0; i < 37; i++) {
            assertThat(ofMirror.get(i)).as("a mirror image scores the same, bit for bit").isEqualTo(both.get(i));
        }
    }

    /** A training that is judged so learns the same; another epoch may be best. The run says how it was judged. */
    @Test
    void aTrainingIsJudgedByBothViewsAndLearnsTheSame() throws IOException {
        DataSplit data = Shades.data(210, 90);
        Settings s = Shades.settings(3);
        Path folder = temp.resolve("run");
        List<Double> judged = new ArrayList<>();
        Outcome flip;
        try (Run run = Run.create(folder, Map.of());
                Trainer t = new Trainer(s.with(Config.empty().with("tta", "flip")), Shades.network(), data)) {
            flip = t.fit(e -> {
                run.accept(e);
                if (e instanceof Event.EpochEnd end) {
                    judged.add(end.val().loss());
                    assertThat(end.val()).isEqualTo(Evaluation.of(end.model(), data.test(), Backend.vector(), 2, Tta.FLIP));
                }
            });
        }
        Outcome plain;
        try (Trainer t = new Trainer(s, Shades.network(), data)) {
            plain = t.fit(e -> {});
        }
        assertThat(Run.hash(flip.last())).isEqualTo(Run.hash(plain.last()));
        assertThat(judged).hasSize(3).doesNotContain(plain.lastVal().loss());
        assertThat(flip.val()).isEqualTo(Evaluation.of(flip.best(), data.test(), Backend.vector(), 1, Tta.FLIP));
        assertThat(flip.best().provenance()).containsEntry("tta", "flip");
        assertThat(Files.readString(folder.resolve(Run.CONFIG))).contains("\"tta\": \"flip\"");
        assertThat(Files.readString(folder.resolve("val.json"))).contains("\"tta\":\"flip\"");
        assertThat(Files.readString(folder.resolve(Run.REPORT))).contains("image and mirror image (--tta flip)");
        assertThat(RunRecord.read(folder).val()).contains(flip.val());
    }

    @Test
    void farApartScoresDoNotUnderflow() {
        double[] mean = Tta.mean(new double[] {0, -2000}, new double[] {-2000, 0});
        assertThat(Scores.probabilities(mean)).containsExactly(0.5, 0.5);
        assertThat(Tta.mean(new double[] {0, -2000, -3000}, new double[] {0, -2000, -3000})[2]).isCloseTo(-3000, within(1e-9));
        assertThatThrownBy(() -> Tta.of("ten-crop")).isInstanceOf(FormatException.class).hasMessageContaining("flip");
    }
}
