package cortado.cli;

import cortado.bench.Sample;
import cortado.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long a person waits for the first step: a training of LeNet-5 on the built-in digits is started in a process of its own, and the
 * clock runs from before the process exists until it tells of its first step. Then it is killed, and so on. The first start only
 * brings files into memory and does not count.
 *
 * @param command starts the program, without arguments
 * @param starts  that count, at least 1
 */
record StartTime(List<String> command, int starts) {

    /** Measures, and tells the result. */
    void run(Output o) throws IOException {
        Path folder = Files.createTempDirectory("cortado-start");
        try {
            once(folder.resolve("0"));
            double[] seconds = new double[starts];
            for (int i = 0; i < starts; i++) {
                seconds[i] = once(folder.resolve(Integer.toString(i + 1)));
            }
            Sample s = Sample.of(seconds);
            o.tell(Json.object().with("workload", "start").with("network", "lenet5").with("seconds", s.median())
                    .with("low", s.low())
                    .with("high", s.high()));
            o.say(String.format(Locale.ROOT, "start to first trained step: %.2f s (median of %d, middle half %.2f … %.2f)",
                    s.median(),
                    starts, s.low(), s.high()));
        } finally {
            delete(folder);
        }
    }

    private double once(Path run) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("train", "digits", "--model", "lenet5", "--seed", "1", "--json", "--output", run.toString()));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader events = process.inputReader()) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("{\"event\":\"progress\"")) {
                    return (System.nanoTime() - start) / 1e9;
                }
            }
            throw new IOException("bench: the training ended before its first step: " + String.join(" ", all));
        } finally {
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
