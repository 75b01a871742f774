package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.io.Json;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
    @Test
    void withoutArgumentsItWalksTheNotes() {
        Cli c = Cli.run("explain");
        assertThat(c.code()).isZero();
        assertThat(c.out()).contains("N1", "N12", "all passed").doesNotContain("\u001b");
        assertThat(c.out().lines()).allMatch(l -> l.codePointCount(0, l.length()) <= 80);
        Json.Obj o = (Json.Obj) Json.parse(Cli.run("explain", "--json").out(), "stdout");
        assertThat(o.get("passed")).contains(Json.of(true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv2d", "maxpool2d", "avgpool2d", "relu", "softmax-cross-entropy"})
    void everyOpHasAnExample(String op) {
        Cli c = Cli.run("explain", op);
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.out()).startsWith(op).contains("all passed");
    }

    @Test
    void onesOwnNumbers(@TempDir Path dir) {
        Path page = dir.resolve("page.html");
        Cli c = Cli.run("explain", "conv2d", "--x", "-1 2 3; 4 5 6; 7 8 9", "--w", "1 0; -1 2", "--b", "-2", "--pad", "1,0,1,0",
                "--stride", "2x1", "--dy", "1 2 3; 4 5 6", "--html", page.toString());
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(c.out()).contains("all passed", "padding", "stride");
        assertThat(page).content().contains("<math", "conv2d");
        assertThat(Cli.run("explain", "conv2d", "--pad", "same", "--dilation", "2").out()).contains("dilation 2", "all passed");
        Cli pooling = Cli.run("explain", "avgpool2d", "--kernel", "3", "--stride", "2", "--pad", "1", "--ceil",
                "--no-count-include-pad");
        assertThat(pooling.out()).contains("all passed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "convv | there is no explanation of convv; there are conv2d, maxpool2d",
        "conv2d --x=1_a | --x, row 1, value 2",
        "conv2d --x=1_2;3 | --x",
        "conv2d --x=1_2 --w=1;2 | the window spans 2 positions",
        "conv2d --stride 0 | stride",
        "conv2d --pad 1,2,3 | --pad: expected one number",
        "conv2d --pad same --stride 2 | --pad same needs stride 1",
        "maxpool2d --kernel 0 | kernel",
        "maxpool2d --kernel 1,2,3,4 | --kernel: expected one number",
        "maxpool2d --dy=1_2_3 | dy must have the size of the output",
        "softmax-cross-entropy --label 3 | label must be one of the 3 classes",
        "--w 1 | --w needs an op; there are conv2d,",
        "relu --w 1 | relu has no option --w; it has --x, --dy",
        "relu --padding 0 | relu has no option --pad;",
        "maxpool2d --no-count-include-pad | maxpool2d has no option --count-include-pad",
        "softmax-cross-entropy --dy 1 | softmax-cross-entropy has no option --dy",
        "conv2d --kernel 3 | its kernel is given by --w",
        "relu --html /nothing/there.html | /nothing/there.html",
    })
    void badInputIsOneLineAndExitCode2(String line, String message) {
        Cli c = Cli.run(Stream.of(("explain " + line).split(" ")).map(a -> a.replace('_', ' ')).toArray(String[]::new));
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).startsWith("cortado: ").contains(message).hasLineCount(1);
    }
}
