package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.Rng;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans in which some parameters have no gradient. Seeds 31 and 32. */
class FrozenTest {
    private static final int N = 21;

    static Stream<Backend> backends() {
        return Stream.of(Backend.lanes(), Backend.channels(), Backend.reference());
    }

    /** Below the lowest layer that learns, one in the middle, and single biases: what is left has the bits of the whole. */
    @ParameterizedTest
    @MethodSource("backends")
    void theOthersHaveTheSameGradients(Backend backend) {
        Parameters whole = gradients(backend, Set.of());
        for (Predicate<String> p : List.<Predicate<String>>of(n -> !n.startsWith("fc"), n -> n.startsWith("conv4"),
                n -> n.endsWith(".bias"), n -> n.endsWith(".weight"))) {
            Set<String> frozen = new LinkedHashSet<>(whole.map().keySet().stream().filter(p).toList());
            Parameters some = gradients(backend, frozen);
            assertThat(some.map().keySet()).isNotEmpty().doesNotContainAnyElementsOf(frozen);
            assertThat(some.map()).hasSize(whole.map().size() - frozen.size());
            some.map().forEach((name, g) -> assertThat(g.toDoubles()).as(name).isEqualTo(whole.get(name).toDoubles()));
        }
    }

    private static Parameters gradients(Backend backend, Set<String> frozen) {
        try (Plan p = plan(backend, frozen)) {
            Rng r = new Rng(32);
            for (int i = 0; i < p.images().size(); i++) {
                p.images().set(i, r.normal(i));
            }
            for (int i = 0; i < N; i++) {
                p.labels().set(i, r.split("y").below(i, 5));
            }
            p.forwardBackward(N);
            return p.gradients().copy();
        }
    }

    private static Plan plan(Backend backend, Set<String> frozen) {
        Graph net = SameBits.network(backend);
        return Plan.trainingWithLoss(net.withLoss(), Parameters.init(net, new Rng(31)), N, backend, 2, frozen);
    }

    /** What only the gradients of frozen layers need is not kept. */
    @Test
    void takesLessMemory() {
        Set<String> below = new LinkedHashSet<>(SameBits.network(Backend.channels()).params().stream().map(p -> p.name())
                .filter(n -> !n.startsWith("fc")).toList());
        try (Plan all = plan(Backend.channels(), Set.of()); Plan head = plan(Backend.channels(), below)) {
            assertThat(head.bytes()).isLessThan(all.bytes() * 3 / 4);
        }
    }
}
