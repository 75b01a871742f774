package cortado.train;

import cortado.io.Checked;
import cortado.io.Json;
import cortado.tensor.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An {@link Evaluation} as JSON and back: the file {@code val.json} of a run, and what {@code val --json} prints. */
public final class EvaluationJson {
    private EvaluationJson() {
    }

    /**
     * Everything that is known, classes by name.
     *
     * @param e a judgement
     * @return {@code {"top1":…,"top5":…,"loss":…,"images":…,"tta":…,"ece":…,"auc":…,"macro":{"precision":…,"recall":…,"f1":…},
     *         "micro":…,"weighted":…,"classes":[…],"confusion":[[…]],"calibration":[…],"roc":[[x,y],…],"confused":[…],"top_losses":[…]}};
     *         {@code auc} and {@code roc} for two classes only
     */
    public static Json.Obj write(Evaluation e) {
        List<Rates> rates = e.rates();
        Json.Obj o = Json.object().with("top1", e.top1()).with("top5", e.top5()).with("loss", e.loss()).with("images", e.images())
                .with("tta", e.tta().word()).with("ece", e.calibration().error());
        if (e.roc().isPresent()) {
            o = o.with("auc", e.roc().get().area());
        }
        o = o.with("macro", rates(Rates.macro(rates))).with("micro", rates(Rates.micro(e.confusion())))
                .with("weighted", rates(Rates.weighted(rates)))
                .with("classes", IntStream.range(0, rates.size()).mapToObj(k -> {
                    Json.Obj row = Json.object().with("class", e.classes().get(k));
                    for (var field : rates(rates.get(k)).fields().entrySet()) {
                        row = row.with(field.getKey(), field.getValue());
                    }
                    return row.with("images", rates.get(k).images());
                }).toList())
                .with("confusion", e.confusion())
                .with("calibration", e.calibration().bins().stream().map(b -> Json.object().with("images", b.images())
                        .with("confidence", b.confidence()).with("accuracy", b.accuracy())).toList());
        if (e.roc().isPresent()) {
            o = o.with("roc", e.roc().get().points().stream().map(p -> List.of(p.falsePositives(), p.truePositives())).toList());
        }
        return o.with("confused", e.confused().stream().map(c -> Json.object().with("class", e.classes().get(c.label()))
                .with("seen_as", e.classes().get(c.predicted())).with("images", c.images())
                .with("examples", c.examples().stream().map(x -> example(x, e.classes())).toList())).toList())
                .with("top_losses", e.topLosses().stream().map(x -> example(x, e.classes())).toList());
    }

    private static Json.Obj rates(Rates r) {
        return Json.object().with("precision", r.precision()).with("recall", r.recall()).with("f1", r.f1());
    }

    private static Json.Obj example(Evaluation.Example x, List<String> classes) {
        return Json.object().with("index", x.index()).with("class", classes.get(x.label()))
                .with("seen_as", classes.get(x.predicted())).with("probability", x.probability()).with("loss", x.loss())
                .with("source", x.source());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param json   an object
     * @param source file name, for messages
     * @return the same judgement
     * @throws FormatException naming the field that is missing or wrong
     */
    public static Evaluation read(Json json, String source) {
        Checked o = Checked.of(json, source);
        List<String> classes = o.objects("classes").stream().map(c -> c.text("class")).toList();
        List<List<Integer>> confusion = o.list("confusion").stream().map(row -> Checked.wholes(row, source + ": confusion"))
                .toList();
        if (confusion.size() != classes.size() || confusion.stream().anyMatch(row -> row.size() != classes.size())) {
            throw new FormatException(
                    source + ": confusion: expected a row and a column for each of " + classes.size() + " classes");
        }
        Optional<Roc> roc = o.has("roc") ? Optional.of(new Roc(o.list("roc").stream().map(p -> {
            List<Double> xy = Checked.numbers(p, source + ": roc");
            if (xy.size() != 2) {
                throw new FormatException(source + ": roc: expected points of two numbers, received " + xy.size());
            }
            return new Roc.Point(xy.get(0), xy.get(1));
        }).toList(), o.number("auc"))) : Optional.empty();
        return new Evaluation(classes, o.number("top1"), o.number("top5"), o.number("loss"), o.whole("images"),
                o.has("tta") ? tta(o) : Tta.NONE, confusion,
                new Calibration(o.objects("calibration").stream()
                        .map(b -> new Calibration.Bin(b.whole("images"), b.number("confidence"), b.number("accuracy"))).toList()),
                roc, o.objects("top_losses").stream().map(x -> example(x, classes)).toList(),
                o.objects("confused").stream().map(c -> new Evaluation.Confused(number(c, "class", classes),
                        number(c, "seen_as", classes), c.whole("images"),
                        c.objects("examples").stream().map(x -> example(x, classes)).toList())).toList());
    }

    private static Tta tta(Checked o) {
        return Arrays.stream(Tta.values()).filter(t -> t.word().equals(o.text("tta"))).findFirst()
                .orElseThrow(() -> o.wrong("tta", "none or flip"));
    }

    private static Evaluation.Example example(Checked x, List<String> classes) {
        return new Evaluation.Example(x.whole("index"), number(x, "class", classes), number(x, "seen_as", classes),
                x.number("probability"), x.number("loss"), x.text("source"));
    }

    private static int number(Checked o, String key, List<String> classes) {
        int k = classes.indexOf(o.text(key));
        if (k < 0) {
            throw o.wrong(key, "one of the classes");
        }
        return k;
    }
}
