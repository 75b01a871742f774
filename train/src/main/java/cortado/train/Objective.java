package cortado.train;

import cortado.data.Dataset;
import cortado.io.Json;
import cortado.op.SoftmaxCrossEntropy;
import cortado.tensor.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is minimised: the mean cross-entropy of softmax over the images, with labels made less sure of and classes weighted. The
 * judgement on held-out images knows neither.
 *
 * @param smoothing share of a label that is spread evenly over all classes, 0 to below 1 (Szegedy et al., 2016)
 * @param weights   of the classes
 */
public record Objective(double smoothing, ClassWeights weights) {
    /** Labels as they are, all classes the same. */
    public static final Objective PLAIN = new Objective(0, new ClassWeights.Even());

    /** Checks the range; throws {@link FormatException}. */
    public Objective {
        Ranges.share("label smoothing (--smoothing)", smoothing);
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
        return new Objective(c.number("smoothing").orElse(0.0), weights);
    }

    /** {@return what {@link #of} reads} */
    Json.Obj json() {
        Json.Obj o = Json.object().with("smoothing", smoothing);
        return switch (weights) {
            case ClassWeights.Even e -> o;
            case ClassWeights.Balanced b -> o.with("class_weights", "balanced");
            case ClassWeights.Given g -> o.with("class_weights", g.values());
        };
    }

    /**
     * {@return the loss}
     * @param data what is learned from
     * @throws FormatException if there are not as many class weights as classes
     */
    SoftmaxCrossEntropy loss(Dataset data) {
        return new SoftmaxCrossEntropy(smoothing, classWeights(data));
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
