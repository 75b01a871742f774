package cortado.cli;

import cortado.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, which can be killed. */
final class Child implements AutoCloseable {
    /** The program's main class. */
    static final String MAIN = "cortado.cli/cortado.cli.Main";
    private static final int MINUTES = 3;

    private final Path out;
    private final Path err;
    private final Process process;
    private final java.io.BufferedReader events;

    private Child(Path logs, List<String> command) throws IOException {
        this.out = Files.createTempFile(logs, "out", ".jsonl");
        this.err = Files.createTempFile(logs, "err", ".txt");
        this.process = new ProcessBuilder(command).redirectError(err.toFile()).start();
        this.events = process.inputReader();
        CompletableFuture.delayedExecutor(MINUTES, TimeUnit.MINUTES).execute(this::kill); // if it hangs, the test fails
    }

    /** Starts a command with {@code --json}; {@code before} stands before java, as {@code sh -c 'ulimit …; exec "$@"' sh} does. */
    static Child start(Path logs, List<String> before, List<String> jvm, String main, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true"));
        command.addAll(jvm);
        command.addAll(List.of("-p", System.getProperty("jdk.module.path"), "-m", main));
        command.addAll(args);
        command.add("--json");
        return new Child(logs, command);
    }

    /** Waits for so many events of a kind; {@return whether they came before it ended} */
    boolean awaits(int n, String event) throws IOException {
        for (int seen = 0; seen < n;) {
            String line = events.readLine();
            if (line == null) {
                return false;
            }
            Files.writeString(out, line + "\n", java.nio.file.StandardOpenOption.APPEND);
            seen += line.startsWith("{\"event\":\"" + event + "\"") ? 1 : 0;
        }
        return true;
    }

    /** As kill -9 does. By the handle: what it has said can still be read. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    /** As {@code kill -TERM} does, or {@code kill -INT} and Ctrl-C. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start().waitFor();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** {@return the exit code} */
    int code() throws IOException, InterruptedException {
        awaits(Integer.MAX_VALUE, "none");
        return process.waitFor();
    }

    /** {@return what it said on standard error} */
    String err() throws IOException {
        return Files.readString(err);
    }

    /** {@return the last event it told} */
    Json.Obj last() throws IOException {
        return Files.readAllLines(out).stream().reduce((a, b) -> b).map(l -> (Json.Obj) Json.parse(l, "stdout")).orElseThrow();
    }

    /** {@return a field of the last event} */
    Optional<Json> last(String key) throws IOException {
        return last().get(key);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        events.close();
    }
}
