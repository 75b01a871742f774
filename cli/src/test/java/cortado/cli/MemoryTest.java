package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cortado.io.Checked;
import cortado.io.Json;
import cortado.tensor.Rng;
import cortado.train.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training is told to take, against what Linux says its process took at most. */
class MemoryTest {
    private static final Path LAUNCHER = Path.of("..", "cortado");
    private static final int RECORD = 2 + 3 * 32 * 32;

    @TempDir
    private Path dir;

    @Test
    void aTrainingTakesTheMemoryThatWasToldBeforehandSeed3() throws IOException, InterruptedException {
        assumeTrue(Footprint.peak().isPresent(), "this system does not say what a process took");
        images("train", 256);
        images("test", 96);
        List<String> train = List.of("train", dir.resolve("data").toString(), "--model", "vgg", "-b", "128",
                "--epochs", "1", "--threads", "1", "--seed", "3", "--output", dir.resolve("run").toString());
        try (Child child = Child.start(dir, List.of(), launcher(), Child.MAIN, train)) {
            assertThat(child.code()).as(child.err()).isZero();
            Checked memory = Checked.of(child.last(), "done").object("memory");
            double told = memory.number("told");
            double took = memory.number("took");
            assertThat(told).isCloseTo(took, Percentage.withPercentage(10));
            assertThat(child.err()).contains("memory: told " + Texts.exact((long) told) + ", took " + Texts.exact((long) took));
            Cli summary = Cli.run("summary", "vgg", "--input", "3x32x32", "--classes", "100", "-b", "128", "--threads", "1", "--json");
            double before = Checked.of(Json.parse(summary.last(), "summary"), "summary").object("memory").object("process")
                    .number("total");
            assertThat(before).as("without the data set").isCloseTo(told, within(2e7));
        }
    }

    /** The options with which the launcher starts Java. */
    private static List<String> launcher() throws IOException {
        Matcher options = Pattern.compile("(?m)^options=\"([^\"]*)\"").matcher(Files.readString(LAUNCHER));
        assertThat(options.find()).isTrue();
        return List.of(options.group(1).replace("\\\n", "").split(" "));
    }

    /** Noise in the form of CIFAR-100. */
    private void images(String part, int count) throws IOException {
        Files.createDirectories(dir.resolve("data"));
        byte[] records = new byte[count * RECORD];
        Rng rng = new Rng(3).split(part);
        for (int i = 0; i < records.length; i++) {
            records[i] = (byte) rng.below(i, i % RECORD < 2 ? 20 : 256);
        }
        Files.write(dir.resolve("data").resolve(part + ".bin"), records);
    }
}
