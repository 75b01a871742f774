package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Backend;
import cortado.op.Operands;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PyTorch's outputs and gradients are ours: of the plain kernels in F64, and of the vectorised ones in F32. */
class GoldenTest {

    static List<Golden> all() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void plainKernelsInDoublePrecision(Golden g) {
        assertThat(run(g, Backend.reference(), Type.F64)).allMatch(f -> f.passed(1e-13));
    }

    @ParameterizedTest
    @MethodSource("all")
    void plainKernelsInSinglePrecision(Golden g) {
        assertThat(run(g, Backend.reference(), Type.F32)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void vectorKernels(Golden g) {
        assertThat(run(g, Backend.lanes(), Type.F32)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void kernelsInChannels(Golden g) {
        assertThat(run(g, Backend.channels(), Type.F32)).allMatch(f -> f.passed(1e-5));
    }

    private static List<Finding> run(Golden g, Backend backend, Type type) {
        Operands o = g.operands(type, backend.layout());
        Shards shards = new Shards(g.c(), backend, o);
        shards.forward();
        List<Finding> all = new ArrayList<>(List.of(Checks.compare("y", g.tensors().get("y"), o.y())));
        int state = 2; // after weight and bias
        for (Map.Entry<String, Tensor> e : g.state().entrySet()) {
            all.add(Checks.compare(e.getKey(), e.getValue(), o.param(state++)));
        }
        shards.backward();
        List<Tensor> ours = Checks.gradients(g.c(), o);
        assertThat(ours).hasSameSizeAs(g.gradients());
        for (int i = 0; i < ours.size(); i++) {
            all.add(Checks.compare("gradient " + i, g.gradients().get(i), ours.get(i)));
        }
        return all;
    }
}
