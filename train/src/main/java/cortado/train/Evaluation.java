package cortado.train;

import cortado.data.Dataset;
import cortado.data.Loader;
import cortado.graph.Model;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * How well a network does on labelled images it did not learn from. Whatever loss it learned by, its scores are taken for those of
 * softmax.
 *
 * @param classes     names; a class is an index into them
 * @param top1        share of images whose true class has the greatest score; of equal scores the first class counts
 * @param top5        share of images whose true class is among the five greatest; 1 for five classes or fewer, if scores are numbers
 * @param loss        mean cross-entropy; NaN if an image's is, which then counts as wrong and appears nowhere else
 * @param images      how many were seen
 * @param tta         what the network was shown of each
 * @param confusion   {@code confusion[true class][predicted class]} images
 * @param calibration how often it is right, by how sure it is
 * @param roc         of two classes that both have images; the score is that of the second class minus that of the first
 * @param topLosses   the images with the greatest losses, the worst first, at most {@link #KEPT}
 * @param confused    pairs of classes that are mistaken most often, at most {@link #PAIRS}
 */
public record Evaluation(List<String> classes, double top1, double top5, double loss, int images, Tta tta,
        List<List<Integer>> confusion, Calibration calibration, Optional<Roc> roc, List<Example> topLosses,
        List<Confused> confused) {
    /** Top losses that are kept. */
    public static final int KEPT = 100;
    /** Most confused pairs that are kept. */
    public static final int PAIRS = 20;
    /** Examples that are kept of a confused pair. */
    public static final int PER_PAIR = 8;
    /** Images that are judged at once: at most so many, and pixels, but at least {@link #LEAST} images. */
    private static final int MOST = 256;
    private static final int PIXELS = 1 << 18;
    private static final int LEAST = 16;

    /** Copies the lists. */
    public Evaluation {
        classes = List.copyOf(classes);
        confusion = confusion.stream().map(List::copyOf).toList();
        topLosses = List.copyOf(topLosses);
        confused = List.copyOf(confused);
    }

    /**
     * One image and what was seen in it.
     *
     * @param index       in the data set
     * @param label       its true class
     * @param predicted   the class it was taken for
     * @param probability of the predicted class, 0 … 1
     * @param loss        −log of the true class's probability
     * @param source      where it came from, for a person
     */
    public record Example(int index, int label, int predicted, double probability, double loss, String source) {
        Example from(String place) {
            return new Example(index, label, predicted, probability, loss, place);
        }
    }

    /**
     * Two classes of which one is taken for the other.
     *
     * @param label     the true class
     * @param predicted the class it was taken for
     * @param images    how often
     * @param examples  those with the greatest losses, at most {@link #PER_PAIR}
     */
    public record Confused(int label, int predicted, int images, List<Example> examples) {
        /** Copies the list. */
        public Confused {
            examples = List.copyOf(examples);
        }
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
        return of(model, data, backend, threads, Tta.NONE);
    }

    /**
     * Evaluates a model.
     *
     * @param model   what to judge
     * @param data    what by; its classes must be the model's, where the model knows them
     * @param backend chooses kernels
     * @param threads at least 1; they do not change the result
     * @param tta     what the model is shown of each image
     * @return the judgement
     * @throws ShapeException if images or classes do not fit the model
     */
    public static Evaluation of(Model model, Dataset data, Backend backend, int threads, Tta tta) {
        return of(model, data, backend, threads, tta, seen -> {});
    }

    /**
     * Evaluates a model.
     *
     * @param model   what to judge
     * @param data    what by; its classes must be the model's, where the model knows them
     * @param backend chooses kernels
     * @param threads at least 1; they do not change the result
     * @param tta     what the model is shown of each image
     * @param seen    told how many images have been judged, after each
     * @return the judgement
     * @throws ShapeException if images or classes do not fit the model
     */
    public static Evaluation of(Model model, Dataset data, Backend backend, int threads, Tta tta, IntConsumer seen) {
        check(model, data);
        try (Plan plan = Plan.inference(model.graph(), model.parameters(), batch(data.image(), data.size()), backend, threads)) {
            return of(plan, Loader.inOrder(data, model.normalization(), plan.batch(), plan.images().layout()), data, tta, seen);
        }
    }

    /** How many images are judged at once: few large ones, so that judging takes less memory than a step of learning. */
    static int batch(Shape image, int images) {
        return Math.min(Math.clamp(PIXELS / image.size() / Layout.WIDTH * Layout.WIDTH, LEAST, MOST), images);
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
    static Evaluation of(Plan plan, Loader loader, Dataset data, Tta tta, IntConsumer seen) {
        Tally tally = new Tally(data.classes(), data.size());
        tta.scores(plan, loader, (i, label, scores) -> {
            tally.add(i, label, scores);
            seen.accept(i + 1);
        });
        return tally.evaluation(data::describe, tta);
    }

    /** {@return precision, recall and F1 of every class} */
    public List<Rates> rates() {
        return Rates.perClass(confusion);
    }

    /** {@return everything, as {@link EvaluationJson} writes it} */
    public Json.Obj json() {
        return EvaluationJson.write(this);
    }
}
