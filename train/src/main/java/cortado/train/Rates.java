package cortado.train;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How a class is recognised, or the mean over classes, as scikit-learn's {@code classification_report} defines them. A ratio whose
 * denominator is 0 (a class never predicted, or without images) is 0.
 *
 * @param precision right among all that was predicted as the class, TP / (TP + FP), 0 … 1
 * @param recall    right among all that is of the class, TP / (TP + FN), 0 … 1
 * @param f1        harmonic mean of both, 2·TP / (2·TP + FP + FN), 0 … 1
 * @param images    of the class, scikit-learn's "support"
 */
public record Rates(double precision, double recall, double f1, int images) {

    private static Rates of(long right, long predicted, long images) {
        return new Rates(ratio(right, predicted), ratio(right, images), ratio(2 * right, predicted + images), (int) images);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /**
     * {@return the rates of every class}
     * @param confusion {@code confusion[true class][predicted class]} images
     */
    public static List<Rates> perClass(List<List<Integer>> confusion) {
        long[] predicted = new long[confusion.size()];
        for (List<Integer> row : confusion) {
            for (int k = 0; k < row.size(); k++) {
                predicted[k] += row.get(k);
            }
        }
        return IntStream.range(0, confusion.size()).mapToObj(k -> of(confusion.get(k).get(k), predicted[k], sum(confusion.get(k))))
                .toList();
    }

    private static long sum(List<Integer> row) {
        return row.stream().mapToLong(n -> n).sum();
    }

    /**
     * {@return the plain mean over classes: each counts the same, however many images it has}
     * @param classes their rates
     */
    public static Rates macro(List<Rates> classes) {
        return mean(classes, r -> 1);
    }

    /**
     * {@return the mean over classes, each weighted by its images}
     * @param classes their rates
     */
    public static Rates weighted(List<Rates> classes) {
        return mean(classes, Rates::images);
    }

    /**
     * {@return the rates of all images together; where each image has one class and one prediction, all three are the accuracy}
     * @param confusion {@code confusion[true class][predicted class]} images
     */
    public static Rates micro(List<List<Integer>> confusion) {
        long right = IntStream.range(0, confusion.size()).mapToLong(k -> confusion.get(k).get(k)).sum();
        long images = confusion.stream().mapToLong(Rates::sum).sum();
        return of(right, images, images);
    }

    private static Rates mean(List<Rates> classes, ToDoubleFunction<Rates> weight) {
        double weights = classes.stream().mapToDouble(weight).sum();
        int images = classes.stream().mapToInt(Rates::images).sum();
        if (weights == 0) {
            return new Rates(0, 0, 0, images);
        }
        return new Rates(classes.stream().mapToDouble(r -> weight.applyAsDouble(r) * r.precision).sum() / weights,
                classes.stream().mapToDouble(r -> weight.applyAsDouble(r) * r.recall).sum() / weights,
                classes.stream().mapToDouble(r -> weight.applyAsDouble(r) * r.f1).sum() / weights, images);
    }
}
