package cortado.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is counted, and how repeated measurements become one. */
class YardstickTest {
    @Test
    void medianAndQuartiles() {
        assertThat(Sample.of(5, 1, 4, 2, 3)).isEqualTo(new Sample(3, 2, 4));
        assertThat(Sample.of(1, 2, 3, 10)).isEqualTo(new Sample(2.5, 1.75, 4.75));
        assertThat(Sample.of(7)).isEqualTo(new Sample(7, 7, 7));
        assertThat(Sample.of(5, 1, 4, 2, 3).spread()).isCloseTo(1.0 / 3, within(1e-12));
    }

    /** By hand: LeNet-5 has 2·(5²·1·6·28² + 5²·6·16·10² + 400·120 + 120·84 + 84·10) = 833,040 operations an image forward. */
    @Test
    void operationsOfATrainingStep() {
        Workload lenet = Workload.all().getFirst();
        long first = 2L * 25 * 6 * 784;
        assertThat(lenet.flops()).isEqualTo(32 * (3 * 833_040L - first));
    }

    @Test
    void operationsOfSingleOps() {
        Workload sgemm = Workload.all().getLast();
        assertThat(sgemm.network()).startsWith("sgemm");
        assertThat(sgemm.flops()).isEqualTo(2L * 1024 * 1024 * 1024);
    }

    @Test
    void theTableIsWhole() {
        assertThat(Workload.all().stream().map(w -> w.id() + " " + w.mode().text()).collect(Collectors.joining(", ")))
                .isEqualTo("W1 train, ".repeat(3) + "W1 infer, W1 infer, W2 train, W2 infer, W2 infer, W3 train, W3 infer, W3 infer"
                        + ", W4 train, W4 infer, W4 infer".repeat(2) + ", W5 train, W5 infer, W5 infer".repeat(2)
                        + ", W6 forward, W6 dx, W6 dw".repeat(7));
    }

    @Test
    void theMachineHasAPeak() {
        assertThat(Peak.measure(1)).isBetween(1e9, 1e12);
    }
}
