package cortado.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Someone who can do a job in a process of its own, obeying {@link Worker#serve}'s orders.
 *
 * @param name        for the table
 * @param command     starts the process, without the job's arguments
 * @param environment added to the process's; {@code %d} in a value stands for the number of threads
 * @param settings    ways to be configured, of which the fastest counts; at least one
 */
public record Contestant(String name, List<String> command, Map<String, String> environment, List<String> settings) {
    /** Bytes: what glibc's allocator takes as its threshold for giving memory back. */
    private static final String KEEP = "1073741824";

    /** Copies the collections. */
    public Contestant {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        settings = List.copyOf(settings);
    }

    /**
     * Cortado itself.
     *
     * @param command starts a process that serves {@link Worker#ours}
     * @return the contestant
     */
    public static Contestant ours(List<String> command) {
        return new Contestant("cortado", command, Map.of(), List.of("plain"));
    }

    /**
     * PyTorch's C++ library, driven from Java; Maven Central's newest.
     *
     * @param java starts a JVM with the peers' jars on its class path, without a main class
     * @return the contestant
     */
    public static Contestant pytorch(List<String> java) {
        List<String> command = new ArrayList<>(java);
        command.add("cortado.bench.peers.PyTorch");
        return pytorch("pytorch", command);
    }

    /**
     * ONNX Runtime from Java, for inference only.
     *
     * @param java starts a JVM with the peers' jars on its class path, without a main class
     * @return the contestant
     */
    public static Contestant onnxRuntime(List<String> java) {
        List<String> command = new ArrayList<>(java);
        command.add("cortado.bench.peers.OnnxRuntime");
        return new Contestant("onnxruntime", command, Map.of(), List.of("all optimisations"));
    }

    /**
     * Deeplearning4j, for inference only. Its threads sleep while they wait: spinning, they kept each other from the processors, and
     * LeNet-5 took up to fifteen times as long.
     *
     * @param java starts a JVM with its jars on its class path, without a main class
     * @return the contestant
     */
    public static Contestant dl4j(List<String> java) {
        List<String> command = new ArrayList<>(java);
        command.add("cortado.bench.dl4j.Dl4j");
        return new Contestant("dl4j", command, Map.of("OMP_NUM_THREADS", "%d", "OPENBLAS_NUM_THREADS", "1", "OMP_WAIT_POLICY", "passive",
                "MALLOC_TRIM_THRESHOLD_", KEEP, "MALLOC_MMAP_THRESHOLD_", KEEP), List.of("samediff"));
    }

    /**
     * {@return whether it can do such a job}
     * @param mode what one step is
     */
    public boolean does(Mode mode) {
        return mode == Mode.INFER || !name.equals("onnxruntime") && !name.equals("dl4j");
    }

    /**
     * PyTorch from Python, whatever version is installed.
     *
     * @param python starts an interpreter that has PyTorch
     * @return the contestant
     */
    public static Contestant pytorchPython(String python) {
        try (InputStream script = Contestant.class.getResourceAsStream("peer.py")) {
            return pytorch("pytorch-python", List.of(python, "-c", new String(script.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The settings that proved best: as many OpenMP threads as asked for and no second pool beside them, an allocator that keeps
     * large blocks, and both layouts of images.
     */
    private static Contestant pytorch(String name, List<String> command) {
        return new Contestant(name, command, Map.of("OMP_NUM_THREADS", "%d", "OPENBLAS_NUM_THREADS", "1",
                "MALLOC_TRIM_THRESHOLD_", KEEP, "MALLOC_MMAP_THRESHOLD_", KEEP), List.of("nchw", "nhwc"));
    }

    /** {@return the environment for people, one variable after the other} */
    public String tuning() {
        return environment.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" ")).replace("%d", "threads");
    }
}
