package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import cortado.graph.Parameters;
import cortado.tensor.Tensor;
import cortado.train.Ema;
import cortado.train.Optimizer;
import cortado.train.OptimizerState;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows the gradients allocates nothing either. It stands here because this module may ask for the JVM's counters. */
class AllocationTest {
    static java.util.List<String> optimizers() {
        return Optimizer.NAMES;
    }

    /** Vectors are objects until the JIT has compiled a loop, so the test waits for that, and then holds the step to nothing. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepAllocatesNothing(String name) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("conv.weight", Tensor.f32(40, 30));
        tensors.put("conv.bias", Tensor.f32(37));
        Parameters w = Parameters.of(tensors);
        Parameters g = w.zeros();
        g.fill(0.01);
        Optimizer opt = Optimizer.named(name, 0.9, 0.1);
        OptimizerState state = opt.start(w, g, false);
        Ema mean = new Ema(new Ema.Rule(0.9, true), w);
        long allocated = Long.MAX_VALUE;
        long until = System.nanoTime() + 60_000_000_000L;
        while (allocated > 0 && System.nanoTime() < until) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int t = 1; t <= 500; t++) {
                state.mean(2);
                state.clip(1);
                opt.step(state, 1e-3);
                mean.update(t);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes in 500 steps").isZero();
    }
}
