package cortado.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What the machine's multiply-add units can do: a register tile that touches no memory, on every thread at once. */
public final class Peak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int TILE = 12;
    private static final int ROUNDS = 200_000;
    private static final double SECONDS = 0.15;

    private Peak() {
    }

    /**
     * The best of some trials; a machine that does other work at the time looks slower than it is.
     *
     * @param threads at least 1
     * @return floating-point operations per second, a multiply-add counting two
     */
    public static double measure(int threads) {
        double best = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int trial = 0; trial < 8; trial++) {
                List<Callable<Double>> all = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    all.add(Peak::rate);
                }
                double sum = 0;
                for (var f : pool.invokeAll(all)) {
                    sum += f.get();
                }
                best = Math.max(best, sum);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("measuring the peak failed", e);
        }
        return best;
    }

    /** One thread's rate over a fraction of a second. */
    private static double rate() {
        long start = System.nanoTime();
        long rounds = 0;
        float sink = 0;
        double seconds;
        do {
            sink += tile(ROUNDS, 0.5f + sink * 1e-30f);
            rounds += ROUNDS;
            seconds = (System.nanoTime() - start) / 1e9;
        } while (seconds < SECONDS);
        if (Float.isNaN(sink)) {
            throw new IllegalStateException("a sum that converges became NaN");
        }
        return 2.0 * TILE * SPECIES.length() * rounds / seconds;
    }

    /** Twelve independent sums a·b + sum: enough to cover the latency of two units, few enough for sixteen registers. */
    private static float tile(int rounds, float scale) {
        FloatVector a = FloatVector.broadcast(SPECIES, scale);
        FloatVector b = FloatVector.broadcast(SPECIES, 1 - scale);
        FloatVector s0 = a;
        FloatVector s1 = a;
        FloatVector s2 = a;
        FloatVector s3 = a;
        FloatVector s4 = a;
        FloatVector s5 = a;
        FloatVector s6 = a;
        FloatVector s7 = a;
        FloatVector s8 = a;
        FloatVector s9 = a;
        FloatVector s10 = a;
        FloatVector s11 = a;
        for (int i = 0; i < rounds; i++) {
            s0 = s0.fma(a, b);
            s1 = s1.fma(a, b);
            s2 = s2.fma(a, b);
            s3 = s3.fma(a, b);
            s4 = s4.fma(a, b);
            s5 = s5.fma(a, b);
            s6 = s6.fma(a, b);
            s7 = s7.fma(a, b);
            s8 = s8.fma(a, b);
            s9 = s9.fma(a, b);
            s10 = s10.fma(a, b);
            s11 = s11.fma(a, b);
        }
        FloatVector left = s0.add(s1).add(s2).add(s3.add(s4).add(s5));
        FloatVector right = s6.add(s7).add(s8).add(s9.add(s10).add(s11));
        return left.add(right).lane(0);
    }
}
