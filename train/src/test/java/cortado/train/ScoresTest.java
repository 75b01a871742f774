package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoresTest {
    @Test
    void softmaxAndLossOfTwoScores() {
        double[] f = {0, Math.log(3)};
        assertThat(Scores.probabilities(f)).containsExactly(new double[] {0.25, 0.75}, within(1e-15));
        assertThat(Scores.loss(f, 0)).isCloseTo(Math.log(4), within(1e-15));
        assertThat(Scores.loss(f, 1)).isCloseTo(Math.log(4.0 / 3), within(1e-15));
    }

    @Test
    void largeScoresAreSafe() {
        double[] f = {1e4, 1e4, -1e4};
        assertThat(Scores.probabilities(f)).containsExactly(0.5, 0.5, 0);
        assertThat(Scores.loss(f, 2)).isCloseTo(2e4 + Math.log(2), within(1e-9));
    }

    @Test
    void theFirstOfEqualsComesFirst() {
        double[] f = {1, 3, 2, 3};
        assertThat(Scores.best(f)).isEqualTo(1);
        assertThat(Scores.rank(f, 1)).isZero();
        assertThat(Scores.rank(f, 3)).isEqualTo(1);
        assertThat(Scores.rank(f, 0)).isEqualTo(3);
        assertThat(Scores.top(f, 3)).containsExactly(1, 3, 2);
        assertThat(Scores.top(f, 9)).containsExactly(1, 3, 2, 0);
    }

    @Test
    void notANumberIsNotHidden() {
        assertThat(Scores.loss(new double[] {1, Double.NaN}, 0)).isNaN();
        assertThat(Scores.rank(new double[] {1, Double.NaN}, 0)).isEqualTo(2);
    }
}
