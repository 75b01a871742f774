package cortado.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The receiver operating characteristic of two classes: which share of the second class is found, and which share of the first is
 * taken for it, as the threshold on the score falls. Images of equal scores pass the threshold together, so that ties count one half,
 * as in scikit-learn's {@code roc_curve} and {@code roc_auc_score}.
 *
 * @param points from (0, 0) to (1, 1); corners only, and at most {@link #MOST} of them
 * @param area   under the whole curve, 0 … 1; the probability that an image of the second class scores higher than one of the first
 */
public record Roc(List<Point> points, double area) {
    /** Points that are kept for drawing; the area is computed from all. */
    static final int MOST = 400;

    /** Copies the list. */
    public Roc {
        points = List.copyOf(points);
    }

    /**
     * What one threshold gives.
     *
     * @param falsePositives share of the first class taken for the second, 0 … 1
     * @param truePositives  share of the second class that is found, 0 … 1
     */
    public record Point(double falsePositives, double truePositives) {
    }

    /**
     * Walks the threshold down over the scores.
     *
     * @param scores   one an image, the higher the more likely the second class
     * @param positive whether it is of the second class
     * @return the curve; nothing if one of the classes has no image
     */
    public static Optional<Roc> of(double[] scores, boolean[] positive) {
        int n = scores.length;
        int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -scores[i])).mapToInt(i -> i).toArray();
        long all = IntStream.range(0, n).filter(i -> positive[i]).count();
        if (all == 0 || all == n) {
            return Optional.empty();
        }
        List<Point> points = new ArrayList<>(List.of(new Point(0, 0)));
        long hits = 0;
        long area = 0; // twice the area, in pairs of images: exact
        for (int i = 0; i < n;) {
            long before = hits;
            int from = i;
            do {
                hits += positive[order[i++]] ? 1 : 0;
            } while (i < n && scores[order[i]] == scores[order[from]]);
            area += (i - from - (hits - before)) * (before + hits);
            points.add(new Point((double) (i - hits) / (n - all), (double) hits / all));
        }
        return Optional.of(new Roc(thinned(corners(points)), area / 2.0 / all / (n - all)));
    }

    /** Without the points in the middle of straight lines. */
    private static List<Point> corners(List<Point> all) {
        List<Point> kept = new ArrayList<>();
        for (Point p : all) {
            while (kept.size() > 1 && straight(kept.get(kept.size() - 2), kept.getLast(), p)) {
                kept.removeLast();
            }
            kept.add(p);
        }
        return kept;
    }

    private static boolean straight(Point a, Point b, Point c) {
        double cross = (b.falsePositives - a.falsePositives) * (c.truePositives - b.truePositives)
                - (c.falsePositives - b.falsePositives) * (b.truePositives - a.truePositives);
        return Math.abs(cross) < 1e-15;
    }

    private static List<Point> thinned(List<Point> all) {
        if (all.size() <= MOST) {
            return all;
        }
        return Arrays.stream(IntStream.range(0, MOST).map(i -> (int) ((long) i * (all.size() - 1) / (MOST - 1))).toArray())
                .mapToObj(all::get).toList();
    }
}
