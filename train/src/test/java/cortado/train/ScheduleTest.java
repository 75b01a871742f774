package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.tensor.FormatException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void constantStays() {
        assertThat(Schedule.named("constant", 10, 0).rate(0.1, 9.9, 10)).isEqualTo(0.1);
    }

    @Test
    void stepTakesATenthAfterEveryThird() {
        Schedule s = Schedule.named("step", 9, 0);
        assertThat(new double[] {s.rate(1, 0, 9), s.rate(1, 2.99, 9), s.rate(1, 3, 9), s.rate(1, 5.99, 9), s.rate(1, 6, 9),
            s.rate(1, 8.99, 9)})
                .containsExactly(new double[] {1, 1, 0.1, 0.1, 0.01, 0.01}, within(1e-12));
    }

    @Test
    void cosineIsHalfAWave() {
        Schedule s = Schedule.named("cosine", 8, 0);
        assertThat(s.rate(2, 0, 8)).isEqualTo(2);
        assertThat(s.rate(2, 2, 8)).isCloseTo(1 + Math.sqrt(0.5), within(1e-12));
        assertThat(s.rate(2, 4, 8)).isCloseTo(1, within(1e-12));
        assertThat(s.rate(2, 8, 8)).isCloseTo(0, within(1e-12));
        assertThat(new Schedule.Cosine(0.2).rate(2, 8, 8)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void warmUpRisesLinearlyThenTheRestFollowsFromItsBeginning() {
        Schedule s = Schedule.named("cosine", 10, 2);
        assertThat(s.rate(1, 0, 10)).isEqualTo(1e-5);
        assertThat(s.rate(1, 1, 10)).isCloseTo(0.500005, within(1e-12));
        assertThat(s.rate(1, 2, 10)).isEqualTo(1);
        assertThat(s.rate(1, 6, 10)).isCloseTo(0.5, within(1e-12));
        assertThat(s.rate(1e-6, 1, 10)).isEqualTo(1e-6);
        assertThat(new Schedule.Warmup(1, 1e-5, new Schedule.Cosine(0)).rate(1, 0.5, 1)).isCloseTo(0.500005, within(1e-12));
    }

    /** What PyTorch 1.13's {@code MultiStepLR([3, 5], 0.1)} gives for a rate of 1. */
    @Test
    void multiStepIsPyTorchs() {
        Schedule s = new Schedule.MultiStep(List.of(3.0, 5.0), 0.1);
        assertThat(IntStream.range(0, 7).mapToDouble(e -> s.rate(1, e, 7)).toArray())
                .containsExactly(new double[] {1, 1, 1, 0.1, 0.1, 0.01, 0.01}, within(1e-15));
        assertThat(new Schedule.Warmup(2, 1e-5, s).rate(1, 2.9, 7)).as("epochs count from the training's beginning").isEqualTo(1);
        assertThat(new Schedule.Warmup(2, 1e-5, s).rate(1, 3, 7)).isEqualTo(0.1);
    }

    /** What PyTorch 1.13's {@code OneCycleLR(2, 21, 6/21, div_factor=4, final_div_factor=10)} gives: 5 steps up, 15 down. */
    @Test
    void oneCycleIsPyTorchs() {
        double[] cos = {0.5, 0.6432372542, 1.0182372542, 1.4817627458, 1.8567627458, 2.0, 1.9786939107, 1.9157068212, 1.8137915695,
            1.6774023412, 1.5125, 1.3262915695, 1.1269152517, 0.9230847483, 0.7237084305, 0.5375, 0.3725976588, 0.2362084305,
            0.1342931788, 0.0713060893, 0.05};
        double[] linear = {0.5, 0.8, 1.1, 1.4, 1.7, 2.0, 1.87, 1.74, 1.61, 1.48, 1.35, 1.22, 1.09, 0.96, 0.83, 0.7, 0.57, 0.44,
            0.31, 0.18, 0.05};
        Schedule c = new Schedule.OneCycle(0.25, 4, 10, Schedule.Anneal.COS);
        Schedule l = new Schedule.OneCycle(0.25, 4, 10, Schedule.Anneal.LINEAR);
        assertThat(IntStream.rangeClosed(0, 20).mapToDouble(e -> c.rate(2, e, 20)).toArray()).containsExactly(cos, within(1e-9));
        assertThat(IntStream.rangeClosed(0, 20).mapToDouble(e -> l.rate(2, e, 20)).toArray()).containsExactly(linear, within(1e-9));
    }

    /** What PyTorch 1.13's {@code ReduceLROnPlateau(mode='max', factor=0.5, patience=1, min_lr=0.1, eps=0)} gives for a rate of 1. */
    @Test
    void plateauIsPyTorchs() {
        double[] top1 = {.5, .6, .6, .60005, .7, .7, .7, .7, .7, .71, .70, .70, .70, .70, .70};
        double[] expected = {1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125, 0.1, 0.1, 0.1, 0.1};
        List<EpochResult> rows = IntStream.range(0, top1.length)
                .mapToObj(e -> new EpochResult(e + 1, 0, 0, 0, top1[e], 1, 0, 0)).toList();
        Schedule s = new Schedule.Plateau(1, 0.5, 0.1);
        assertThat(IntStream.rangeClosed(0, rows.size()).mapToDouble(e -> s.rate(1, e, 20, rows.subList(0, e))).toArray())
                .containsExactly(expected);
        assertThat(new Schedule.Warmup(1, 1e-5, s).rate(1, 8, 20, rows.subList(0, 8))).isEqualTo(0.25);
    }

    /** Whatever the number of epochs, a name alone is a schedule that fits, and does not warm up all the time. */
    @Test
    void aNameAloneFitsAnyTraining() {
        for (int epochs : new int[] {1, 2, 3, 5, 7, 13, 100}) {
            for (String name : Schedule.NAMES) {
                Schedule s = Schedule.of(Config.empty().with("sched", name), epochs);
                s.check(0.1, epochs);
                assertThat(s.warmup()).isLessThanOrEqualTo(epochs / 5.0);
                assertThat(s.rate(0.1, epochs * 0.3, epochs)).as(name).isCloseTo(0.1, within(0.03));
            }
        }
    }

    /** Warm-ups that nobody asked for make room for decays that somebody did. */
    @Test
    void theUsualWarmUpLeavesRoomForEveryDecay() {
        for (int epochs = 1; epochs < 40; epochs++) {
            for (double every : new double[] {0.3 * epochs, 0.8 * epochs, 0.999 * epochs}) {
                Schedule s = Schedule.of(Config.empty().with("sched", "step").with("decay_epochs", every), epochs);
                s.check(0.1, epochs);
                assertThat(s.rate(0.1, epochs - 1e-9, epochs)).as("%s of %s", every, epochs).isLessThan(0.011);
            }
        }
    }

    /** The longest patience that is allowed is the longest that lowers the rate, in the last epoch and when nothing gets better. */
    @Test
    void theMostPatienceStillLowersTheRate() {
        for (int epochs = 3; epochs < 20; epochs++) {
            int most = Schedule.Plateau.most(epochs);
            List<EpochResult> rows = IntStream.range(1, epochs).mapToObj(e -> new EpochResult(e, 0, 0, 0, 0.5, 1, 0, 0)).toList();
            assertThat(new Schedule.Plateau(most, 0.5, 0).rate(1, epochs - 1, epochs, rows)).isEqualTo(0.5);
            assertThat(new Schedule.Plateau(most + 1, 0.5, 0).rate(1, epochs - 1, epochs, rows)).isEqualTo(1);
        }
    }

    @Test
    void everyScheduleIsReadAsItWasWritten() {
        for (Schedule s : List.of(new Schedule.Constant(), new Schedule.Step(2.5, 0.3),
                new Schedule.MultiStep(List.of(3.0, 5.5), 0.2),
                new Schedule.Cosine(1e-4), new Schedule.OneCycle(0.2, 10, 100, Schedule.Anneal.LINEAR),
                new Schedule.Plateau(4, 0.5, 1e-3),
                new Schedule.Warmup(1.5, 1e-4, new Schedule.MultiStep(List.of(3.0, 5.5), 0.2)))) {
            assertThat(Schedule.of(Config.of(s.json(), "test"), 9)).isEqualTo(s);
        }
    }

    @Test
    void saysItsName() {
        for (String name : Schedule.NAMES) {
            double warmup = name.equals("onecycle") ? 0 : 3;
            assertThat(Schedule.named(name, 10, warmup).name()).isEqualTo(name);
            assertThat(Schedule.named(name, 10, warmup).warmup()).isEqualTo(warmup);
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> Schedule.named("cosin", 10, 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("constant, step, multistep, cosine, onecycle, plateau");
        assertThatThrownBy(() -> Schedule.named("cosine", 10, 11)).isInstanceOf(FormatException.class)
                .hasMessageContaining("received 11");
        assertThatThrownBy(() -> Schedule.named("cosine", 10, Double.NaN)).isInstanceOf(FormatException.class);
    }
}
