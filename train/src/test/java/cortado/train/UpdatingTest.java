package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.data.DataSplit;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Parameters;
import cortado.io.ModelFile;
import cortado.io.Safetensors;
import cortado.op.Backend;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Relu;
import cortado.op.Window;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens around a step, in a training: averages, gathered gradients, frozen weights, an early end, weights to start from. */
class UpdatingTest {
    private static final DataSplit DATA = Shades.data(200, 90);

    @TempDir
    private Path temp;

    private static Outcome fit(Settings s, Consumer<Event> listener) {
        try (Trainer t = new Trainer(s, Shades.network(), DATA)) {
            return t.fit(listener);
        }
    }

    private static Config config() {
        return Config.empty();
    }

    private static double distance(Parameters a, Parameters b) {
        double most = 0;
        for (String name : a.map().keySet()) {
            for (int i = 0; i < a.get(name).size(); i++) {
                most = Math.max(most, Math.abs(a.get(name).get(i) - b.get(name).get(i)));
            }
        }
        return most;
    }

    @Test
    void gatheredHalvesMakeTheStepOfTheWhole() {
        Config plain = config().with("crop", 0).with("opt", "sgd").with("lr", 0.1).with("sched", "constant").with("warmup_epochs",
                0);
        Settings whole = Shades.settings(2).with(plain);
        Outcome once = fit(whole, e -> {});
        Outcome halves = fit(whole.with(config().with("batch_size", 10).with("grad_accum_steps", 2)), e -> {});
        assertThat(distance(once.last().parameters(), halves.last().parameters())).isLessThan(1e-6);
        assertThat(distance(once.last().parameters(), fit(whole.withBatch(10), e -> {}).last().parameters())).isGreaterThan(1e-3);
    }

    @Test
    void theAverageIsWhatIsJudgedAndKept() {
        Settings s = Shades.settings(3).with(config().with("model_ema", true).with("model_ema_decay", 0.9)
                .with("model_ema_warmup", false));
        Parameters weights = initial(s);
        Ema own = new Ema(s.updates().ema().orElseThrow(), weights);
        List<Evaluation> judged = new ArrayList<>();
        // Every step tells a checkpoint, which holds its weights: the average can be formed again from outside.
        Outcome o = fit(s.withSaving(new Saving(1, 1)), e -> {
            if (e instanceof Event.EpochEnd end) {
                judged.add(end.val());
            }
            if (e instanceof Event.Save save) {
                weights.copyFrom(save.checkpoint().part("weights"));
                own.update(save.checkpoint().at().updates());
            }
        });
        assertThat(distance(o.last().parameters(), own.weights())).isZero();
        assertThat(distance(o.last().parameters(), weights)).isGreaterThan(1e-3);
        assertThat(Evaluation.of(o.last(), DATA.test(), Backend.vector(), 1)).isEqualTo(judged.getLast());
        Settings none = s.with(config().with("model_ema", false));
        Outcome plain = fit(none, e -> {});
        assertThat(distance(o.last().parameters(), plain.last().parameters())).isGreaterThan(1e-3);
        // A decay of 0 is no average: the weights themselves.
        Outcome zero = fit(s.with(config().with("model_ema_decay", 0)), e -> {});
        assertThat(distance(zero.last().parameters(), plain.last().parameters())).isZero();
    }

    private static Parameters initial(Settings s) {
        return Parameters.init(Shades.network(), new Rng(s.seed()).split("init"));
    }

    @Test
    void frozenWeightsStayAndBiasesDoNotDecay() {
        Settings s = Shades.settings(2).with(config().with("freeze", List.of("conv*")).with("weight_decay", 0.3));
        Parameters last = fit(s, e -> {}).last().parameters();
        Parameters first = initial(s);
        for (String name : last.map().keySet()) {
            boolean same = last.get(name).toString().equals(first.get(name).toString())
                    && java.util.Arrays.equals(last.get(name).toDoubles(), first.get(name).toDoubles());
            assertThat(same).as(name).isEqualTo(name.startsWith("conv1"));
        }
        // Gradients of next to nothing: only decay moves weights, and it leaves biases alone.
        Settings one = Shades.settings(1).with(config().with("weight_decay", 0.5).with("opt", "sgd").with("lr", 0.1)
                .with("clip_grad", 1e-12).with("warmup_epochs", 0));
        Parameters moved = fit(one, e -> {}).last().parameters();
        assertThat(moved.get("fc1.bias").toDoubles()).containsExactly(initial(one).get("fc1.bias").toDoubles(), within(1e-9));
        assertThat(Math.abs(moved.get("fc1.weight").get(0))).isLessThan(0.9 * Math.abs(initial(one).get("fc1.weight").get(0)));
    }

    @Test
    void refusesPatternsThatFitNothingOrLeaveNothing() {
        assertThatThrownBy(() -> fit(Shades.settings(1).with(config().with("freeze", List.of("conv9"))), e -> {}))
                .isInstanceOf(FormatException.class).hasMessageContaining("--freeze conv9 fits no weights; there are conv1.weight");
        assertThatThrownBy(() -> fit(Shades.settings(1).with(config().with("freeze", List.of("*"))), e -> {}))
                .isInstanceOf(FormatException.class).hasMessageContaining("leaves nothing to learn");
        assertThat(new Updating(java.util.Optional.empty(), 1, List.of("conv1"), java.util.Optional.empty())
                .frozen(List.copyOf(initial(Shades.settings(1)).map().keySet()))).containsExactly("conv1.weight", "conv1.bias");
    }

    @Test
    void endsWhenPatienceDoes() {
        // Without a rate it never gets better: the first epoch is the best one.
        Outcome o = fit(Shades.settings(9).withRate(Shades.STILL).with(config().with("patience", 3)), e -> {});
        assertThat(o.bestEpoch()).isEqualTo(1);
        assertThat(o.epochs()).isEqualTo(4);
        assertThat(fit(Shades.settings(5).withRate(Shades.STILL), e -> {}).epochs()).isEqualTo(5);
    }

    @Test
    void classWeightsAndSmoothingReachTheLoss() {
        Settings s = Shades.settings(2);
        List<Double> losses = new ArrayList<>();
        for (Settings t : List.of(s, s.with(config().with("smoothing", 0.3)),
                s.with(config().with("class_weights", List.of(1, 1, 1, 5))),
                s.with(config().with("class_weights", List.of(1, 1, 1, 1))), s.with(config().with("class_weights", "balanced")))) {
            fit(t.withSaving(new Saving(1, 1)), e -> {
                if (e instanceof Event.Progress p && p.epoch() == 1 && p.step() == 1) {
                    losses.add(p.loss());
                }
            });
        }
        assertThat(losses.get(1)).isNotEqualTo(losses.get(0));
        assertThat(losses.get(2)).isGreaterThan(losses.get(0));
        assertThat(losses.get(3)).isCloseTo(losses.get(0), within(1e-6));
        assertThat(losses.get(4)).isNotEqualTo(losses.get(0)).isCloseTo(losses.get(0), within(0.3));
        assertThatThrownBy(() -> fit(s.with(config().with("class_weights", List.of(1, 2))), e -> {}))
                .isInstanceOf(FormatException.class).hasMessageContaining("expected 4, one per class, received 2");
    }

    private Settings from(Path file) {
        return Shades.settings(1).with(config().with("initial_checkpoint", file.toString()).with("lr", Shades.STILL));
    }

    @Test
    void startsFromAFileWhoseHeadMayDiffer() {
        Outcome o = fit(Shades.settings(3), e -> {});
        Path file = temp.resolve("model.safetensors");
        ModelFile.write(file, o.last());
        Outcome same = fit(from(file), e -> {});
        assertThat(distance(same.last().parameters(), o.last().parameters())).isZero();
        assertThat(same.last().provenance()).containsEntry("initial_sha256", Safetensors.sha256(o.last().parameters().map()));
        Graph seven = Graph.builder().then("x", Input.images(1, 6, 6)).then("conv1", Conv2d.of(4, Window.of(3)))
                .then("relu1", new Relu()).then("pool1", cortado.op.MaxPool2d.of(2)).then("flatten", new Flatten())
                .then("fc1", Linear.of(7)).build();
        Model other = new Model("seven", seven, Parameters.init(seven, new Rng(5)), List.of(), DATA.normalization(), Map.of());
        Path second = temp.resolve("seven.safetensors");
        ModelFile.write(second, other);
        try (Trainer t = new Trainer(from(second), Shades.network(), DATA)) {
            Initial i = t.initial().orElseThrow();
            assertThat(i.fresh()).containsExactly("fc1.weight", "fc1.bias");
            assertThat(i.text()).contains("begins fresh: fc1.weight, fc1.bias");
            Parameters got = t.fit(e -> {}).last().parameters();
            assertThat(got.get("conv1.weight").toDoubles()).isEqualTo(other.parameters().get("conv1.weight").toDoubles());
            assertThat(got.get("fc1.weight").toDoubles()).isEqualTo(initial(from(second)).get("fc1.weight").toDoubles());
        }
    }

    /** A checkpoint has all weights: the file that they began with may be gone, and its hash is remembered. */
    @Test
    void goesOnWithoutTheFileItStartedFrom() {
        Path file = temp.resolve("model.safetensors");
        ModelFile.write(file, fit(Shades.settings(2), e -> {}).last());
        Config told = config().with("initial_checkpoint", file.toString());
        Settings s = Shades.settings(3);
        Path kept = temp.resolve("kept.safetensors");
        Outcome whole = fit(s.with(told), e -> {
            if (e instanceof Event.Save save && save.checkpoint().at().epoch() == 1) {
                save.checkpoint().write(kept);
            }
        });
        try (Trainer t = new Trainer(s, Shades.network(), DATA)) {
            Outcome o = t.resume(Checkpoint.read(kept), e -> {});
            assertThat(Run.hash(o.last())).isEqualTo(Run.hash(whole.last()));
            assertThat(o.last().provenance()).isEqualTo(whole.last().provenance()).containsKey("initial_sha256");
        }
        fit(s, e -> {
            if (e instanceof Event.Save save) {
                save.checkpoint().write(kept);
            }
        });
        try (Trainer t = new Trainer(s.with(told), Shades.network(), DATA)) {
            assertThatThrownBy(() -> t.resume(Checkpoint.read(kept), e -> {})).isInstanceOf(FormatException.class)
                    .hasMessageContaining("initial_sha256 has changed").hasMessageContaining("none then");
        }
    }

    @Test
    void aStepGathersNoMoreBatchesThanAnEpochHas() {
        assertThat(fit(Shades.settings(1).with(config().with("grad_accum_steps", 10)), e -> {}).epochs()).isEqualTo(1);
        assertThatThrownBy(() -> fit(Shades.settings(1).with(config().with("grad_accum_steps", 11)), e -> {}))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("(--grad-accum-steps): expected at most 10, the batches of an epoch, received 11");
    }

    @Test
    void refusesAFileOfAnotherNetwork() {
        Parameters own = initial(Shades.settings(1));
        Path file = temp.resolve("w.safetensors");
        refused(file, own, w -> w.remove("fc1.bias"), "tensor fc1.bias (");
        refused(file, own, w -> w.put("extra", Tensor.f32(3)), "extra belongs to no layer of the network");
        refused(file, own, w -> w.put("conv1.weight", Tensor.f32(5, 1, 3, 3)), "conv1.weight: expected 4×1×3×3, received 5×1×3×3");
        refused(file, own, w -> w.put("fc1.weight", Tensor.f32(4, 17)), "fc1.weight: expected 4×16");
        assertThatThrownBy(() -> fit(from(temp.resolve("none")), e -> {})).isInstanceOf(FormatException.class)
                .hasMessageContaining("there is no such file");
    }

    private void refused(Path file, Parameters own, Consumer<Map<String, Tensor>> change, String message) {
        Map<String, Tensor> weights = new LinkedHashMap<>(own.map());
        change.accept(weights);
        Safetensors.write(file, weights, Map.of());
        assertThatThrownBy(() -> fit(from(file), e -> {})).isInstanceOf(FormatException.class).hasMessageContaining(message);
    }
}
