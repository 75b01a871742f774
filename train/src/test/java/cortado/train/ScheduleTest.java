package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.tensor.FormatException;
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
        assertThat(Schedule.named("cosine", 1, 1).rate(1, 0.5, 1)).isCloseTo(0.500005, within(1e-12));
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
