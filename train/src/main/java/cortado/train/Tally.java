package cortado.train;

import cortado.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** Counts, image after image, what an {@link Evaluation} says. Sums follow the order of the calls. */
final class Tally {
    private final List<String> classes;
    private final int[][] confusion;
    private final double[] confidence;
    private final double[] difference;
    private final boolean[] right;
    private final boolean[] second;
    private final List<Evaluation.Example> examples = new ArrayList<>();
    private final int images;
    private int counted;
    private int hits;
    private int among5;
    private double loss;

    /**
     * @param classes names
     * @param images  the most that come
     */
    Tally(List<String> classes, int images) {
        this.classes = classes;
        this.images = images;
        this.confusion = new int[classes.size()][classes.size()];
        this.confidence = new double[images];
        this.difference = new double[images];
        this.right = new boolean[images];
        this.second = new boolean[images];
    }

    /** Counts the image {@code index} of class y with scores f. One with a loss that is no number counts as wrong, nowhere else. */
    void add(int index, int y, double[] f) {
        double sum = Scores.sum(f);
        double l = Scores.loss(f, y, sum);
        loss += l;
        if (Double.isNaN(l)) {
            return;
        }
        int predicted = Scores.best(f);
        hits += predicted == y ? 1 : 0;
        among5 += Scores.rank(f, y) < 5 ? 1 : 0;
        confusion[y][predicted]++;
        confidence[counted] = 1 / sum;
        right[counted] = predicted == y;
        difference[counted] = classes.size() == 2 ? f[1] - f[0] : 0;
        second[counted] = y == 1;
        counted++;
        examples.add(new Evaluation.Example(index, y, predicted, 1 / sum, l, ""));
    }

    /**
     * {@return the judgement}
     * @param source says for a person where an image came from, as {@link Dataset#describe}
     * @param tta    what the network was shown of each image
     */
    Evaluation evaluation(IntFunction<String> source, Tta tta) {
        examples.sort(Comparator.comparingDouble(Evaluation.Example::loss).reversed()
                .thenComparingInt(Evaluation.Example::index));
        double n = images;
        List<Evaluation.Example> top = examples.stream().limit(Evaluation.KEPT).map(e -> e.from(source.apply(e.index()))).toList();
        Optional<Roc> roc = classes.size() == 2
                ? Roc.of(Arrays.copyOf(difference, counted), Arrays.copyOf(second, counted)) : Optional.empty();
        return new Evaluation(classes, hits / n, among5 / n, loss / n, images, tta,
                Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList(),
                Calibration.of(Arrays.copyOf(confidence, counted), Arrays.copyOf(right, counted)), roc, top, confused(source));
    }

    /** Pairs by how often they occur, each with its worst examples. */
    private List<Evaluation.Confused> confused(IntFunction<String> source) {
        Map<List<Integer>, List<Evaluation.Example>> pairs = new LinkedHashMap<>();
        for (Evaluation.Example e : examples) {
            if (e.label() != e.predicted()) {
                pairs.computeIfAbsent(List.of(e.label(), e.predicted()), p -> new ArrayList<>()).add(e);
            }
        }
        Comparator<Map.Entry<List<Integer>, List<Evaluation.Example>>> most = Comparator.comparingInt(p -> -p.getValue().size());
        return pairs.entrySet().stream()
                .sorted(most.thenComparingInt(p -> p.getKey().getFirst()).thenComparingInt(p -> p.getKey().getLast()))
                .limit(Evaluation.PAIRS)
                .map(p -> new Evaluation.Confused(p.getKey().getFirst(), p.getKey().getLast(), p.getValue().size(),
                        p.getValue().stream().limit(Evaluation.PER_PAIR).map(e -> e.from(source.apply(e.index()))).toList()))
                .toList();
    }
}
