package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Json;
import cortado.tensor.Rng;
import cortado.train.Provenance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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
        return Child.start(logs, before, jvm, Child.MAIN, command(more));
    }

    private List<String> command(String... more) {
        boolean begun = Files.exists(run.resolve("config.json"));
        List<String> args = new ArrayList<>(begun ? List.of("resume", run.toString()) : train);
        if (!begun) {
            args.addAll(List.of("--output", run.toString()));
        }
        args.addAll(List.of(more));
        return args;
    }

    Child go(String... more) throws IOException {
        return go(List.of(), List.of(), more);
    }

    /** The same beside a {@link Glutton}, which begins to eat when there is a checkpoint of that name. */
    Child starved(String checkpoint) throws IOException {
        List<String> jvm = Glutton.options(run.resolve("checkpoints").resolve(checkpoint));
        return Child.start(logs, List.of(), jvm, Glutton.MAIN, command());
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

    /** The run's folder is what the undisturbed one's is, every file, but for what {@link #lasting} leaves out. */
    void assertSame() throws IOException {
        assertThat(files(run)).isEqualTo(files(whole));
        for (Path file : files(whole)) {
            assertThat(lasting(run, file)).as(file.toString()).isEqualTo(lasting(whole, file));
        }
        assertThat(Provenance.read(run).finished()).isTrue();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
        }
    }

    /**
     * The bytes of a file, a letter each, without times and speeds; and where they are told, without the folder, the number of
     * threads (with the memory that follows from it), interruptions, and the log's lines of once a second. A checkpoint's checksum
     * is one over times too.
     */
    private String lasting(Path folder, Path file) throws IOException {
        String s = Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
        return switch (file.toString()) {
            case "metrics.csv" -> s.replaceAll("(,[^,\n]*){2}\n", "\n");
            case "config.json" -> s.replaceFirst("\"threads\": \\d+", "");
            case "provenance.json" -> s.replaceAll("\"threads\": \\d+", "").replaceFirst("(?s)\"resumed\": \\[.*?\\],\\s*", "")
                    .replaceFirst("\"model\": \".*/", "");
            case "events.jsonl" -> log(nowhere(s));
            case "report.html" -> page(nowhere(s));
            default -> file.startsWith("checkpoints") ? checkpoint(s) : s;
        };
    }

    private String nowhere(String s) {
        return s.replace(run.toString(), "").replace(whole.toString(), "").replaceFirst("run [^ ]+</p>", "");
    }

    private static String log(String s) {
        return s.lines().filter(l -> !l.matches("\\{\"event\":\"(progress|resumed|damaged)\".*"))
                .map(l -> l.replaceAll(",\"(seconds|images_per_s)\":[^,}]*|,\"memory\":\\{[^}]*\\}", ""))
                .collect(Collectors.joining("\n"));
    }

    private static String page(String s) {
        return s.replaceFirst("; it was interrupted [^.]*", "").replaceAll("<dt>(time|speed|threads)</dt><dd>[^<]*", "")
                .replaceFirst("<div[^>]*><dt>resumed</dt><dd>[^<]*</dd></div>\n", "")
                .replaceAll("((<td>[^<]*</td>){6})(<td>[^<]*</td>){2}</tr>", "$1").replaceFirst("&quot;threads&quot;: \\d+", "");
    }

    /** Eight bytes of the header's length, the header, filled up with blanks, and the tensors. */
    private static String checkpoint(String s) {
        byte[] length = s.substring(0, 8).getBytes(StandardCharsets.ISO_8859_1);
        int tensors = 8 + ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
        return s.substring(8, tensors).strip().replaceAll("\"(nanos|earlier|seconds|images_per_s)\\\\\":[^,}]*", "")
                .replaceFirst("\"sha256\":\"[^\"]*", "") + s.substring(tensors);
    }
}
