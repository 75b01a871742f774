package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void buffersAliveTogetherNeverShare(long seed) {
        Rng r = new Rng(seed);
        List<Memory.Lifetime> b = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int from = r.below(3 * i, 50);
            b.add(new Memory.Lifetime(1 + r.below(3 * i + 1, 1000), from, from + r.below(3 * i + 2, 20)));
        }
        Memory m = Memory.of(b);
        for (int i = 0; i < b.size(); i++) {
            assertThat(m.offset(i) % Memory.ALIGN).isZero();
            assertThat(m.offset(i) + b.get(i).length()).isLessThanOrEqualTo(m.total());
            for (int j = 0; j < i; j++) {
                boolean apart = m.offset(i) + b.get(i).length() <= m.offset(j) || m.offset(j) + b.get(j).length() <= m.offset(i);
                assertThat(apart || !b.get(i).meets(b.get(j))).isTrue();
            }
        }
        assertThat(m.total()).isLessThan(b.stream().mapToLong(l -> Memory.align(l.length())).sum());
    }
}
