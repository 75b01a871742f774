package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.train.Event;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    @ParameterizedTest
    @ValueSource(ints = {20, 60, 80, 120})
    void aLineLeavesRoomForTheEchoOfCtrlC(int columns) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(true, true, columns, false);
        new Progress(new Output(stream, stream, terminal, false, false))
                .accept(new Event.Progress(1, 2, 9, 2.0699e25, 0.1, 1234, 0.5, 5));
        String line = err.toString(StandardCharsets.UTF_8).replace("\r", "").replace("\u001b[K", "");
        assertThat(line.length()).isBetween(columns / 2, columns - 3);
        assertThat(line).doesNotContain("000000");
    }

    /** val, predict, gradcheck and reading images: nothing in the first moment, then lines that say how long it will take. */
    @Test
    void whatTakesLongSaysHowLong() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        long[] now = {5};
        Meter meter = new Meter(new Output(stream, stream, Terminal.NONE, false, false), "judging", "images", () -> now[0]);
        for (int i = 1; i <= 1000; i++) {
            now[0] += 10_000_000;
            meter.at(i, 1000);
        }
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).containsExactly(
                "judging: 150 of 1,000 images, 100 a second, ETA 9 s", "judging: 450 of 1,000 images, 100 a second, ETA 6 s",
                "judging: 750 of 1,000 images, 100 a second, ETA 3 s", "judging: 1,000 of 1,000 images, 100 a second, in 10 s");
    }
}
