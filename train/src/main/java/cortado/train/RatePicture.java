package cortado.train;

import cortado.train.Plot.Dot;
import cortado.train.Plot.Line;
import cortado.train.Plot.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The learning-rate range test: losses over the rate in powers of ten, with the suggestion. */
final class RatePicture {
    private static final double WIDTH = 640;
    private static final double HEIGHT = 360;

    private RatePicture() {
    }

    static Figure of(RateFinder found) {
        // What explodes is cut off: the interesting part is below the first loss.
        double first = found.steps().getFirst().smooth();
        double low = found.steps().stream().mapToDouble(RateFinder.Step::smooth).min().orElseThrow();
        double high = first + 0.5 * Math.max(first - low, 0.2 * first);
        Axis y = new Axis("loss of a batch", Math.max(0, low - 0.3 * (high - low)), high, Axis.Scale.LINEAR);
        List<Mark> marks = new ArrayList<>(List.of(line("each batch", Ink.BLUE.at(0.35), found, RateFinder.Step::loss, y, 1),
                line("smoothed", Ink.BLUE, found, RateFinder.Step::smooth, y, 2.2)));
        found.suggestion().ifPresent(rate -> {
            marks.add(Line.guide(rate, y.from(), rate, y.to()));
            marks.add(dot("falls fastest", Ink.TEXT, found, found.fastest().orElseThrow()));
            marks.add(dot("suggested", Ink.RED, found, rate));
            marks.add(dot("lowest", Ink.FAINT, found, found.lowest().orElseThrow()));
        });
        Axis x = Axis.over("learning rate", Axis.Scale.LOG, found.steps().stream().mapToDouble(RateFinder.Step::rate));
        String caption = found.suggestion()
                .map(rate -> String.format(Locale.ROOT, "Suggested: %.1e, half way in powers of ten between "
                        + "where the loss falls fastest and where it is lowest.", rate))
                .orElse("The loss falls nowhere.");
        Plot plot = new Plot(x, y, marks);
        return new Figure("lr-find", "Learning-rate range test", caption, WIDTH, HEIGHT, d -> plot.draw(d, WIDTH, HEIGHT));
    }

    /** The smoothed line at the step nearest to a rate. */
    private static Dot dot(String name, Ink ink, RateFinder found, double rate) {
        RateFinder.Step at = found.steps().stream()
                .min(Comparator.comparingDouble(s -> Math.abs(Math.log(s.rate() / rate)))).orElseThrow();
        return new Dot(String.format(Locale.ROOT, "%s: %.1e", name, rate), ink, rate, at.smooth(), 4.5);
    }

    private static Line line(String name, Ink ink, RateFinder found, ToDoubleFunction<RateFinder.Step> of, Axis y, double width) {
        return new Line(name, ink, found.steps().stream().mapToDouble(RateFinder.Step::rate).toArray(),
                found.steps().stream().mapToDouble(s -> Math.clamp(of.applyAsDouble(s), y.from(), y.to())).toArray(), width, false,
                0);
    }
}
