package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TtaTest {
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

    @Test
    void farApartScoresDoNotUnderflow() {
        double[] mean = Tta.mean(new double[] {0, -2000}, new double[] {-2000, 0});
        assertThat(Scores.probabilities(mean)).containsExactly(0.5, 0.5);
        assertThat(Tta.mean(new double[] {0, -2000, -3000}, new double[] {0, -2000, -3000})[2]).isCloseTo(-3000, within(1e-9));
        assertThatThrownBy(() -> Tta.of("ten-crop")).isInstanceOf(FormatException.class).hasMessageContaining("flip");
    }
}
