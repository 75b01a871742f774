package cortado.train;

import cortado.io.Json;
import cortado.tensor.FormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The learning-rate range test (Smith, 2017, section 3.3): a training whose rate grows by the same factor from step to step, until
 * the loss explodes.
 *
 * @param steps   in order, with the loss of each
 * @param falling the rate from which the loss falls: a tenth of the way down is done; none if it never falls
 * @param fastest the rate at which it falls fastest
 * @param lowest  the rate at which it is lowest
 */
public record RateFinder(List<Step> steps, Optional<Double> falling, Optional<Double> fastest, Optional<Double> lowest) {
    /** The test ends when the loss is so many times the lowest so far. */
    private static final double EXPLODED = 4;
    /** Of the running mean that explosion is judged by. */
    private static final double KEEP = 0.9;
    /** Width of the bell that the losses are smoothed by, as a share of all steps. */
    private static final double BELL = 0.03;
    /** What a loss counts at most in the smoothed ones, in first losses: an explosion must not hide the fall before it. */
    private static final double MOST = 1.5;
    /** A fall by less than this share of the first loss is none. */
    private static final double FALL = 0.05;

    /**
     * One step.
     *
     * @param rate   that the step is made with
     * @param loss   of its batch, before the step
     * @param smooth mean of the losses around it, weighted by a bell; those far above the first count less
     */
    public record Step(double rate, double loss, double smooth) {
    }

    /** Copies the list. */
    public RateFinder {
        steps = List.copyOf(steps);
    }

    /**
     * Runs the test; the trainer cannot be used for anything else.
     *
     * @param trainer fresh
     * @param from    the first rate, above 0
     * @param to      the last rate, above the first
     * @param count   steps, at least 10
     * @param told    how many steps are done, after each
     * @return what was found
     * @throws FormatException for a range that is none
     */
    public static RateFinder run(Trainer trainer, double from, double to, int count, Consumer<Integer> told) {
        Ranges.above("--start-lr", from);
        Ranges.count("--steps", count, 10, 1_000_000);
        if (!(to > from && to < Double.POSITIVE_INFINITY)) {
            throw new FormatException("--end-lr: expected a number above --start-lr " + from + ", received " + to);
        }
        double[] rates = IntStream.range(0, count).mapToDouble(i -> from * StrictMath.pow(to / from, (double) i / (count - 1)))
                .toArray();
        List<Double> losses = new ArrayList<>();
        double[] mean = {0, Double.POSITIVE_INFINITY};
        trainer.probe(rates, loss -> {
            if (!Double.isFinite(loss)) {
                return false;
            }
            losses.add(loss);
            told.accept(losses.size());
            mean[0] = KEEP * mean[0] + (1 - KEEP) * loss;
            double now = mean[0] / (1 - Math.pow(KEEP, losses.size()));
            mean[1] = Math.min(mean[1], now);
            return now <= EXPLODED * mean[1];
        });
        return of(rates, losses, Math.max(2, BELL * count));
    }

    /** Smooths and looks; {@code bell} is in steps. */
    static RateFinder of(double[] rates, List<Double> losses, double bell) {
        List<Step> steps = new ArrayList<>();
        double most = losses.isEmpty() ? 0 : MOST * losses.getFirst();
        for (int i = 0; i < losses.size(); i++) {
            double sum = 0;
            double weights = 0;
            for (int j = 0; j < losses.size(); j++) {
                double w = StrictMath.exp(-0.5 * (i - j) * (i - j) / (bell * bell));
                sum += w * Math.min(losses.get(j), most);
                weights += w;
            }
            steps.add(new Step(rates[i], losses.get(i), sum / weights));
        }
        if (steps.isEmpty()) {
            return new RateFinder(steps, Optional.empty(), Optional.empty(), Optional.empty());
        }
        List<Double> smooth = steps.stream().map(Step::smooth).toList();
        int low = smooth.indexOf(Collections.min(smooth));
        double first = smooth.getFirst();
        double fall = first - smooth.get(low);
        if (fall < FALL * first) {
            return new RateFinder(steps, Optional.empty(), Optional.empty(), Optional.empty());
        }
        int steepest = IntStream.rangeClosed(1, low).boxed()
                .min((a, b) -> Double.compare(smooth.get(a) - smooth.get(a - 1), smooth.get(b) - smooth.get(b - 1))).orElseThrow();
        int begin = IntStream.rangeClosed(0, low).filter(i -> smooth.get(i) <= first - 0.1 * fall).findFirst().orElseThrow();
        return new RateFinder(steps, Optional.of(rates[begin]), Optional.of(rates[steepest]), Optional.of(rates[low]));
    }

    /**
     * {@return the rate half way, in powers of ten, between where the loss falls fastest and where it is lowest; none if it never falls}
     * Since a rate warms up and decays over a training, its peak may lie above where a constant one is safest; measured in
     * {@code docs/design-notes.md#learning-rates}.
     */
    public Optional<Double> suggestion() {
        return fastest.map(f -> Math.sqrt(f * lowest.orElseThrow()));
    }

    /**
     * Draws the losses over the rate.
     *
     * @param file PNG, written whole or not at all
     */
    public void picture(Path file) {
        RatePicture.of(this).canvas().save(file);
    }

    /** {@return {@code {"event":"lr_find","lr":…,"falling":…,"fastest":…,"lowest":…,"steps":[[rate, loss, smoothed], …]}}} */
    public Json.Obj json() {
        return Json.object().with("event", "lr_find").with("lr", suggestion()).with("falling", falling).with("fastest", fastest)
                .with("lowest", lowest)
                .with("steps", steps.stream().map(s -> List.of(s.rate, s.loss, s.smooth)).toList());
    }
}
