package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Json;
import cortado.io.JsonLines;
import cortado.tensor.Rng;
import cortado.train.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A training that nothing disturbed, and the same one put through something.
 *
 * @param logs  where its processes write to
 * @param whole the undisturbed run
 * @param run   the other one
 * @param train the command that begins it
 */
record Trial(Path logs, Path whole, Path run, List<String> train) {

    /** Trains undisturbed, in this process. */
    static Trial of(Path folder, String... recipe) {
        Path whole = folder.resolve("whole");
        List<String> all = new ArrayList<>(List.of("train"));
        all.addAll(List.of(recipe));
        Cli c = Cli.run(Stream.concat(all.stream(), Stream.of("--output", whole.toString())).toArray(String[]::new));
        assertThat(c.code()).as(c.err()).isZero();
        return new Trial(folder, whole, folder.resolve("run"), all);
    }

    /** The same for a run elsewhere. */
    Trial at(Path other) {
        return new Trial(logs, whole, other, train);
    }

    /** Begins the run, or goes on with it once its settings are there. */
    Child go(List<String> before, List<String> jvm, String... more) throws IOException {
        boolean begun = Files.exists(run.resolve("config.json"));
        List<String> args = new ArrayList<>(begun ? List.of("resume", run.toString()) : train);
        if (!begun) {
            args.addAll(List.of("--output", run.toString()));
        }
        args.addAll(List.of(more));
        return Child.start(logs, before, jvm, args.toArray(String[]::new));
    }

    Child go(String... more) throws IOException {
        return go(List.of(), List.of(), more);
    }

    /**
     * Kills it again and again: after some checkpoints, every second time in the middle of writing one, sometimes before it has
     * begun. {@return how often, and how often in the middle}
     */
    int[] killAgainAndAgain(Rng rng, int most) throws IOException, InterruptedException {
        int torn = 0;
        for (int n = 0;; n++) {
            try (Child child = go("--threads", Integer.toString(1 + n % 3))) {
                Rng draw = rng.split(n);
                if (!child.awaits(draw.below(0, most), "checkpoint")) {
                    assertThat(child.code()).as(child.err()).isZero();
                    assertSame(child);
                    return new int[] {n, torn};
                }
                if (n % 2 == 1) {
                    awaitHalfACheckpoint(child);
                } else {
                    Thread.sleep(draw.below(1, 60));
                }
                child.kill();
                if (child.code() == 0) {
                    assertSame(child);
                    return new int[] {n, torn};
                }
                torn += halves().isEmpty() ? 0 : 1;
            }
        }
    }

    private void awaitHalfACheckpoint(Child child) throws IOException {
        while (child.alive() && halves().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private List<Path> halves() throws IOException {
        Path folder = run.resolve("checkpoints");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.toString().endsWith(".tmp")).toList();
        }
    }

    /** The run is what the undisturbed one is, and a process has said so. */
    void assertSame(Child child) throws IOException {
        assertSame();
        assertThat(child.last("event")).contains(Json.of("done"));
        assertThat(child.last("last_sha256")).contains(Json.of(Provenance.read(whole).text("last_sha256").orElseThrow()));
        assertThat(child.err()).contains("weights: " + Provenance.read(whole).text("best_sha256").orElseThrow());
    }

    /** The run's folder is what the undisturbed one's is, but for times. */
    void assertSame() throws IOException {
        for (String file : List.of("best.safetensors", "last.safetensors", "confusion.png", "mistakes.png", "loss.png")) {
            assertThat(run.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
        assertThat(course(run)).isEqualTo(course(whole));
        assertThat(log(run)).isEqualTo(log(whole));
        assertThat(names(run)).isEqualTo(names(whole));
        assertThat(names(run.resolve("checkpoints"))).isEqualTo(names(whole.resolve("checkpoints")));
        Provenance p = Provenance.read(run);
        assertThat(p.finished()).isTrue();
        assertThat(p.text("last_sha256")).isPresent().isEqualTo(Provenance.read(whole).text("last_sha256"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** The rows of metrics.csv without their times. */
    private static List<String> course(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).stream().map(l -> l.replaceFirst("(,[^,]*){2}$", "")).toList();
    }

    /** What the log says of checkpoints and epochs, without times. */
    private static List<String> log(Path run) {
        return JsonLines.read(run.resolve("events.jsonl")).stream().map(Json::text)
                .filter(l -> l.startsWith("{\"event\":\"checkpoint\"") || l.startsWith("{\"event\":\"epoch\""))
                .map(l -> l.replaceAll(",\"(seconds|images_per_s)\":[^,}]*", "")).toList();
    }
}
