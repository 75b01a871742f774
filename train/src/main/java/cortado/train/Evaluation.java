package cortado.train;

import cortado.data.Batch;
import cortado.data.Dataset;
import cortado.data.Loader;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How well a network does on labelled images it did not learn from.
 *
 * @param top1      share of images whose true class has the greatest score; of equal scores the first class counts
 * @param top5      share of images whose true class is among the five greatest; 1 for five classes or fewer, if scores are numbers
 * @param loss      mean cross-entropy; NaN if an image's is, which then counts as wrong, without a cell and a mistake
 * @param images    how many were seen
 * @param confusion {@code confusion[true class][predicted class]} images
 * @param mistakes  the images that were wrong with the greatest losses, the worst first, at most {@link #KEPT}
 */
public record Evaluation(double top1, double top5, double loss, int images, List<List<Integer>> confusion, List<Mistake> mistakes) {
    /** Mistakes that are kept. */
    public static final int KEPT = 100;
    private static final int BATCH = 256;

    /** Copies the lists. */
    public Evaluation {
        confusion = confusion.stream().map(List::copyOf).toList();
        mistakes = List.copyOf(mistakes);
    }

    /**
     * An image that was taken for something else.
     *
     * @param index       in the data set
     * @param label       its true class
     * @param predicted   the class it was taken for
     * @param probability of that class
     * @param loss        −log of the true class's probability
     */
    public record Mistake(int index, int label, int predicted, double probability, double loss) {
    }

    /**
     * Evaluates a model.
     *
     * @param model   what to judge
     * @param data    what by; its classes must be the model's, where the model knows them
     * @param backend chooses kernels
     * @param threads at least 1; they do not change the result
     * @return the judgement
     * @throws ShapeException if images or classes do not fit the model
     */
    public static Evaluation of(Model model, Dataset data, Backend backend, int threads) {
        check(model, data);
        try (Plan plan = Plan.inference(model.graph(), model.parameters(), Math.min(BATCH, data.size()), backend, threads)) {
            return of(plan, Loader.inOrder(data, model.normalization(), plan.batch(), plan.images().layout()), data);
        }
    }

    private static void check(Model model, Dataset data) {
        if (!model.graph().input().example().equals(data.image())) {
            throw new ShapeException("the model " + model.name() + " takes images of " + model.graph().input().example()
                    + ", the data set's are " + data.image());
        }
        int scores = model.graph().outputExample().size();
        if (scores != data.classes().size() || !model.classes().isEmpty() && !model.classes().equals(data.classes())) {
            throw new ShapeException("the model " + model.name() + " tells " + scores + " classes " + model.classes()
                    + " apart, the data set has " + data.classes().size() + " " + data.classes());
        }
    }

    /** A plan's images in order, so that sums always have the same order too. */
    static Evaluation of(Plan plan, Loader loader, Dataset data) {
        int classes = data.classes().size();
        int[][] confusion = new int[classes][classes];
        List<Mistake> mistakes = new ArrayList<>();
        int right = 0;
        int among5 = 0;
        double loss = 0;
        try (Loader.Epoch epoch = loader.epoch(0)) {
            while (epoch.hasNext()) {
                Batch batch = epoch.next();
                plan.images().copyFrom(batch.images());
                plan.forward(batch.n());
                for (int i = 0; i < batch.n(); i++) {
                    int y = batch.labels().ints()[i];
                    double[] f = Scores.of(plan.scores(), i);
                    int predicted = Scores.best(f);
                    double l = Scores.loss(f, y);
                    loss += l;
                    if (Double.isNaN(l)) {
                        continue;
                    }
                    right += predicted == y ? 1 : 0;
                    among5 += Scores.rank(f, y) < 5 ? 1 : 0;
                    confusion[y][predicted]++;
                    if (predicted != y) {
                        mistakes.add(new Mistake(batch.index(i), y, predicted, Scores.probabilities(f)[predicted], l));
                    }
                }
            }
        }
        mistakes.sort(Comparator.comparingDouble(Mistake::loss).reversed().thenComparingInt(Mistake::index));
        double n = data.size();
        return new Evaluation(right / n, among5 / n, loss / n, data.size(), lists(confusion),
                mistakes.subList(0, Math.min(KEPT, mistakes.size())));
    }

    private static List<List<Integer>> lists(int[][] counts) {
        return java.util.Arrays.stream(counts).map(row -> java.util.Arrays.stream(row).boxed().toList()).toList();
    }

    /** {@return {@code {"top1":…,"top5":…,"loss":…,"images":…}}} */
    public Json.Obj json() {
        return Json.object().with("top1", top1).with("top5", top5).with("loss", loss).with("images", images);
    }
}
