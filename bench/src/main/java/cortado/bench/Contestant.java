package cortado.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Someone who can do a job in a process of its own, obeying {@link Worker#serve}'s orders.
 *
 * @param name        for the table
 * @param command     starts the process, without the job's arguments
 * @param environment added to the process's; {@code %d} in a value stands for the number of threads
 * @param settings    ways to be configured, of which the fastest counts; at least one
 */
public record Contestant(String name, List<String> command, Map<String, String> environment, List<String> settings) {
    /** Copies the collections. */
    public Contestant {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        settings = List.copyOf(settings);
    }

    /**
     * Cortado itself.
     *
     * @param java starts a JVM with the modules of Cortado on its path, without a main class
     * @return the contestant
     */
    public static Contestant ours(List<String> java) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-m", "cortado.bench/cortado.bench.Ours"));
        return new Contestant("cortado", command, Map.of(), List.of("plain"));
    }

    /**
     * PyTorch's C++ library, driven from Java.
     *
     * @param java starts a JVM with the peers' jars on its class path, without a main class
     * @return the contestant with settings that proved best: the thread pools as large as asked for and no second one beside
     *         them, large blocks of memory kept by the allocator, both layouts of images
     */
    public static Contestant pytorch(List<String> java) {
        List<String> command = new ArrayList<>(java);
        command.add("cortado.bench.peers.PyTorch");
        return new Contestant("pytorch 2.13", command, TUNED, List.of("nchw", "nhwc"));
    }

    private static final Map<String, String> TUNED = Map.of("OMP_NUM_THREADS", "%d", "OPENBLAS_NUM_THREADS", "1",
            "MKL_NUM_THREADS", "%d", "MALLOC_TRIM_THRESHOLD_", "1073741824", "MALLOC_MMAP_THRESHOLD_", "1073741824");
}
