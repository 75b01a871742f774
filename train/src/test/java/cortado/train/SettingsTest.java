package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @ParameterizedTest(name = "{0} images: batch {1}, {2} epochs")
    @CsvSource({"1, 1, 60", "17, 17, 60", "1650, 32, 60", "5000, 32, 40", "50000, 32, 10"})
    void defaultsFitTheNumberOfImages(int images, int batch, int epochs) {
        Settings s = Settings.defaults("photos", "lenet5", images, 2);
        assertThat(s.batch()).isEqualTo(batch);
        assertThat(s.epochs()).isEqualTo(epochs);
    }

    @Test
    void jsonHasTimmsNames() {
        assertThat(Settings.defaults("mnist", "lenet5", 2).withSeed(3).json().text()).isEqualTo("{\"data\":\"mnist\","
                + "\"model\":\"lenet5\","
                + "\"batch_size\":64,\"epochs\":5,\"lr\":0.002,\"opt\":\"adamw\",\"weight_decay\":0.01,\"opt_betas\":[0.9,0.999],"
                + "\"opt_eps\":1.0E-8,\"grad_accum_steps\":1,\"model_ema\":false,\"sched\":\"cosine\",\"min_lr\":0.0,"
                + "\"warmup_epochs\":1.0,\"warmup_lr\":1.0E-5,\"patience\":0,\"loss\":\"ce\",\"smoothing\":0.0,\"tta\":\"none\","
                + "\"crop\":0,\"hflip\":0.0,\"seed\":3,\"threads\":2,\"checkpoint_steps\":0,\"keep_checkpoints\":3}");
        assertThat(Settings.defaults("mnist", "lenet5", 2).withOptimizer(new Sgd(0.9, 0, true)).json().text())
                .contains("\"opt\":\"sgd\"").contains("\"momentum\":0.9").doesNotContain("betas");
    }

    @Test
    void fewerEpochsShortenTheScheduleToo() {
        Settings s = Settings.defaults("digits", "lenet5", 2).withEpochs(6);
        assertThat(s.schedule()).isEqualTo(Schedule.named("cosine", 6, 0.1));
        assertThat(s.withSchedule(Schedule.named("step", 6, 0)).withEpochs(9).schedule()).isEqualTo(Schedule.named("step", 9, 0));
    }

    @Test
    void refusesWhatCannotBe() {
        Settings s = Settings.defaults("digits", "lenet5", 1);
        assertThatThrownBy(() -> s.withEpochs(0)).isInstanceOf(FormatException.class).hasMessageContaining("epochs")
                .hasMessageContaining("received 0");
        assertThatThrownBy(() -> s.withBatch(-1)).isInstanceOf(FormatException.class).hasMessageContaining("batch size");
        assertThatThrownBy(() -> s.withRate(Double.POSITIVE_INFINITY)).isInstanceOf(FormatException.class)
                .hasMessageContaining("learning rate");
        assertThatThrownBy(() -> Settings.defaults("digits", "lenet5", 0)).isInstanceOf(FormatException.class)
                .hasMessageContaining("threads");
        assertThatThrownBy(() -> Augmentation.of(Config.empty().with("crop", -1))).isInstanceOf(FormatException.class)
                .hasMessageContaining("crop");
    }
}
