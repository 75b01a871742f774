package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.Rng;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SurvivalTest} for longer, with more kinds of networks; not part of the build: CONTRIBUTING.md has the command. */
class SurvivalSoak {
    @TempDir
    private Path temp;

    @ParameterizedTest(name = "{0}, seed 22")
    @ValueSource(strings = {
        "digits --model mlp --opt sgd -b 64 --epochs 6 --checkpoint-steps 1",
        "digits --model lenet5 --opt lamb -b 100 --epochs 5 --checkpoint-steps 2 --model-ema --clip-grad 1",
        "digits --model resnet20 -b 60 --epochs 2 --checkpoint-steps 1 --smoothing 0.1",
        "fashion-mnist-small --model lenet5 -b 128 --epochs 3 --checkpoint-steps 3 --sched plateau --patience 2 --flip"
    })
    void killedAgainAndAgain(String recipe) throws Exception {
        Trial trial = Trial.of(temp, (recipe + " --seed 5").split(" "));
        int[] kills = trial.killAgainAndAgain(new Rng(22), 6);
        assertThat(kills[0]).as("kills").isGreaterThan(7);
        assertThat(kills[1]).as("kills in the middle of writing a checkpoint").isPositive();
    }
}
