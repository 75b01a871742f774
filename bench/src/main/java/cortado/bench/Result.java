package cortado.bench;

import cortado.io.Json;
import java.util.Optional;

/**
 * What a race between Cortado and perhaps another has shown.
 *
 * @param workload what was done
 * @param threads  on each side
 * @param ours     images a second
 * @param peak     the machine's multiply-add peak on as many threads, operations a second
 * @param memory   the most bytes that our process ever had in memory, 0 if unknown
 * @param peer     the other side, if there was one
 */
public record Result(Workload workload, int threads, Sample ours, double peak, long memory, Optional<Rival> peer) {

    /**
     * The other side.
     *
     * @param name    of the contestant
     * @param setting that was its fastest
     * @param speed   images a second
     * @param ratio   our speed by theirs, of pairs of neighbouring runs
     * @param memory  the most bytes that its process ever had in memory, 0 if unknown
     */
    public record Rival(String name, String setting, Sample speed, Sample ratio, long memory) {
    }

    /** {@return our floating-point operations a second, as the plain algorithm counts them} */
    public double flops() {
        return ours.median() / workload.batch() * workload.flops();
    }

    /** {@return the share of the machine's peak; more than 1 where an algorithm needs fewer operations than the plain one} */
    public double peakFraction() {
        return flops() / peak;
    }

    /** {@return one object, null where there is no peer or the system does not tell} */
    public Json.Obj json() {
        return Json.object().with("workload", workload.id()).with("network", workload.network())
                .with("mode", workload.mode().text())
                .with("batch", workload.batch()).with("threads", threads).with("ours", digits(ours.median()))
                .with("peer", peer.map(p -> digits(p.speed.median()))).with("ratio", peer.map(p -> round(p.ratio.median(), 1000)))
                .with("peak_fraction", round(peakFraction(), 10_000)).with("rss_mb", megabytes(memory))
                .with("peer_rss_mb", peer.flatMap(p -> megabytes(p.memory)));
    }

    private static Optional<Double> megabytes(long bytes) {
        return bytes == 0 ? Optional.empty() : Optional.of(round(bytes / 1e6, 10));
    }

    /** Whole numbers where they are large. */
    private static double digits(double v) {
        return round(v, v < 1000 ? 100 : 1);
    }

    private static double round(double v, double per) {
        return Math.round(v * per) / per;
    }
}
