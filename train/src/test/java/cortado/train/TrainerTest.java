package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.data.DataSplit;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final DataSplit DATA = Shades.data(210, 90);

    private static Outcome fit(Settings s, List<Event> events) {
        try (Trainer t = new Trainer(s, Shades.network(), DATA)) {
            return t.fit(events::add);
        }
    }

    private static double[] weights(Parameters p) {
        return p.map().values().stream().flatMapToDouble(t -> Arrays.stream(t.toDoubles())).toArray();
    }

    @Test
    void learnsAndTellsEveryStep() {
        List<Event> events = new ArrayList<>();
        Outcome o = fit(Shades.settings(8), events);
        assertThat(o.val().top1()).isGreaterThan(0.9);
        assertThat(o.epochs()).isEqualTo(8);
        assertThat(events.getFirst()).isInstanceOf(Event.Started.class);
        assertThat(events.getLast()).isInstanceOf(Event.Done.class);
        List<Event.Progress> steps = events.stream().filter(Event.Progress.class::isInstance).map(Event.Progress.class::cast)
                .toList();
        assertThat(steps).hasSize(8 * 11);
        assertThat(steps.getLast().done()).isEqualTo(1);
        assertThat(steps.getFirst().rate()).isEqualTo(1e-5);
        assertThat(steps.getLast().rate()).isLessThan(1e-4);
        List<Event.EpochEnd> epochs = events.stream().filter(Event.EpochEnd.class::isInstance).map(Event.EpochEnd.class::cast)
                .toList();
        assertThat(epochs).hasSize(8);
        assertThat(epochs.getLast().trainLoss()).isLessThan(epochs.getFirst().trainLoss() / 2);
        assertThat(epochs.stream().mapToDouble(e -> e.val().top1()).max().orElseThrow()).isEqualTo(o.val().top1());
        assertThat(epochs.get(o.bestEpoch() - 1).best()).isTrue();
        for (Event e : events) {
            assertThat(e.json().text()).startsWith("{\"event\":\"");
        }
    }

    @Test
    void outcomeHoldsTheModelsThatWereJudged() {
        Outcome o = fit(Shades.settings(5), new ArrayList<>());
        assertThat(Evaluation.of(o.best(), DATA.test(), Backend.lanes(), 1)).isEqualTo(o.val());
        assertThat(Evaluation.of(o.last(), DATA.test(), Backend.lanes(), 1)).isEqualTo(o.lastVal());
        assertThat(o.last().provenance()).containsEntry("seed", "7").containsEntry("epoch", "5").doesNotContainKey("threads");
        assertThat(o.last().classes()).isEqualTo(DATA.classes());
    }

    @Test
    void theSeedDecidesEverythingAndThreadsNothing() {
        Settings s = Shades.settings(2);
        double[] first = weights(fit(s, new ArrayList<>()).last().parameters());
        Settings three = s.withThreads(3);
        assertThat(weights(fit(three, new ArrayList<>()).last().parameters())).isEqualTo(first);
        assertThat(weights(fit(s.withSeed(8), new ArrayList<>()).last().parameters())).isNotEqualTo(first);
    }

    @Test
    void trainLossIsTheMeanOverImages() {
        // At such a rate nothing changes: the mean over batches of 20 and the last of 10 is that over all images.
        Settings s = Shades.settings(1).withRate(Shades.STILL).withAugmentation(Augmentation.NONE);
        List<Event> events = new ArrayList<>();
        Outcome o = fit(s, events);
        double loss = events.stream().filter(Event.EpochEnd.class::isInstance).map(Event.EpochEnd.class::cast)
                .mapToDouble(Event.EpochEnd::trainLoss).sum();
        assertThat(loss).isCloseTo(Evaluation.of(o.last(), DATA.train(), Backend.lanes(), 1).loss(), within(1e-6));
    }

    @Test
    void stopFinishesTheStepAndEvaluates() {
        List<Event> events = new ArrayList<>();
        try (Trainer t = new Trainer(Shades.settings(8), Shades.network(), DATA)) {
            Outcome o = t.fit(e -> {
                events.add(e);
                if (e instanceof Event.Progress p && p.epoch() == 2 && p.step() == 3) {
                    t.stop();
                }
            });
            assertThat(o.epochs()).isEqualTo(2);
        }
        assertThat(events.getLast()).isInstanceOf(Event.Stopped.class);
        assertThat(events.stream().filter(Event.Progress.class::isInstance).count()).isEqualTo(11 + 3);
        assertThat(events.stream().filter(Event.EpochEnd.class::isInstance).count()).isEqualTo(2);
    }

    @Test
    void stopAfterTheLastStepIsDone() {
        List<Event> events = new ArrayList<>();
        try (Trainer t = new Trainer(Shades.settings(1), Shades.network(), DATA)) {
            t.fit(e -> {
                events.add(e);
                if (e instanceof Event.EpochEnd) {
                    t.stop();
                }
            });
        }
        assertThat(events.getLast()).isInstanceOf(Event.Done.class);
    }

    @Test
    void lossThatIsNoNumberStops() {
        List<Event> events = new ArrayList<>();
        Settings s = Shades.settings(3).withOptimizer(new Sgd(0.9, 0, true)).withSchedule(new Schedule.Constant()).withRate(1e30);
        assertThatThrownBy(() -> fit(s, events)).isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("in epoch 1, step").hasMessageContaining("of 11").hasMessageContaining("1.0E30");
        assertThat(events.getLast()).isInstanceOf(Event.Failed.class);
    }

    @Test
    void refusesABatchLargerThanTheData() {
        assertThatThrownBy(() -> fit(Shades.settings(1).withBatch(211), new ArrayList<>()))
                .isInstanceOf(ShapeException.class).hasMessageContaining("211").hasMessageContaining("210");
    }

    @Test
    void refusesANetworkForOtherImages() {
        assertThatThrownBy(() -> new Trainer(Shades.settings(1), Networks.named("mlp", cortado.tensor.Shape.of(1, 8, 8), 4), DATA))
                .isInstanceOf(ShapeException.class).hasMessageContaining("shades");
        assertThatThrownBy(() -> new Trainer(Shades.settings(1), Networks.named("mlp", cortado.tensor.Shape.of(1, 6, 6), 5), DATA))
                .isInstanceOf(ShapeException.class).hasMessageContaining("5 scores").hasMessageContaining("4 classes");
    }
}
