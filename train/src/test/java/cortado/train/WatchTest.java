package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Parameters;
import cortado.io.Checked;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static Parameters parameters(long seed) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        all.put("conv1.weight", Tensor.of(Shape.of(3, 1, 3, 3), Type.F32));
        all.put("conv1.bias", Tensor.of(Shape.of(3), Type.F32));
        all.put("fc1.weight", Tensor.of(Shape.of(100, 77), Type.F32));
        all.forEach((name, t) -> {
            for (int i = 0; i < t.size(); i++) {
                t.set(i, new Rng(seed).split(name).uniform(i) - 0.5);
            }
        });
        return Parameters.of(all);
    }

    @Test
    void theRatioIsThatOfTheNormsSeed1() {
        Parameters w = parameters(1);
        Parameters dw = parameters(2);
        Watch watch = new Watch(w, dw, List.copyOf(w.map().keySet()), 10);
        watch.before(0);
        w.map().values().forEach(t -> {
            for (int i = 0; i < t.size(); i++) {
                t.set(i, 1.25 * t.get(i));
            }
        });
        List<LayerSample> after = watch.after(0.5);
        assertThat(after.stream().map(LayerSample::name)).containsExactly("conv1.weight", "fc1.weight");
        assertThat(after).allSatisfy(s -> assertThat(s.ratio()).isCloseTo(0.25, within(1e-6)));
        double squares = 0;
        for (int i = 0; i < 27; i++) {
            squares += Math.pow(dw.get("conv1.weight").get(i), 2);
        }
        assertThat(after.getFirst().gradient()).isCloseTo(0.5 * Math.sqrt(squares / 27), within(1e-9));
        assertThat(after.getLast().weights().counts().stream().mapToInt(n -> n).sum()).isEqualTo(Watch.MOST);
    }

    @Test
    void itOnlyReadsSeed1() {
        Parameters w = parameters(1);
        Parameters dw = parameters(2);
        Watch watch = new Watch(w, dw, List.copyOf(w.map().keySet()), 10);
        watch.before(0);
        watch.after(0.5);
        Parameters same = parameters(1);
        w.map().forEach((name, t) -> assertThat(t.floats()).as(name).isEqualTo(same.get(name).floats()));
        Parameters sameGradients = parameters(2);
        dw.map().forEach((name, t) -> assertThat(t.floats()).as(name).isEqualTo(sameGradients.get(name).floats()));
    }

    @Test
    void aTrainingIsLookedAtSomeSixtyTimes() {
        for (long steps : new long[] {1, 7, 59, 60, 61, 119, 1000, 1_000_000}) {
            Watch watch = new Watch(parameters(1), parameters(2), List.of(), steps);
            assertThat(LongStream.range(0, steps).filter(watch::due).count()).as(steps + " steps")
                    .isBetween(Math.min(steps, Watch.LOOKS), 2L * Watch.LOOKS);
            assertThat(watch.due(0)).isTrue();
        }
    }

    @Test
    void histogramsCountEveryNumber() {
        Histogram h = Histogram.of(new double[] {-2, -1.99, 0, 0.01, 2});
        assertThat(List.of(h.from(), h.to())).containsExactly(-2.0, 2.0);
        assertThat(h.counts().getFirst()).isEqualTo(2);
        assertThat(h.counts().get(16)).isEqualTo(2);
        assertThat(h.counts().getLast()).isEqualTo(1);
        Histogram m = Histogram.ofMagnitudes(new double[] {0, 0, -1.5, 2, 1e-30, 1e9});
        assertThat(m.left()).isEqualTo(2);
        assertThat(m.counts().get(24)).isEqualTo(2);
        assertThat(m.counts().getFirst()).isEqualTo(1);
        assertThat(m.counts().getLast()).isEqualTo(1);
        assertThat(Histogram.of(new double[3]).counts().stream().mapToInt(n -> n).sum()).isEqualTo(3);
    }

    @Test
    void jsonKeepsEverything() {
        LayerSample s = LayerSample.of("a", new double[] {1, -2, 0.3}, new double[] {1, -2.5, 0.1}, new double[] {0, 1e-5, 3});
        assertThat(LayerSample.of(Checked.of(s.json(), "here"))).isEqualTo(s);
    }

    @Test
    void aTrainingTellsItsFirstBatchOnceAndItsLayersAsItGoes() {
        List<Event> told = new ArrayList<>();
        try (Trainer t = new Trainer(Shades.settings(2), Shades.network(), Shades.data(210, 30))) {
            t.fit(e -> {
                if (e instanceof Event.FirstBatch || e instanceof Event.Layers) {
                    told.add(e);
                }
            });
        }
        assertThat(told.getFirst()).isInstanceOf(Event.FirstBatch.class);
        assertThat(told.stream().filter(Event.FirstBatch.class::isInstance)).hasSize(1);
        List<Event.Layers> layers = told.stream().filter(Event.Layers.class::isInstance).map(Event.Layers.class::cast).toList();
        assertThat(layers).hasSize(22); // 11 steps an epoch
        assertThat(layers.getLast().epoch()).isEqualTo(2);
        assertThat(layers.getLast().step()).isEqualTo(11);
        assertThat(layers.get(5).layers()).allSatisfy(s -> {
            assertThat(s.ratio()).isBetween(1e-5, 1.0);
            assertThat(s.gradient()).isPositive();
        });
    }
}
