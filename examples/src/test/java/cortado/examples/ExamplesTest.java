package cortado.examples;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.data.Datasets;
import cortado.data.Options;
import cortado.io.ModelFile;
import cortado.testkit.GradCheck;
import cortado.train.Outcome;
import cortado.train.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

    @Test
    void leNetLearnsTheDigitsAndIsSavedSeed1(@TempDir Path folder) {
        Path file = folder.resolve("lenet5.safetensors");
        Outcome o = TrainLeNet.train(Datasets.open("digits", Options.defaults()),
                Settings.defaults("digits", "lenet5", 2).withBatch(16).withRate(3e-3).withEpochs(3).withSeed(1), file);
        assertThat(o.val().top1()).isGreaterThan(0.7);
        assertThat(ModelFile.read(file).classes()).hasSize(10);
    }

    @Test
    void swishPassesTheGradientCheckAndLearnsSeed1() {
        assertThat(CustomOp.check()).hasSize(9).allMatch(f -> f.passed(GradCheck.TOLERANCE));
        assertThat(CustomOp.train(3).val().top1()).isGreaterThan(0.7);
    }
}
