package cortado.train;

import cortado.data.Batch;
import cortado.data.Loader;
import cortado.data.Mixing;
import cortado.data.Transform;
import cortado.plan.Plan;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import java.util.Locale;
import java.util.Optional;

/** Test-time augmentation: what a network is shown of each image, and how its scores are put together. */
public enum Tta {
    /** The image. */
    NONE,
    /** The image and its mirror image; the probabilities are averaged. */
    FLIP;

    /** Takes the scores of one image. */
    @FunctionalInterface
    public interface Seen {
        /**
         * Is told of every image in order.
         *
         * @param index  in the data set
         * @param label  its class
         * @param scores of each class; of several views, logarithms of the mean probabilities
         */
        void accept(int index, int label, double[] scores);
    }

    /**
     * Reads a word.
     *
     * @param word {@code none} or {@code flip}
     * @return what it says
     * @throws FormatException for any other
     */
    public static Tta of(String word) {
        return switch (word) {
            case "none" -> NONE;
            case "flip" -> FLIP;
            default -> throw new FormatException("--tta: expected none or flip, received " + word);
        };
    }

    /** {@return what {@link #of} reads} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Shows images to a network.
     *
     * @param plan   for inference
     * @param loader in order, of the plan's batch size and layout
     * @param seen   told the scores
     */
    public void scores(Plan plan, Loader loader, Seen seen) {
        try (Loader.Epoch plain = loader.epoch(0)) {
            if (this == NONE) {
                all(plan, plain, Optional.empty(), seen);
                return;
            }
            Loader mirror = loader.changed(Transform.horizontalFlip(1), Mixing.NONE, new Rng(0));
            try (Loader.Epoch mirrored = mirror.epoch(0)) {
                all(plan, plain, Optional.of(mirrored), seen);
            }
        }
    }

    private static void all(Plan plan, Loader.Epoch plain, Optional<Loader.Epoch> mirrored, Seen seen) {
        while (plain.hasNext()) {
            Batch batch = plain.next();
            double[][] f = forward(plan, batch);
            if (mirrored.isPresent()) {
                double[][] g = forward(plan, mirrored.get().next());
                for (int i = 0; i < f.length; i++) {
                    f[i] = mean(f[i], g[i]);
                }
            }
            for (int i = 0; i < f.length; i++) {
                seen.accept(batch.index(i), batch.labels().ints()[i], f[i]);
            }
        }
    }

    private static double[][] forward(Plan plan, Batch batch) {
        plan.images().copyFrom(batch.images());
        plan.forward(batch.n());
        double[][] f = new double[batch.n()][];
        for (int i = 0; i < f.length; i++) {
            f[i] = Scores.of(plan.scores(), i);
        }
        return f;
    }

    /** Scores whose softmax is the mean of the softmax of both: {@code log((P_k + Q_k)/2)}, without underflow. */
    static double[] mean(double[] f, double[] g) {
        double[] mean = new double[f.length];
        double logSumF = f[Scores.best(f)] + StrictMath.log(Scores.sum(f));
        double logSumG = g[Scores.best(g)] + StrictMath.log(Scores.sum(g));
        for (int k = 0; k < f.length; k++) {
            double p = f[k] - logSumF;
            double q = g[k] - logSumG;
            double max = Math.max(p, q);
            mean[k] = max + StrictMath.log((StrictMath.exp(p - max) + StrictMath.exp(q - max)) / 2);
        }
        return mean;
    }
}
