package cortado.cli;

import cortado.train.Evaluation;
import cortado.train.Rates;
import cortado.train.Tta;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A judgement as a person reads it: the summary, a row per class, means over classes, what is mistaken for what. */
final class Verdict {
    /** More classes than that are too many to read: the worst are shown. */
    private static final int SHOWN = 40;
    private static final int PAIRS = 5;

    private Verdict() {
    }

    static void print(Evaluation e, String data, Output o) {
        String auc = e.roc().map(r -> String.format(Locale.ROOT, "  AUC %.4f", r.area())).orElse("");
        o.say(String.format(Locale.ROOT, "top-1 %s  top-5 %s  loss %s  ECE %s%s  on %,d images of %s%s",
                o.style(Output.Style.BOLD, Texts.percent(e.top1())), Texts.percent(e.top5()), Texts.loss(e.loss()),
                Texts.percent(e.calibration().error()), auc, e.images(), data,
                e.tta() == Tta.FLIP ? " and their mirror images" : ""));
        o.say("");
        List<Rates> rates = e.rates();
        Table table = new Table("class", ">precision", ">recall", ">F1", ">images");
        boolean all = rates.size() <= SHOWN;
        IntStream.range(0, rates.size()).boxed().sorted(Comparator.comparingDouble(k -> all ? k : rates.get(k).f1())).limit(SHOWN)
                .forEach(k -> row(table, e.classes().get(k), rates.get(k)));
        table.row("", "", "", "", "");
        row(table, "macro mean", Rates.macro(rates));
        row(table, "micro mean", Rates.micro(e.confusion()));
        row(table, "weighted mean", Rates.weighted(rates));
        table.print(o);
        if (!all) {
            o.say(String.format(Locale.ROOT, "the %d classes with the lowest F1 of %,d; --json has all", SHOWN, rates.size()));
        }
        if (!e.confused().isEmpty()) {
            o.say("");
            o.say("most confused: " + e.confused().stream().limit(PAIRS).map(c -> e.classes().get(c.label()) + " seen as "
                    + e.classes().get(c.predicted()) + " (" + c.images() + ")").collect(Collectors.joining(", ")));
        }
    }

    private static void row(Table table, String name, Rates r) {
        table.row(name, Texts.percent(r.precision()), Texts.percent(r.recall()), Texts.percent(r.f1()), Texts.count(r.images()));
    }
}
