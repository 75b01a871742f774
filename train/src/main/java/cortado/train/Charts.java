package cortado.train;

import cortado.io.Json;
import cortado.train.Plot.Bars;
import cortado.train.Plot.Dot;
import cortado.train.Plot.Line;
import cortado.train.Plot.Mark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The charts of a run. Each is there as soon as the run's folder holds its numbers. */
final class Charts {
    private static final double WIDTH = 420;
    private static final double HEIGHT = 270;
    /** Up to so many layers are named one by one. */
    private static final int NAMED = 6;

    private Charts() {
    }

    static List<Figure> of(RunRecord run) {
        List<Figure> all = new ArrayList<>();
        if (!run.epochs().isEmpty()) {
            all.add(loss(run));
            all.add(accuracy(run));
        }
        if (!run.looks().isEmpty()) {
            all.add(rate(run));
            updates(run).ifPresent(all::add);
            HistogramPicture.of(run).ifPresent(all::add);
        }
        run.val().ifPresent(val -> {
            all.add(ConfusionPicture.of(val));
            all.add(calibration(val));
            all.add(confidence(val));
            roc(val).ifPresent(all::add);
        });
        return all;
    }

    private static Figure figure(String name, String title, String caption, Plot plot) {
        return new Figure(name, title, caption, WIDTH, HEIGHT, d -> plot.draw(d, WIDTH, HEIGHT));
    }

    /** Lines over epochs, the best one marked. */
    private static Figure epochs(String name, String title, String caption, String unit, RunRecord run, List<Mark> lines,
            ToDoubleFunction<EpochResult> marked) {
        EpochResult best = run.best().orElseThrow();
        List<Mark> marks = new ArrayList<>(lines);
        marks.add(new Dot(String.format(Locale.ROOT, "best: epoch %d", best.epoch()), Ink.TEXT, best.epoch(),
                marked.applyAsDouble(best), 4));
        DoubleStream values = lines.stream().flatMapToDouble(m -> m instanceof Line l ? Arrays.stream(l.value())
                : DoubleStream.empty());
        int last = run.epochs().getLast().epoch();
        return figure(name, title, caption, new Plot(new Axis("epoch", 0.5, last + 0.5, Axis.Scale.WHOLE),
                Axis.over(unit, Axis.Scale.LINEAR, values), marks));
    }

    private static Line line(String name, Ink ink, RunRecord run, ToDoubleFunction<EpochResult> of) {
        return Line.of(name, ink, run.epochs().stream().mapToDouble(EpochResult::epoch).toArray(),
                run.epochs().stream().mapToDouble(of).toArray());
    }

    static Figure loss(RunRecord run) {
        boolean same = run.config().get("loss").map(Json.of("ce")::equals).orElse(true);
        return epochs("loss", "Loss", same ? "Where the two lines part, the network begins to learn its images by heart."
                : "It learns by another loss (--loss) than the cross-entropy that it is judged by: compare courses, not heights.",
                same ? "mean cross-entropy" : "mean loss", run, List.of(line("training", Ink.BLUE, run, EpochResult::trainLoss),
                        line("held-out images", Ink.RED, run, EpochResult::valLoss)),
                EpochResult::valLoss);
    }

    static Figure accuracy(RunRecord run) {
        boolean five = run.val().map(v -> v.classes().size() > 5).orElse(false);
        Line top1 = line(five ? "top-1" : "held-out images", Ink.RED, run, r -> 100 * r.top1());
        List<Mark> lines = five ? List.of(line("top-5", Ink.BLUE, run, r -> 100 * r.top5()), top1) : List.of(top1);
        return epochs("accuracy", "Accuracy", String.format(Locale.ROOT, "Best: %.1f %% in epoch %d.",
                100 * run.best().orElseThrow().top1(), run.best().orElseThrow().epoch()), "% of held-out images right", run, lines,
                r -> 100 * r.top1());
    }

    private static double[] when(RunRecord run) {
        return run.looks().stream().mapToDouble(l -> l.when(run.steps())).toArray();
    }

    private static Axis time(RunRecord run) {
        return new Axis("epochs done", 0, Math.max(when(run)[run.looks().size() - 1], run.epochs().size()), Axis.Scale.LINEAR);
    }

    static Figure rate(RunRecord run) {
        double[] rates = run.looks().stream().mapToDouble(RunRecord.Look::rate).toArray();
        Line line = new Line("", Ink.BLUE, when(run), rates, 1.8, false, 0);
        return figure("lr", "Learning rate", "As it was used, at equal distances in the training.", new Plot(time(run),
                Axis.over("learning rate", Axis.Scale.LINEAR, DoubleStream.concat(DoubleStream.of(0), Arrays.stream(rates))),
                List.of(line)));
    }

    private static Optional<Figure> updates(RunRecord run) {
        List<String> names = run.looks().getLast().layers().stream().map(LayerSample::name).toList();
        if (names.isEmpty()) {
            return Optional.empty();
        }
        Axis time = time(run);
        List<Mark> marks = new ArrayList<>(List.of(Line.guide(time.from(), 1e-3, time.to(), 1e-3)));
        for (int k = 0; k < names.size(); k++) {
            String name = names.get(k);
            double[] ratios = run.looks().stream().mapToDouble(l -> l.layers().stream().filter(s -> s.name().equals(name))
                    .mapToDouble(LayerSample::ratio).filter(r -> r > 0).findFirst().orElse(Double.NaN)).toArray();
            boolean told = names.size() <= NAMED || k == 0 || k == names.size() - 1 || k == names.size() / 2;
            marks.add(
                    new Line(told ? run.looks().getLast().layers().get(k).layer() : "",
                            Ink.along(names.size() == 1 ? 0 : k / (names.size() - 1.0)), when(run), ratios, 1.5,
                            false, 0));
        }
        DoubleStream values = marks.stream().flatMapToDouble(m -> m instanceof Line l ? Arrays.stream(l.value())
                : DoubleStream.empty());
        return Optional.of(figure("updates", "Update-to-weight ratio", "How far one step moves each layer's weights, ‖Δw‖ / ‖w‖. "
                + "About 10⁻³ (dashed) is usual; far above it a layer is shaken, far below it hardly learns.",
                new Plot(time, Axis.over("‖Δw‖ / ‖w‖ of one step", Axis.Scale.LOG, values), marks)));
    }

    static Figure calibration(Evaluation val) {
        List<Calibration.Bin> bins = val.calibration().bins();
        double width = 100.0 / bins.size();
        double[] left = IntStream.range(0, bins.size()).mapToDouble(m -> m * width).toArray();
        List<Mark> marks = new ArrayList<>();
        marks.add(new Bars("right, in % of the images of a bin", Ink.BLUE.at(0.35), left,
                Arrays.stream(left).map(l -> l + width).toArray(), bins.stream().mapToDouble(b -> 100 * b.accuracy()).toArray()));
        marks.add(Line.guide(0, 0, 100, 100));
        for (Calibration.Bin b : bins) {
            if (b.images() > 0) {
                marks.add(new Dot("", Ink.BLUE, 100 * b.confidence(), 100 * b.accuracy(),
                        1.5 + 7 * Math.sqrt((double) b.images() / val.images())));
            }
        }
        return figure("calibration", "Calibration", String.format(Locale.ROOT, "Expected calibration error %.2f %%. On the dashed "
                + "line it is right as often as it believes; below it, it is too sure. Larger dots hold more images.",
                100 * val.calibration().error()),
                new Plot(new Axis("confidence, %", 0, 100, Axis.Scale.LINEAR), new Axis("right, %", 0, 100, Axis.Scale.LINEAR),
                        marks));
    }

    static Figure confidence(Evaluation val) {
        List<Calibration.Bin> bins = val.calibration().bins();
        double[] left = IntStream.range(0, bins.size()).mapToDouble(m -> 100.0 * m / bins.size()).toArray();
        double[] right = IntStream.range(0, bins.size()).mapToDouble(m -> 100.0 * (m + 1) / bins.size()).toArray();
        double[] all = bins.stream().mapToDouble(b -> 100.0 * b.images() / val.images()).toArray();
        double[] wrong = bins.stream().mapToDouble(b -> 100 * b.images() * (1 - b.accuracy()) / val.images()).toArray();
        return figure("confidence", "Confidence", "How sure it is of what it sees. A good network is rarely both sure and wrong.",
                new Plot(new Axis("confidence, %", 0, 100, Axis.Scale.LINEAR), Axis.over("% of held-out images", Axis.Scale.LINEAR,
                        DoubleStream.concat(DoubleStream.of(0), Arrays.stream(all))),
                        List.of(new Bars("all", Ink.BLUE.at(0.35), left, right, all),
                                new Bars("wrong", Ink.RED, left, right, wrong))));
    }

    static Optional<Figure> roc(Evaluation val) {
        return val.roc().map(roc -> {
            String second = val.classes().get(1);
            double[] x = roc.points().stream().mapToDouble(p -> 100 * p.falsePositives()).toArray();
            double[] y = roc.points().stream().mapToDouble(p -> 100 * p.truePositives()).toArray();
            return figure("roc", "ROC", String.format(Locale.ROOT, "Area under the curve %.4f: how likely an image of %s scores "
                    + "higher than one of %s. Dashed: chance.", roc.area(), second, val.classes().get(0)),
                    new Plot(new Axis("% of " + val.classes().get(0) + " taken for " + second, 0, 100, Axis.Scale.LINEAR),
                            new Axis("% of " + second + " found", 0, 100, Axis.Scale.LINEAR),
                            List.of(Line.guide(0, 0, 100, 100), new Line("", Ink.BLUE, x, y, 1.8, false, 0))));
        });
    }
}
