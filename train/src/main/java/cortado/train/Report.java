package cortado.train;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** The report of a run: one page with all there is to see, from what its folder holds. What is not there yet is left out. */
final class Report {
    /** Up to so many classes stand in the table at once; of more, the hardest, the others behind a fold. */
    private static final int CLASSES = 30;
    private static final int FILTERS = 64;

    private final RunRecord run;
    private final Page page = new Page();
    private final List<Figure> charts;

    private Report(RunRecord run) {
        this.run = run;
        this.charts = Charts.of(run);
    }

    static String html(RunRecord run) {
        Report r = new Report(run);
        Summary summary = new Summary(run);
        r.training();
        run.val().ifPresent(r::judgement);
        r.batch();
        run.filters().ifPresent(r::filters);
        r.layers();
        summary.provenance(r.page);
        return r.page.html(summary.title(), summary.header(), summary.footer());
    }

    private List<Figure> chosen(String... names) {
        List<String> wanted = List.of(names);
        return charts.stream().filter(f -> wanted.contains(f.name())).toList();
    }

    private void training() {
        List<Figure> shown = chosen("loss", "accuracy", "lr", "updates");
        if (shown.isEmpty()) {
            return;
        }
        page.section("training", "Training").figures(shown);
        if (run.epochs().isEmpty()) {
            return;
        }
        StringBuilder rows = new StringBuilder();
        for (EpochResult e : run.epochs()) {
            boolean best = run.best().filter(e::equals).isPresent();
            rows.append(best ? "<tr class=\"best\">" : "<tr>").append(cell("%d", e.epoch())).append(cell("%.3g", e.rate()))
                    .append(cell("%.4f", e.trainLoss())).append(cell("%.4f", e.valLoss())).append(cell("%.2f", 100 * e.top1()))
                    .append(cell("%.2f", 100 * e.top5())).append(cell("%,.0f", e.imagesPerSecond()))
                    .append(Page.element("td", Summary.time(e.seconds()))).append("</tr>\n");
        }
        page.add("<details><summary>All epochs in numbers</summary>\n<div class=\"scroll\"><table><thead><tr><th>epoch</th>"
                + "<th>learning rate</th><th>training loss</th><th>held-out loss</th><th>top-1, %</th><th>top-5, %</th><th>images/s</th>"
                + "<th>time</th></tr></thead>\n<tbody>" + rows + "</tbody></table></div></details>");
    }

    private static String cell(String form, Object value) {
        return Page.element("td", String.format(Locale.ROOT, form, value));
    }

    private void judgement(Evaluation val) {
        classes(val);
        page.section("confusion", "Confusion");
        Figure confusion = chosen("confusion").getFirst();
        if (val.classes().size() <= ConfusionPicture.NAMED) {
            page.add("<div class=\"wide\">" + Page.figure(confusion) + "</div>");
        } else {
            page.add("<figure class=\"matrix\" id=\"figure-confusion\"><img alt=\"confusion matrix\" src=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(ConfusionPicture.raster(val)) + "\"/>"
                    + Page.element("figcaption",
                            confusion.caption() + " Classes stand in their order, from the top and from the left.")
                    + "</figure>");
        }
        page.section("confidence", "Confidence").figures(chosen("calibration", "confidence", "roc"));
        page.section("mistakes", "The greatest losses").paragraph(ImageSheet.worst(val));
        mistakes(val);
        page.section("confused", "The most confused pairs");
        confused(val);
    }

    private void classes(Evaluation val) {
        List<Rates> rates = val.rates();
        int[] order = IntStream.range(0, rates.size()).boxed().sorted(Comparator.comparingDouble(k -> rates.get(k).f1()))
                .mapToInt(k -> k).toArray();
        page.section("classes", "Classes");
        page.paragraph(order.length > CLASSES ? "The " + CLASSES + " hardest of " + order.length + ", by F1."
                : "The hardest first, by F1.");
        page.add(table(val, rates, IntStream.of(order).limit(CLASSES).toArray(), true));
        if (order.length > CLASSES) {
            page.add("<details><summary>All " + order.length + " classes, by number</summary>"
                    + table(val, rates, IntStream.range(0, order.length).toArray(), false) + "</details>");
        }
    }

    private static String table(Evaluation val, List<Rates> rates, int[] shown, boolean means) {
        StringBuilder s = new StringBuilder(
                "<div class=\"scroll\"><table class=\"classes\"><thead><tr><th>class</th><th>images</th>"
                        + "<th>precision, %</th><th>recall, %</th><th>F1, %</th></tr></thead>\n<tbody>\n");
        for (int k : shown) {
            row(s, val.classes().get(k), rates.get(k));
        }
        s.append("</tbody>");
        if (means) {
            s.append("<tfoot>\n");
            row(s, "mean over classes", Rates.macro(rates));
            row(s, "mean over images", Rates.weighted(rates));
            s.append("</tfoot>");
        }
        return s.append("</table></div>").toString();
    }

    private static void row(StringBuilder s, String name, Rates r) {
        s.append("<tr><th scope=\"row\">").append(Page.escape(name)).append("</th>").append(cell("%,d", r.images()))
                .append(share(r.precision())).append(share(r.recall())).append(share(r.f1())).append("</tr>\n");
    }

    /** A share as a number over a bar. */
    private static String share(double v) {
        return String.format(Locale.ROOT, "<td class=\"share\" style=\"--share:%.1f%%\">%.1f</td>", 100 * v, 100 * v);
    }

    private Optional<String> tile(Evaluation val, Evaluation.Example e, boolean named) {
        return Optional.ofNullable(run.examples().get(e.index())).map(t -> {
            String alt = val.classes().get(e.label()) + ", image " + e.index() + (e.source().isEmpty() ? "" : ", " + e.source());
            return Page.tile(named ? t : new Thumbnail("", t.png()), alt, named ? ImageSheet.seen(val, e)
                    : String.format(Locale.ROOT, "%.0f %%", 100 * e.probability()), named && e.label() != e.predicted());
        });
    }

    private void mistakes(Evaluation val) {
        List<String> tiles = val.topLosses().stream().limit(Pictures.TOP_LOSSES).flatMap(e -> tile(val, e, true).stream()).toList();
        if (!tiles.isEmpty()) {
            page.add("<div class=\"gallery\">" + String.join("\n", tiles) + "</div>");
            page.add(Page.element("p.note",
                    "In bold what it is, below what it was seen as and how surely, in colour where that is wrong."));
        }
        StringBuilder rows = new StringBuilder();
        val.topLosses().stream().limit(Pictures.TOP_LOSSES)
                .forEach(e -> rows.append("<tr>").append(Page.element("td", val.classes().get(e.label())))
                        .append(Page.element("td", ImageSheet.seen(val, e))).append(cell("%.3f", e.loss()))
                        .append(Page.element("td", e.source())).append("</tr>\n"));
        page.add("<details" + (tiles.isEmpty() ? " open=\"open\"" : "")
                + "><summary>Where they come from</summary><div class=\"scroll\"><table class=\"words\"><thead>"
                + "<tr><th>is</th><th>seen as</th><th>loss</th><th>source</th></tr></thead><tbody>" + rows
                + "</tbody></table></div></details>");
    }

    private void confused(Evaluation val) {
        if (val.confused().isEmpty()) {
            page.paragraph("None: every held-out image was recognised.");
            return;
        }
        page.add("<div class=\"pairs\">");
        for (Evaluation.Confused c : val.confused().stream().limit(Pictures.PAIRS).toList()) {
            List<String> tiles = new ArrayList<>();
            c.examples().stream().limit(Pictures.PER_PAIR).forEach(e -> tile(val, e, false).ifPresent(tiles::add));
            page.add("<div class=\"pair\">" + Page.element("h3", ImageSheet.pair(val, c)) + "<div class=\"gallery small\">"
                    + String.join("\n", tiles) + "</div></div>");
        }
        page.add("</div>");
        page.add(Page.element("p.note", "Below each image, how sure the network was of what it saw."));
    }

    private void batch() {
        if (!run.batch().isEmpty()) {
            ImageSheet sheet = ImageSheet.batch(run.batch());
            page.section("batch", sheet.title()).paragraph(sheet.caption());
            page.add("<div class=\"gallery small\">"
                    + String.join("\n", run.batch().stream().map(t -> Page.tile(t, t.label(), "", false)).toList()) + "</div>");
        }
    }

    private void filters(FilterPicture filters) {
        page.section("filters", "What the first layer looks for").paragraph(filters.title(FILTERS) + ". " + filters.caption());
        page.add("<div class=\"gallery small\">");
        int n = 0;
        for (Thumbnail t : filters.tiles(FILTERS)) {
            page.add(Page.tile(t, "filter picture " + ++n, "", false));
        }
        page.add("</div>");
    }

    private void layers() {
        List<Figure> shown = chosen("histograms");
        if (!shown.isEmpty()) {
            page.section("layers", "Weights and gradients").add("<div class=\"wide\">" + Page.figure(shown.getFirst()) + "</div>");
        }
    }
}
