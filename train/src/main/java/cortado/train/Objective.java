package cortado.train;

import cortado.data.Batch;
import cortado.data.Dataset;
import cortado.graph.Graph;
import cortado.io.Json;
import cortado.op.BinaryCrossEntropy;
import cortado.op.Huber;
import cortado.op.Input;
import cortado.op.Loss;
import cortado.op.MeanSquared;
import cortado.op.SoftmaxCrossEntropy;
import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is minimised: the mean of a loss over the images, with labels made less sure of and classes weighted. The judgement on
 * held-out images knows none of it: that is always softmax cross-entropy, and top-1 by the greatest score.
 *
 * @param kind      the loss
 * @param smoothing share of a label that is spread evenly over all K classes, 0 to below 1: {@code t = (1 − s)·t + s/K} (Szegedy et
 *                  al., 2016; with binary cross-entropy as timm does); 0 for the losses that it would only scale
 * @param weights   of the classes; even for all but softmax cross-entropy
 */
public record Objective(Kind kind, double smoothing, ClassWeights weights) {
    /** Checks ranges and that they go with the loss; throws {@link FormatException}. */
    public Objective {
        Ranges.share("label smoothing (--smoothing)", smoothing);
        if (smoothing > 0 && kind.meaningless().contains("smoothing")) {
            throw new FormatException("--smoothing means nothing with --loss " + kind.word
                    + ", whose scores it would only scale; leave it out");
        }
        if (!(weights instanceof ClassWeights.Even) && kind.meaningless().contains("class_weights")) {
            throw new FormatException("--class-weights goes with --loss ce alone, received --loss " + kind.word
                    + ", which asks each image about every class; leave it out");
        }
    }

    /**
     * A loss by its name. All but the first compare each of an image's K scores with a number of its own, which is the class's
     * share of the image: 1 and 0, or what mixup, cutmix and smoothing make of them; they take the mean over the K.
     */
    public enum Kind {
        /** Softmax cross-entropy: one class of K. */
        CROSS_ENTROPY("ce"),
        /** Binary cross-entropy of each score's sigmoid: K questions of yes or no, as timm's {@code --bce-loss}. */
        BINARY_CROSS_ENTROPY("bce"),
        /** Mean squared error of the scores themselves. */
        MEAN_SQUARED("mse"),
        /** Huber's loss of the scores themselves, δ = 1. */
        HUBER("huber");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /**
         * Reads a word.
         *
         * @param word {@code ce}, {@code bce}, {@code mse} or {@code huber}
         * @return what it says
         * @throws FormatException for any other
         */
        public static Kind of(String word) {
            return Arrays.stream(values()).filter(k -> k.word.equals(word)).findFirst().orElseThrow(() -> new FormatException(
                    "--loss: expected " + String.join(", ", Arrays.stream(values()).map(k -> k.word).toList()) + ", received "
                            + word));
        }

        /** {@return keys of a config that mean nothing for this loss} */
        Set<String> meaningless() {
            return switch (this) {
                case CROSS_ENTROPY -> Set.of();
                case BINARY_CROSS_ENTROPY -> Set.of("class_weights");
                case MEAN_SQUARED, HUBER -> Set.of("class_weights", "smoothing");
            };
        }
    }

    /** How much the images of each class count. */
    public sealed interface ClassWeights {
        /** All the same. */
        record Even() implements ClassWeights {
        }

        /** So that all classes count the same together, however many images each has: {@code N / (K · images of the class)}. */
        record Balanced() implements ClassWeights {
        }

        /**
         * As given.
         *
         * @param values one per class, 0 or more, not all 0
         */
        record Given(List<Double> values) implements ClassWeights {
            /** Copies the list and checks ranges; throws {@link FormatException}. */
            public Given {
                values = List.copyOf(values);
                values.forEach(v -> Ranges.positive("class weights", v));
                if (values.stream().allMatch(v -> v == 0)) {
                    throw new FormatException("class weights: expected at least one above 0, received " + values);
                }
            }
        }
    }

    /** {@return what a config says}; throws {@link FormatException}. */
    static Objective of(Config c) {
        ClassWeights weights = c.json().get("class_weights").map(j -> j instanceof Json.Str ? new ClassWeights.Balanced()
                : (ClassWeights) new ClassWeights.Given(c.numbers("class_weights").orElseThrow())).orElse(new ClassWeights.Even());
        return new Objective(c.text("loss").map(Kind::of).orElse(Kind.CROSS_ENTROPY), c.number("smoothing").orElse(0.0), weights);
    }

    /** {@return what {@link #of} reads} */
    Json.Obj json() {
        Json.Obj o = Json.object().with("loss", kind.word);
        o = kind.meaningless().contains("smoothing") ? o : o.with("smoothing", smoothing);
        return switch (weights) {
            case ClassWeights.Even e -> o;
            case ClassWeights.Balanced b -> o.with("class_weights", "balanced");
            case ClassWeights.Given g -> o.with("class_weights", g.values());
        };
    }

    /**
     * {@return a network with this loss on top, which compares its scores with a class per image, or with a number per class}
     * @param network from images to scores
     * @param data    what is learned from
     * @param mixed   whether images are shares of two classes
     * @throws FormatException if there are not as many class weights as classes
     */
    Graph on(Graph network, Dataset data, boolean mixed) {
        Loss loss = switch (kind) {
            case CROSS_ENTROPY -> new SoftmaxCrossEntropy(smoothing, classWeights(data));
            case BINARY_CROSS_ENTROPY -> new BinaryCrossEntropy();
            case MEAN_SQUARED -> new MeanSquared();
            case HUBER -> new Huber(1);
        };
        return network.withLoss(loss, kind == Kind.CROSS_ENTROPY && !mixed ? Input.labels() : Input.targets(data.classes().size()));
    }

    /**
     * Writes what the scores of a batch are compared with. Allocates nothing.
     *
     * @param batch   images and their classes, or shares of them
     * @param targets of a plan of {@link #on}; rows beyond the batch's images stay as they are
     */
    void targets(Batch batch, Tensor targets) {
        if (kind == Kind.CROSS_ENTROPY) {
            targets.copyFrom(batch.targets().orElse(batch.labels()));
            return;
        }
        int classes = targets.shape().dim(1);
        for (int i = 0; i < batch.n(); i++) {
            for (int k = 0; k < classes; k++) {
                double share = batch.targets().isPresent() ? batch.targets().get().get(i, k)
                        : batch.labels().ints()[i] == k ? 1 : 0;
                targets.set(i, k, (1 - smoothing) * share + smoothing / classes);
            }
        }
    }

    private List<Double> classWeights(Dataset data) {
        int classes = data.classes().size();
        return switch (weights) {
            case ClassWeights.Even e -> List.of();
            case ClassWeights.Given g when g.values().size() != classes -> throw new FormatException(
                    "class weights: expected " + classes + ", one per class, received " + g.values().size());
            case ClassWeights.Given g -> g.values();
            case ClassWeights.Balanced b -> {
                int[] images = new int[classes];
                IntStream.range(0, data.size()).forEach(i -> images[data.label(i)]++);
                // A class that no training image has weighs nothing: it never comes up.
                yield Arrays.stream(images).mapToObj(n -> n == 0 ? 0.0 : (double) data.size() / classes / n).toList();
            }
        };
    }
}
