package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.data.Mixing;
import cortado.io.Json;
import cortado.model.Networks;
import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ConfigTest {
    static final List<String> RECIPES = Recipes.NAMES;

    @TempDir
    private Path temp;

    private static Config config(String json) {
        return Config.of(Json.parse(json, "test"), "test");
    }

    private static Settings settings(String json) {
        return Settings.of(config(json).over(config("{\"data\": \"digits\"}")));
    }

    @Test
    void whatIsSaidAboveCounts() {
        Config both = config("{\"lr\": 0.1, \"crop\": null}").over(config("{\"lr\": 0.2, \"crop\": 3, \"seed\": 5}"));
        assertThat(both.json().text()).isEqualTo("{\"lr\":0.1,\"crop\":3,\"seed\":5}");
    }

    @Test
    void anotherChoiceTakesWhatBelongedToTheOneBefore() {
        Config low = config("{\"opt\":\"adamw\",\"lr\":0.003,\"weight_decay\":0.1,\"opt_betas\":[0.9,0.95],\"sched\":\"cosine\","
                + "\"min_lr\":0.0001,\"warmup_epochs\":2,\"model_ema\":true,\"model_ema_decay\":0.9}");
        Settings s = Settings
                .of(config("{\"opt\":\"sgd\",\"sched\":\"onecycle\",\"model_ema\":false,\"data\":\"digits\"}").over(low));
        assertThat(s.optimizer()).isEqualTo(new Sgd(0.9, 0, true));
        assertThat(s.rate()).isEqualTo(0.05);
        assertThat(s.schedule()).isEqualTo(new Schedule.OneCycle(0.3, 25, 1e4, Schedule.Anneal.COS));
        assertThat(s.updates()).isEqualTo(Updating.PLAIN);
        assertThat(config("{\"opt\":\"adamw\"}").over(low).json().fields()).containsKeys("lr", "opt_betas");
    }

    @Test
    void anotherNumberOfEpochsStretchesTheSchedule() {
        Config low = config("{\"epochs\":20,\"warmup_epochs\":5,\"decay_milestones\":[10,15]}");
        assertThat(config("{\"epochs\":4}").over(low).json().text())
                .isEqualTo("{\"epochs\":4,\"warmup_epochs\":1.0,\"decay_milestones\":[2.0,3.0]}");
        assertThat(config("{\"epochs\":4,\"warmup_epochs\":0}").over(low).json().get("warmup_epochs")).contains(Json.of(0));
    }

    /** Fewer epochs shorten what was laid out for more; a shorter run is not refused for what somebody else wrote into a recipe. */
    @Test
    void anyNumberOfEpochsFitsWhateverFitsAnother() {
        for (String low : List.of("`sched`:`step`,`decay_epochs`:29", "`sched`:`step`,`decay_epochs`:20,`warmup_epochs`:9",
                "`sched`:`plateau`,`patience_epochs`:27", "`sched`:`plateau`,`patience_epochs`:5,`warmup_epochs`:29",
                "`sched`:`multistep`,`decay_milestones`:[10,29]", "`patience`:29", "`patience`:4,`warmup_epochs`:29.5")) {
            Config recipe = config("{\"epochs\":30,\"data\":\"digits\"," + low.replace('`', '"') + "}");
            assertThat(Settings.of(recipe).epochs()).isEqualTo(30);
            for (int epochs = 1; epochs <= 90; epochs++) {
                assertThat(Settings.of(config("{\"epochs\":" + epochs + "}").over(recipe)).epochs()).as(low).isEqualTo(epochs);
            }
        }
        Config waits = config("{\"epochs\":30,\"patience\":10,\"sched\":\"plateau\",\"patience_epochs\":5}");
        assertThat(config("{\"epochs\":12}").over(waits).json().text())
                .isEqualTo("{\"epochs\":12,\"patience\":4,\"sched\":\"plateau\",\"patience_epochs\":2}");
        assertThat(config("{\"epochs\":60}").over(waits).count("patience")).as("never longer").contains(10);
    }

    /** The end of mixing is stretched with the epochs, and goes with what it ends. */
    @Test
    void mixingEndsWhereItsShareOfTheEpochsDoes() {
        Config recipe = config("{\"data\":\"digits\",\"epochs\":30,\"mixup\":0.2,\"mixup_off_epoch\":20}");
        for (int epochs = 1; epochs <= 90; epochs++) {
            Mixing m = Settings.of(config("{\"epochs\":" + epochs + "}").over(recipe)).augmentation().mixing();
            assertThat(m.offEpoch()).isEqualTo((int) Math.max(1, Math.round(epochs * 2 / 3.0)));
        }
        for (String high : List.of("{\"mixup\":0}", "{\"mixup_off_epoch\":0}")) {
            assertThat(Settings.of(config(high).over(recipe)).augmentation().mixing().offEpoch()).as(high).isZero();
        }
        assertThat(Settings.of(config("{\"mixup\":0,\"cutmix\":1}").over(recipe)).augmentation().mixing().offEpoch()).isEqualTo(20);
        Config alone = config("{\"data\":\"digits\",\"mixup_off_epoch\":20}");
        assertThatThrownBy(() -> Settings.of(config("{\"epochs\":30}").over(alone))).isInstanceOf(FormatException.class);
    }

    /** Switched off, it takes out of a recipe what belongs to it; what was said along with it is still refused. */
    @Test
    void whatIsSwitchedOffTakesWithItWhatBelongsToIt() {
        Config recipe = config("{\"data\":\"digits\",\"scale\":[0.5,1],\"ratio\":[0.9,1.1],\"reprob\":0.2,\"recount\":2,"
                + "\"mixup\":0.2,\"cutmix\":1,\"mixup_switch_prob\":0.3}");
        Augmentation a = Settings.of(config("{\"scale\":[1,1],\"reprob\":0,\"cutmix\":0}").over(recipe)).augmentation();
        assertThat(a.erasing().count()).isEqualTo(1);
        assertThat(a.mixing().switchProbability()).isEqualTo(0.5);
        assertThat(Settings.of(config("{\"cutmix\":0.5}").over(recipe)).augmentation().mixing().switchProbability()).isEqualTo(0.3);
        assertThatThrownBy(() -> Settings.of(config("{\"reprob\":0,\"recount\":3}").over(recipe)))
                .hasMessageContaining("--recount means nothing without --reprob");
    }

    /** A loss leaves of a recipe what means something for it. */
    @Test
    void aLossTakesWhatMeansNothingForItOutOfTheRecipe() {
        Config recipe = config("{\"data\":\"digits\",\"smoothing\":0.1,\"class_weights\":\"balanced\"}");
        for (String loss : List.of("ce", "bce", "mse", "huber")) {
            Objective o = Settings.of(Config.empty().with("loss", loss).over(recipe)).objective();
            assertThat(o.smoothing()).as(loss).isEqualTo(loss.endsWith("ce") ? 0.1 : 0);
            assertThat(o.weights() instanceof Objective.ClassWeights.Balanced).as(loss).isEqualTo(loss.equals("ce"));
        }
    }

    @Test
    void whatARunWroteLeadsToTheSameSettings() throws IOException {
        Settings s = settings("{\"data_dir\":\"d\",\"input_size\":\"1x9x9\",\"model\":\"m.json\",\"initial_checkpoint\":\"i\","
                + "\"batch_size\":7,\"epochs\":33,\"lr\":0.02,\"opt\":\"rmsprop\",\"opt_alpha\":0.8,\"momentum\":0.5,\"opt_eps\":1e-4,"
                + "\"clip_grad\":2,\"grad_accum_steps\":2,\"freeze\":[\"a*\"],\"model_ema\":true,\"model_ema_warmup\":false,"
                + "\"sched\":\"multistep\",\"decay_milestones\":[3,5],\"warmup_epochs\":0.1,\"warmup_lr\":0.001,\"patience\":3,"
                + "\"smoothing\":0.1,\"class_weights\":[1,0.5],\"crop\":2,\"flip\":true,\"seed\":" + Long.MIN_VALUE
                + ",\"threads\":3,\"checkpoint_steps\":5,\"keep_checkpoints\":9}");
        Path file = temp.resolve("config.json");
        Files.writeString(file, s.json().pretty());
        assertThat(Settings.of(Config.read(file))).isEqualTo(s);
        assertThat(s.seed()).isEqualTo(Long.MIN_VALUE);
        assertThat(s.updates().ema()).contains(new Ema.Rule(0.9998, false));
        for (String opt : Optimizer.NAMES) {
            Settings o = settings("{\"opt\":\"" + opt + "\"}");
            assertThat(Settings.of(new Config(o.json()))).isEqualTo(o);
        }
        for (String json : List.of("{\"loss\":\"bce\",\"smoothing\":0.2,\"tta\":\"flip\"}", "{\"loss\":\"mse\"}",
                "{\"loss\":\"huber\"}")) {
            Settings loss = settings(json);
            assertThat(Settings.of(new Config(loss.json()))).isEqualTo(loss);
            assertThat(loss.json().text()).contains(json.substring(1, 13)).contains("\"tta\":\"");
        }
        Settings balanced = settings("{\"class_weights\":\"balanced\"}");
        assertThat(Settings.of(new Config(balanced.json()))).isEqualTo(balanced);
    }

    @ParameterizedTest
    @FieldSource("RECIPES")
    void everyRecipeIsOneThatTrains(String name) {
        Config c = Recipes.named(name);
        Settings s = Settings.of(c.with("data", "digits"));
        assertThat(c.text("model")).contains(s.model());
        assertThat(c.json().fields()).containsKeys("batch_size", "epochs", "opt", "lr", "weight_decay", "sched");
        Shape image = c.image().orElse(name.startsWith("cifar") ? Shape.of(3, 32, 32) : Shape.of(1, 28, 28));
        s.augmentation().check(image, s.batch());
        assertThat(Networks.named(s.model(), image, 10).outputExample().size()).isEqualTo(10);
        assertThat(c.text("about").orElseThrow()).hasSizeBetween(20, 120);
        assertThat(c.json().fields()).as("what a data set's defaults would add").containsKeys("crop", "hflip");
        assertThat(s.with(Config.empty().with("epochs", 1)).schedule().warmup()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{`lrr`: 1} | test: there is no setting `lrr`; did you mean lr?",
        "{`lr`: `fast`} | test: lr: expected a number, received `fast`",
        "{`epochs`: 2.5} | test: epochs: expected a whole number, received 2.5",
        "{`freeze`: `conv1`} | test: freeze: expected a list of strings",
        "{`flip`: 1} | test: flip: expected true or false, received 1",
        "{`class_weights`: `even`} | test: class_weights: expected `balanced` or a list of numbers",
        "[1] | test: expected an object {…} of settings",
        "{`lr`: -0.1} | learning rate (--lr): expected a number above 0, received -0.1",
        "{`lr`: 0} | learning rate (--lr): expected a number above 0, received 0.0",
        "{`model_ema`: true, `model_ema_decay`: 2} | (EMA): expected a number from 0 to below 1, received 2.0",
        "{`model_ema_decay`: 0.9} | mean nothing without --model-ema",
        "{`epochs`: 5, `warmup_epochs`: 6} | warm-up epochs: expected 0 to below 5 (the epochs), received 6.0",
        "{`epochs`: 5, `warmup_epochs`: 5} | warm-up epochs: expected 0 to below 5 (the epochs), received 5.0",
        "{`epochs`: 5, `sched`: `step`, `decay_epochs`: 6} | --decay-epochs: expected less than 5 (the epochs), received 6.0",
        "{`epochs`: 5, `sched`: `step`, `decay_epochs`: 5} | received 5.0: the rate would never fall",
        "{`epochs`: 9, `sched`: `step`, `decay_epochs`: 6, `warmup_epochs`: 3} | expected less than 6.0 (of 9 epochs, those",
        "{`epochs`: 5, `sched`: `multistep`, `decay_milestones`: [2, 5]} | epoch 5.0 lies beyond the training of 5 epochs",
        "{`sched`: `multistep`, `decay_milestones`: [3, 2]} | expected rising epochs above 0, received [3.0, 2.0]",
        "{`epochs`: 5, `sched`: `plateau`, `patience_epochs`: 5} | the rate would never fall",
        "{`epochs`: 5, `sched`: `plateau`, `patience_epochs`: 3} | --patience-epochs: expected at most 2 in a training of 5 epochs",
        "{`epochs`: 5, `sched`: `plateau`, `patience_epochs`: 4, `warmup_epochs`: 1} | --patience-epochs: expected at most 2",
        "{`epochs`: 2, `sched`: `plateau`, `patience_epochs`: 1} | a training of 2 epochs is too short for --sched plateau",
        "{`sched`: `onecycle`, `warmup_epochs`: 1} | one-cycle, which has its own",
        "{`sched`: `onecycle`, `pct_start`: 1} | --pct-start: expected a number from 0 to below 1",
        "{`sched`: `constant`, `min_lr`: 0} | --min-lr means nothing with --sched constant",
        "{`lr`: 0.001, `min_lr`: 0.01} | --min-lr: expected at most the learning rate 0.001, received 0.01",
        "{`opt`: `sgd`, `opt_eps`: 1e-8} | --opt-eps means nothing with --opt sgd",
        "{`opt_betas`: [0.9, 1.0]} | β2: expected a number from 0 to below 1",
        "{`clip_grad`: 0} | (--clip-grad): expected a number above 0, received 0.0",
        "{`grad_accum_steps`: 0} | (--grad-accum-steps): expected 1 …",
        "{`smoothing`: 1} | label smoothing (--smoothing): expected a number from 0 to below 1, received 1.0",
        "{`class_weights`: [0, 0]} | class weights: expected at least one above 0",
        "{`patience`: -1} | patience: expected 0 … 1000000, received -1",
        "{`epochs`: 5, `patience`: 5} | --patience: expected less than 5 (the epochs), received 5",
        "{`mixup`: 33} | --mixup: expected an α of 0 (none) … 10, usually 0.2 … 1, received 33.0",
        "{`cutmix`: 33} | no size in pixels",
        "{`mixup`: 0.2, `mixup_off_epoch`: -1} | --mixup-off-epoch: expected an epoch, or 0 for never, received -1",
        "{`epochs`: 5, `mixup`: 0.2, `mixup_off_epoch`: 6} | --mixup-off-epoch: expected at most 5 (the epochs), received 6",
        "{`mixup_prob`: 0.2, `mixup_off_epoch`: 3} | --mixup-off-epoch 3 means nothing without --mixup or --cutmix",
        "{`cutmix`: 10.1} | --cutmix: expected an α of 0 (none) … 10, usually 0.2 … 1, received 10.1",
        "{`loss`: `mae`} | --loss: expected ce, bce, mse, huber, received mae",
        "{`loss`: `mse`, `smoothing`: 0.1} | --smoothing means nothing with --loss mse",
        "{`loss`: `huber`, `smoothing`: 0.1} | --smoothing means nothing with --loss huber",
        "{`loss`: `bce`, `class_weights`: [1, 2]} | --class-weights goes with --loss ce alone, received --loss bce",
        "{`loss`: `mse`, `class_weights`: `balanced`} | --class-weights goes with --loss ce alone, received --loss mse",
        "{`ratio`: [0.5, 2]} | --ratio means nothing without --scale; leave it out",
        "{`remode`: `pixel`} | --remode means nothing without --reprob",
        "{`reprob`: 0, `recount`: 2} | --recount means nothing without --reprob",
        "{`mixup_prob`: 0.5} | --mixup-prob means nothing without --mixup or --cutmix",
        "{`mixup`: 0.2, `mixup_switch_prob`: 0.4} | --mixup-switch-prob means nothing without both --mixup and --cutmix",
        "{`crop_border`: `reflect`} | --crop-border means nothing without --crop",
        "{`weight_decay`: 1e30} | (--weight-decay): expected 0 … 1, usually 1e-5 … 0.1, received 1.0E30",
        "{`opt`: `sgd`, `weight_decay`: -0.1} | (--weight-decay): expected 0 … 1",
        "{`opt`: `adam`, `opt_eps`: 0} | ε (--opt-eps): expected a number above 0, received 0.0",
        "{`opt`: `rmsprop`, `opt_eps`: 0} | ε (--opt-eps): expected a number above 0, received 0.0",
        "{`tta`: `ten-crop`} | --tta: expected none or flip, received ten-crop",
    })
    void nonsenseIsRefusedInOneLine(String json, String message) {
        assertThatThrownBy(() -> settings(json.replace('`', '"'))).isInstanceOf(FormatException.class)
                .hasMessageContaining(message.replace('`', '"')).hasMessageNotContaining("\n");
    }

    @Test
    void aFlagThatIsNoNumberIsNotTakenForNone() {
        assertThatThrownBy(() -> Config.empty().with("lr", Optional.of(Double.NaN))).isInstanceOf(FormatException.class)
                .hasMessage("lr: expected a finite number, received NaN");
    }
}
