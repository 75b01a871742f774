package cortado.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.tensor.ShapeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The race itself, between contestants played by a shell, who answer at once with the speed they were given. */
class RaceTest {
    private static final Workload LENET = Workload.all().getFirst();

    @BeforeEach
    void aShell() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh to play the contestants");
    }

    /** Says that so many steps take steps × milliseconds; each setting has its own speed, the last argument of a job. */
    private static Contestant player(String name, String outcome, Map<String, Integer> milliseconds) {
        StringBuilder speeds = new StringBuilder();
        milliseconds.forEach((setting, ms) -> speeds.append(setting).append(") ms=").append(ms).append(";; "));
        String script = "case $5 in " + speeds + " esac; echo ready 61706; echo chatter; while read order n; do case $order in"
                + " check) echo check " + outcome
                + ";; run) echo run ${n}e-3 | awk -v m=$ms '{print $1, $2 * m}';; memory) echo memory 5000000;; esac; done";
        return new Contestant(name, List.of("/bin/sh", "-c", script), Map.of("THREADS", "%d"), List.copyOf(milliseconds.keySet()));
    }

    @Test
    void theFastestSettingCountsAndTheRatioIsOursByTheirs() throws IOException {
        List<String> told = new ArrayList<>();
        Contestant us = player("us", "2.3 2.25", Map.of("plain", 2));
        Contestant them = player("them", "2.3004 2.25", Map.of("slow", 9, "fast", 5));
        Result r = new Race(us, List.of(them), true, told::add).run(LENET, 1, 100e9);
        assertThat(r.ours().median()).isCloseTo(32 / 2e-3, within(1e-6));
        assertThat(r.peer().orElseThrow().setting()).isEqualTo("fast");
        assertThat(r.peer().orElseThrow().ratio().median()).isCloseTo(2.5, within(1e-9));
        assertThat(r.flops()).isCloseTo(500.0 * LENET.flops(), within(1.0));
        assertThat(r.json().text())
                .isEqualTo("{\"workload\":\"W1\",\"network\":\"lenet5\",\"mode\":\"train\",\"batch\":32,\"threads\":1,"
                        + "\"ours\":16000.0,\"peer\":6400.0,\"ratio\":2.5,\"peak_fraction\":"
                        + Math.round(r.peakFraction() * 1e4) / 1e4
                        + ",\"rss_mb\":5.0,\"peer_rss_mb\":5.0}");
        assertThat(told).hasSize(3);
    }

    @Test
    void aloneThereIsNoRatio() throws IOException {
        Result r = new Race(player("us", "2.3", Map.of("plain", 2)), List.of(), true, line -> {}).run(LENET, 2, 100e9);
        assertThat(r.json().text()).contains("\"threads\":2", "\"peer\":null,\"ratio\":null", "\"peer_rss_mb\":null");
    }

    @Test
    void otherNumbersAreNotTheSameWork() {
        Race race = new Race(player("us", "2.3 2.25", Map.of("plain", 2)), List.of(player("them", "2.3 2.26", Map.of("nchw", 2))),
                true, line -> {});
        assertThatThrownBy(() -> race.run(LENET, 1, 1)).isInstanceOf(ShapeException.class)
                .hasMessage("outcome 1 of the first steps is 2.25 here, but 2.26 with them (nchw): not the same work");
    }

    @Test
    void aContestantThatEndsIsToldWithItsLastWords() {
        Contestant broken = new Contestant("us", List.of("/bin/sh", "-c", "echo no luck >&2"), Map.of(), List.of("plain"));
        assertThatThrownBy(() -> new Race(broken, List.of(), true, line -> {}).run(LENET, 1, 1)).isInstanceOf(IOException.class)
                .hasMessage("bench: us ended without an answer: no luck");
    }
}
