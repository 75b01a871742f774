package cortado.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A contestant at work in a process of its own, which waits whenever it has no order. */
final class Child implements AutoCloseable {
    private static final int SHOWN = 5;
    /** Longer than the clock tick by which the system counts a process's time. */
    private static final int REST_MS = 25;
    private static final int MOST_RESTS = 40;

    private final String name;
    private final String setting;
    private final Path log;
    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;
    private final long parameters;

    Child(Contestant who, Job job) throws IOException {
        this.name = who.name();
        this.setting = job.setting();
        this.log = Files.createTempFile(job.folder(), "log", ".txt");
        log.toFile().deleteOnExit();
        List<String> command = new ArrayList<>(who.command());
        command.addAll(job.args());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        who.environment().forEach((k, v) -> builder.environment().put(k, v.replace("%d", Integer.toString(job.threads()))));
        this.process = builder.start();
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.parameters = (long) answer("ready")[0];
    }

    String name() {
        return name;
    }

    String setting() {
        return setting;
    }

    long parameters() {
        return parameters;
    }

    /** {@return the outcomes of the first steps} */
    double[] check(int steps) throws IOException {
        orders.println("check " + steps);
        return answer("check");
    }

    /** {@return the seconds that so many steps took} */
    double run(int steps) throws IOException {
        orders.println("run " + steps);
        return settled(answer("run")[0]);
    }

    /** {@return the seconds that the steps of an epoch of the course took} */
    double epoch(int epoch) throws IOException {
        orders.println("epoch " + epoch);
        return settled(answer("epoch")[0]);
    }

    /** {@return how many test images are right, and the seconds it took to see} */
    double[] evaluate() throws IOException {
        orders.println("evaluate");
        return answer("evaluate");
    }

    /** {@return the most bytes it ever had in memory, 0 if unknown} */
    long memory() throws IOException {
        orders.println("memory");
        return (long) answer("memory")[0];
    }

    /** Waits until its threads sleep: those of OpenMP spin for a while, and would take processors from whoever has the next turn. */
    private double settled(double answer) throws IOException {
        try {
            Optional<Duration> before = Optional.empty();
            for (int i = 0; i < MOST_RESTS; i++) {
                Optional<Duration> now = process.info().totalCpuDuration();
                if (now.equals(before)) {
                    break;
                }
                before = now;
                Thread.sleep(REST_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("bench: interrupted");
        }
        return answer;
    }

    /** The numbers after the word; other lines are a library's chatter. */
    private double[] answer(String word) throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            String[] parts = line.split(" ");
            if (parts[0].equals(word)) {
                double[] v = new double[parts.length - 1];
                for (int i = 0; i < v.length; i++) {
                    v[i] = Double.parseDouble(parts[i + 1]);
                }
                return v;
            }
        }
        List<String> said = Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                .filter(l -> !l.startsWith("WARNING") && !l.startsWith("Warning: Versions of") && !l.startsWith("frame #"))
                .toList();
        throw new IOException("bench: " + name + " ended without an answer: "
                + String.join(" | ", said.subList(0, Math.min(SHOWN, said.size()))));
    }

    @Override
    public String toString() {
        return name + " (" + setting + ")";
    }

    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
