package cortado.cli;

import cortado.bench.Course;
import cortado.bench.Mode;
import cortado.bench.Race;
import cortado.bench.ToAccuracy;
import cortado.bench.Workload;
import cortado.data.DataSplit;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.model.Networks;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.train.Schedule;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** {@code cortado bench --to-accuracy}: how long Cortado and a peer train until they get so much of Fashion-MNIST right. */
final class AccuracyRace {
    private static final String DATA = "fashion-mnist";
    private static final String NETWORK = "convnet";
    private static final int BATCH = 128;
    private static final double RATE = 0.004;
    private static final int EPOCHS = 6;
    private static final int QUICK_EPOCHS = 3;
    private static final int QUICK_IMAGES = 6400;

    private final Output output;
    private final Race race;
    private final double target;
    private final Course course;
    private final Workload workload;

    /**
     * @param output  for progress and what came of it
     * @param race    who runs
     * @param target  share of the test images
     * @param options where the data is looked for
     */
    AccuracyRace(Output output, Race race, double target, Options options) {
        if (!(target > 0 && target <= 1)) {
            throw new FormatException("--to-accuracy: expected a share above 0, at most 1, for example 0.92; received " + target);
        }
        if (race.peers().stream().noneMatch(p -> p.does(Mode.TRAIN))) {
            throw new FormatException("--to-accuracy races two who train: give --peer pytorch or --peer pytorch-python");
        }
        this.output = output;
        this.race = race;
        this.target = target;
        DataSplit data = Datasets.open(DATA, options);
        int epochs = race.quick() ? QUICK_EPOCHS : EPOCHS;
        this.course = Course.of(data, race.quick() ? QUICK_IMAGES : Integer.MAX_VALUE, BATCH, epochs,
                Schedule.named("onecycle", epochs, 0), RATE, new Rng(1));
        this.workload = new Workload("to-accuracy", NETWORK, Networks.named(NETWORK, data.image(), data.classes().size()),
                Mode.TRAIN,
                BATCH, "adam", RATE);
    }

    /** Races on so many threads. */
    void run(int threads) throws IOException {
        output.note(String.format(Locale.ROOT,
                "%s to %.4g of %,d test images, trained on %,d; %s, Adam at %.4g, onecycle over %d epochs, batch %d, threads %d",
                DATA, target, course.testImages().shape().n(), course.images().shape().n(), NETWORK, RATE, course.epochs(), BATCH,
                threads));
        ToAccuracy.Outcome o = new ToAccuracy(race, workload, course, target).run(threads, this::epoch);
        output.tell(o.json());
        print(o);
    }

    private void epoch(ToAccuracy.Outcome o) {
        int e = o.ours().epochs().size() - 1;
        output.note(String.format(Locale.ROOT, "  epoch %d: cortado %s | %s %s", e + 1, text(o.ours().epochs().get(e)),
                o.peer().name(), text(o.peer().epochs().get(e))));
    }

    private static String text(ToAccuracy.Epoch e) {
        return String.format(Locale.ROOT, "%.2f %% in %.2f s (and %.2f s to judge)", 100 * e.accuracy(), e.seconds(),
                e.evaluation());
    }

    private void print(ToAccuracy.Outcome o) {
        output.say(output.style(Output.Style.BOLD, String.format(Locale.ROOT, "%.4g of %s, %d %s", target, DATA, o.threads(),
                o.threads() == 1 ? "thread" : "threads")));
        Table table = new Table("", ">epochs", ">seconds of training", ">epoch, s", ">best");
        row(table, o.ours());
        row(table, o.peer());
        table.print(output);
        String pace = String.format(Locale.ROOT, "an epoch %.2f times as fast (median of pairs)", o.pace().median());
        output.say(o.ratio().map(r -> String.format(Locale.ROOT, "%.2f times as fast to the target; ", r))
                .orElse("not both reached the target in " + course.epochs() + " epochs; ") + pace);
    }

    private void row(Table table, ToAccuracy.Side s) {
        Optional<Integer> epochs = s.reached(target);
        table.row(s.name(), epochs.map(n -> Integer.toString(n)).orElse("not in " + s.epochs().size()),
                s.time(target).map(t -> String.format(Locale.ROOT, "%.1f", t)).orElse("-"),
                String.format(Locale.ROOT, "%.2f",
                        s.epochs().stream().mapToDouble(ToAccuracy.Epoch::seconds).average().orElseThrow()),
                String.format(Locale.ROOT, "%.2f %%",
                        100 * s.epochs().stream().mapToDouble(ToAccuracy.Epoch::accuracy).max().orElseThrow()));
    }
}
