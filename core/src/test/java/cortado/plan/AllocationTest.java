package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.Rng;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {

    /** Vectors are objects until the JIT has compiled a kernel, so the test waits for that, and then holds the step to nothing. */
    @Test
    void aStepAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Graph net = SameBits.network(Backend.lanes());
        try (Plan p = Plan.training(net, Parameters.init(net, new Rng(1)), 16, Backend.lanes(), 1)) {
            long allocated = Long.MAX_VALUE;
            long until = System.nanoTime() + 60_000_000_000L;
            while (allocated > 0 && System.nanoTime() < until) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 50; i++) {
                    p.forwardBackward(16);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes in 50 steps").isZero();
        }
    }
}
