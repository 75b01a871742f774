package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.data.Batch;
import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Loader;
import cortado.data.Mixing;
import cortado.data.Options;
import cortado.data.Transform;
import cortado.graph.Graph;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is minimised, by each of its names. */
class ObjectiveTest {
    private static final DataSplit DATA = Shades.data(210, 90);

    private static Objective objective(String loss, double smoothing) {
        return Objective.of(Config.empty().with("loss", loss).with("smoothing", smoothing));
    }

    /** From scores and shares by the formulas, in double precision. */
    private static double expected(String loss, double[] f, int label, double smoothing) {
        double[] p = Scores.probabilities(f);
        double sum = 0;
        for (int k = 0; k < f.length; k++) {
            double t = (1 - smoothing) * (k == label ? 1 : 0) + smoothing / f.length;
            double sigma = 1 / (1 + Math.exp(-f[k]));
            double far = Math.abs(f[k] - t);
            sum += switch (loss) {
                case "ce" -> -t * Math.log(p[k]) * f.length;
                case "bce" -> -t * Math.log(sigma) - (1 - t) * Math.log(1 - sigma);
                case "mse" -> far * far;
                default -> far <= 1 ? far * far / 2 : far - 0.5;
            };
        }
        return sum / f.length;
    }

    @ParameterizedTest(name = "{0}, smoothing {1}, seed 7")
    @CsvSource({"ce,0", "ce,0.2", "bce,0", "bce,0.2", "mse,0", "huber,0"})
    void theTrainingLossIsTheFormulasMeanOverImages(String loss, double smoothing) {
        Graph g = Shades.network();
        Settings s = Shades.settings(1).withRate(Shades.STILL).withAugmentation(Augmentation.NONE)
                .with(Config.empty().with("loss", loss).with("smoothing", smoothing));
        double[] sum = {0, 0};
        try (Plan plan = Plan.inference(g, Parameters.init(g, new Rng(7).split("init")), 30, Backend.vector(), 1);
                Trainer t = new Trainer(s, g, DATA)) {
            Tta.NONE.scores(plan, Loader.inOrder(DATA.train(), DATA.normalization(), 30, plan.images().layout()),
                    (i, label, f) -> sum[0] += expected(loss, f, label, smoothing) / DATA.train().size());
            t.fit(e -> sum[1] += e instanceof Event.EpochEnd end ? end.trainLoss() : 0);
        }
        assertThat(sum[1]).isCloseTo(sum[0], within(1e-5));
    }

    @Test
    void targetsAreSharesOfClassesSmoothedSeed1() {
        Loader loader = Loader.inOrder(Shades.set(7, 1), Normalization.none(1), 4, Layout.ROWS);
        Loader mixed = loader.changed(Transform.NONE, new Mixing(1, 0, 1, 0.5, 0), new Rng(1));
        Tensor targets = Tensor.f32(4, 4);
        try (Loader.Epoch plain = loader.epoch(0); Loader.Epoch shares = mixed.epoch(0)) {
            Batch batch = plain.next();
            objective("bce", 0.2).targets(batch, targets);
            for (int i = 0; i < 16; i++) {
                boolean own = batch.labels().ints()[i / 4] == i % 4;
                assertThat(targets.get(i / 4, i % 4)).isCloseTo(own ? 0.85 : 0.05, within(1e-7));
            }
            batch = shares.next();
            objective("mse", 0).targets(batch, targets);
            assertThat(targets.toDoubles()).isEqualTo(batch.targets().orElseThrow().toDoubles());
            assertThat(Arrays.stream(targets.toDoubles())).as("some are mixed").anyMatch(t -> t > 0.01 && t < 0.99);
            batch = plain.next();
            targets.fill(9);
            objective("huber", 0).targets(batch, targets);
            assertThat(batch.n()).isEqualTo(3);
            assertThat(IntStream.range(0, 16).filter(i -> targets.get(i / 4, i % 4) == 9)).as("beyond the images")
                    .containsExactly(12, 13, 14, 15);
        }
    }

    /** Few epochs of a small network, with images as they are and mixed. */
    @ParameterizedTest(name = "{0}, smoothing {1}, mixup {2}, seed 1")
    @CsvSource({"ce,0,0", "bce,0.1,0", "bce,0,0.2", "mse,0,0", "mse,0,0.2", "huber,0,0"})
    void everyLossLearnsDigits(String loss, double smoothing, double mixup) {
        DataSplit digits = Datasets.open("digits", Options.defaults());
        Settings s = Settings.defaults("digits", "mlp", digits.train().size(), 1).with(Config.empty().with("epochs", 5)
                .with("seed", 1).with("loss", loss).with("smoothing", smoothing).with("mixup", mixup));
        List<Double> losses = new ArrayList<>();
        try (Trainer t = new Trainer(s, Networks.named("mlp", digits.image(), 10), digits)) {
            Outcome o = t.fit(e -> {
                if (e instanceof Event.EpochEnd end) {
                    losses.add(end.trainLoss());
                }
            });
            assertThat(o.val().top1()).isGreaterThan(0.9);
            assertThat(o.val().loss()).as("cross-entropy, whatever is minimised").isEqualTo(
                    Evaluation.of(o.best(), digits.test(), Backend.vector(), 1).loss());
            assertThat(o.best().provenance().getOrDefault("loss", "ce")).isEqualTo(loss);
        }
        assertThat(losses.getLast()).isLessThan(losses.getFirst() / 1.5);
    }
}
