package cortado.cli;

import cortado.train.Config;
import cortado.train.Recipes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * How to train, spelled as timm spells it. What is not given follows from the recipe or the data set. An option is a key of
 * {@link Config} by its longest name: {@code --batch-size} is {@code batch_size}, so a new one is a field here and a key there.
 */
final class RecipeOptions {
    @Option(names = "--recipe", paramLabel = "NAME", description = "A recipe by name (`recipes` lists them), or a file like one.")
    private Optional<String> recipe = Optional.empty();

    @Option(names = {"-c", "--config"}, paramLabel = "FILE",
            description = "All of this from a file, such as a run's config.json (then with the run's copy of a network of one's"
                    + " own). Flags count more than it, it more than a recipe.")
    private Optional<Path> config = Optional.empty();

    @Option(names = {"-b", "--batch-size"}, paramLabel = "N", description = "Images in a batch.")
    private Optional<Integer> batch = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N",
            description = "Times that every image is seen; the recipe's warm-up and decays are stretched to it.")
    private Optional<Integer> epochs = Optional.empty();

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate (`lr-find` suggests one).")
    private Optional<Double> rate = Optional.empty();

    @Option(names = "--opt", paramLabel = "NAME",
            description = "sgd (with Nesterov's momentum), momentum, adam, adamw, rmsprop or lamb.")
    private Optional<String> optimizer = Optional.empty();

    @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd, momentum and rmsprop (default 0.9).")
    private Optional<Double> momentum = Optional.empty();

    @Option(names = "--weight-decay", paramLabel = "W",
            description = "Weight decay (default 0.01 with adamw, else 0); never of biases and norms.")
    private Optional<Double> decay = Optional.empty();

    @Option(names = "--opt-betas", paramLabel = "B1,B2", split = ",",
            description = "β of adam, adamw and lamb (default 0.9,0.999).")
    private List<Double> betas = List.of();

    @Option(names = "--opt-eps", paramLabel = "E", description = "ε of adam, adamw, rmsprop and lamb.")
    private Optional<Double> epsilon = Optional.empty();

    @Option(names = "--opt-alpha", paramLabel = "A", description = "α of rmsprop (default 0.99).")
    private Optional<Double> alpha = Optional.empty();

    @Option(names = "--clip-grad", paramLabel = "NORM", description = "Shorten all gradients together to this length.")
    private Optional<Double> clip = Optional.empty();

    @Option(names = "--grad-accum-steps", paramLabel = "N", description = "Batches whose mean gradient makes one step (default 1).")
    private Optional<Integer> accumulate = Optional.empty();

    @Option(names = "--freeze", paramLabel = "PATTERN", split = ",",
            description = "Weights that stay as they are, by layer or name, * for any letters: conv1, 'layer1.*'."
                    + " Running statistics of a frozen norm still follow the data.")
    private List<String> freeze = List.of();

    @Option(names = "--model-ema", negatable = true, description = "Average the weights over steps, judge and keep the average.")
    private Optional<Boolean> ema = Optional.empty();

    @Option(names = "--model-ema-decay", paramLabel = "D", description = "Decay of that average (default 0.9998).")
    private Optional<Double> emaDecay = Optional.empty();

    @Option(names = "--model-ema-warmup", negatable = true,
            description = "A faster average at the beginning, or not (default yes).")
    private Optional<Boolean> emaWarmup = Optional.empty();

    @Option(names = "--sched", paramLabel = "NAME", description = "constant, step, multistep, cosine, onecycle or plateau.")
    private Optional<String> schedule = Optional.empty();

    @Option(names = "--warmup-epochs", paramLabel = "N",
            description = "Epochs in which the learning rate rises (default 1, of fewer than 5 a fifth).")
    private Optional<Double> warmup = Optional.empty();

    @Option(names = "--warmup-lr", paramLabel = "RATE", description = "Learning rate from which it rises (default 1e-5).")
    private Optional<Double> warmupRate = Optional.empty();

    @Option(names = "--min-lr", paramLabel = "RATE", description = "Least learning rate of cosine and plateau (default 0).")
    private Optional<Double> least = Optional.empty();

    @Option(names = "--decay-epochs", paramLabel = "N", description = "step: epochs between decays (default a third of them).")
    private Optional<Double> decayEpochs = Optional.empty();

    @Option(names = "--decay-milestones", paramLabel = "N,N", split = ",",
            description = "multistep: epochs of the decays (default after a half and three quarters).")
    private List<Double> milestones = List.of();

    @Option(names = {"--dr", "--decay-rate"}, paramLabel = "F",
            description = "step, multistep and plateau: what the rate is multiplied by (default 0.1).")
    private Optional<Double> decayRate = Optional.empty();

    @Option(names = "--patience-epochs", paramLabel = "N",
            description = "plateau: epochs without better top-1 before the rate falls (default a fifth of them).")
    private Optional<Integer> plateau = Optional.empty();

    @Option(names = "--pct-start", paramLabel = "P",
            description = "onecycle: share of the training in which it rises (default 0.3).")
    private Optional<Double> rise = Optional.empty();

    @Option(names = "--div-factor", paramLabel = "F", description = "onecycle: rate over first rate (default 25).")
    private Optional<Double> first = Optional.empty();

    @Option(names = "--final-div-factor", paramLabel = "F", description = "onecycle: first rate over last rate (default 10000).")
    private Optional<Double> last = Optional.empty();

    @Option(names = "--anneal-strategy", paramLabel = "NAME", description = "onecycle: cos or linear (default cos).")
    private Optional<String> anneal = Optional.empty();

    @Option(names = "--patience", paramLabel = "N", description = "Stop after so many epochs without a better one (default never).")
    private Optional<Integer> patience = Optional.empty();

    @Option(names = "--loss", paramLabel = "NAME",
            description = "ce (softmax cross-entropy; default), bce (a yes or no per class), mse or huber. Held-out images are"
                    + " judged by cross-entropy and top-1 whatever it is.")
    private Optional<String> loss = Optional.empty();

    @Option(names = "--smoothing", paramLabel = "S", description = "Label smoothing of ce and bce, 0 to below 1 (default 0).")
    private Optional<Double> smoothing = Optional.empty();

    @Option(names = "--class-weights", paramLabel = "W,W", split = ",",
            description = "How much images of each class count with ce: balanced, or a number per class.")
    private List<String> classWeights = List.of();

    @Mixin
    private final TtaOptions tta = new TtaOptions();

    @Mixin
    private final AugmentationOptions augmentation = new AugmentationOptions();

    @Option(names = "--seed", paramLabel = "N", description = "Decides weights, order and augmentation (default 0).")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--checkpoint-steps", paramLabel = "N",
            description = "Steps between checkpoints within an epoch (default: one at each epoch's end).")
    private Optional<Integer> checkpointSteps = Optional.empty();

    @Option(names = "--keep-checkpoints", paramLabel = "N", description = "Checkpoints that are kept (default 3).")
    private Optional<Integer> keep = Optional.empty();

    /** What the user said by all options of a command: flags over {@code -c} over {@code --recipe}. */
    Config said(CommandSpec command) {
        Config flags = Config.empty();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptionsSet()) {
            String key = option.longestName().substring(2).replace('-', '_');
            if (Config.KEYS.contains(key)) {
                flags = flags.with(key, key.equals("class_weights") ? weights(classWeights) : option.getValue());
            }
        }
        Config low = recipe.map(r -> r.endsWith(".json") ? Config.read(Path.of(r)) : Recipes.named(r)).orElse(Config.empty());
        return flags.over(config.map(RunOptions::config).map(c -> c.over(low)).orElse(low));
    }

    private static Object weights(List<String> said) {
        if (said.equals(List.of("balanced"))) {
            return "balanced";
        }
        try {
            return said.stream().map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new cortado.tensor.FormatException("--class-weights: expected balanced or a number per class, received "
                    + String.join(",", said), e);
        }
    }
}
