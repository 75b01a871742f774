package cortado.train;

import cortado.io.Checked;
import cortado.io.Hint;
import cortado.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a report says in words: its head, and at its end where everything comes from. */
final class Summary {
    private final RunRecord run;

    Summary(RunRecord run) {
        this.run = run;
    }

    String title() {
        return text(run.config(), "model").orElse("a network").replaceFirst("^.*/", "").replaceFirst("\\.json$", "") + " on "
                + data();
    }

    private String data() {
        String path = text(run.started(), "data").or(() -> text(run.config(), "data")).orElse("images");
        return path.replaceFirst("[/\\\\]+$", "").replaceFirst("^.*[/\\\\]", "");
    }

    String header() {
        StringBuilder s = new StringBuilder("<header>\n")
                .append(Page.element("p.eyebrow", "Cortado · run " + run.folder().getFileName()))
                .append(Page.element("h1", title()));
        run.best().ifPresent(best -> s.append("<p class=\"hero\">").append(Page.element("strong", percent(best.top1())))
                .append(Page.element("span", String.format(Locale.ROOT, "of %s held-out images recognised (top-1)%s",
                        images("val_images"), ", in epoch " + best.epoch())))
                .append("</p>"));
        s.append(Page.element(done() ? "p.status" : "p.warning", status()));
        run.damaged().forEach(d -> s.append(Page.element("p.warning", "Left out: " + d)));
        return s.append(Page.facts(facts())).append("\n</header>").toString();
    }

    private boolean done() {
        return text(run.end(), "event").equals(Optional.of("done"));
    }

    private String status() {
        int epochs = run.epochs().size();
        String of = run.config().get("epochs").map(e -> " of " + e.text()).orElse("");
        String again = run.resumed() == 0 ? "" : run.resumed() == 1 ? "; it was interrupted once and taken up again"
                : "; it was interrupted " + run.resumed() + " times and taken up again";
        return switch (text(run.end(), "event").orElse("")) {
            case "done" -> "Trained to its end: " + epochs + of + " epochs" + again + ".";
            case "stopped" -> "Stopped in epoch " + Math.max(1, epochs) + of + again + "; resume goes on from there.";
            case "failed" -> "Failed: " + text(run.end(), "message").orElse("") + again;
            default -> "Not at its end: " + epochs + of + " epochs are over" + again
                    + ". It still runs, or was interrupted and can be resumed.";
        };
    }

    private List<String[]> facts() {
        List<String[]> f = new ArrayList<>();
        run.val().ifPresent(v -> {
            if (v.tta() == Tta.FLIP) {
                f.add(new String[] {"judged by", "mean probabilities of image and mirror image (--tta flip)"});
            }
            if (v.classes().size() > 5) {
                f.add(new String[] {"top-5", percent(v.top5())});
            }
            f.add(new String[] {"loss", String.format(Locale.ROOT, "%.4f", v.loss())});
            f.add(new String[] {"macro F1", percent(Rates.macro(v.rates()).f1())});
            f.add(new String[] {"calibration error", String.format(Locale.ROOT, "%.2f %%", 100 * v.calibration().error())});
            v.roc().ifPresent(r -> f.add(new String[] {"area under ROC", String.format(Locale.ROOT, "%.4f", r.area())}));
        });
        if (!run.epochs().isEmpty()) {
            EpochResult last = run.epochs().getLast();
            f.add(new String[] {"time", time(last.seconds())});
            double speed = run.end().get("images_per_s").isPresent() ? Checked.of(run.end(), "events.jsonl").number("images_per_s")
                    : last.imagesPerSecond();
            f.add(new String[] {"speed", String.format(Locale.ROOT, "%,.0f images/s", speed)});
        }
        f.add(new String[] {"images to learn from", images("train_images")});
        run.val().ifPresent(v -> f.add(new String[] {"classes", String.format(Locale.ROOT, "%,d", v.classes().size())}));
        if (run.started().get("parameters").isPresent()) {
            f.add(new String[] {"parameters", images("parameters")});
        }
        f.add(new String[] {"recipe", recipe()});
        text(run.provenance(), "best_sha256").ifPresent(h -> f.add(new String[] {"best weights, SHA-256", h}));
        return f;
    }

    /** In the order in which people say it. */
    private String recipe() {
        Json.Obj c = run.config();
        List<String> words = new ArrayList<>();
        text(c, "opt").ifPresent(words::add);
        text(c, "loss").filter(l -> !l.equals("ce")).ifPresent(l -> words.add("loss " + l));
        number(c, "lr").ifPresent(v -> words.add("learning rate " + v));
        text(c, "sched").ifPresent(words::add);
        number(c, "batch_size").ifPresent(v -> words.add("batch " + v));
        above(c, "grad_accum_steps", 1).ifPresent(v -> words.add(v + " batches a step"));
        number(c, "epochs").ifPresent(v -> words.add(v + " epochs"));
        number(c, "weight_decay").filter(v -> !v.matches("0(\\.0)?")).ifPresent(v -> words.add("weight decay " + v));
        above(c, "clip_grad", 0).ifPresent(v -> words.add("gradients clipped at " + v));
        above(c, "smoothing", 0).ifPresent(v -> words.add("label smoothing " + v));
        above(c, "mixup", 0).ifPresent(v -> words.add("mixup " + v));
        above(c, "cutmix", 0).ifPresent(v -> words.add("cutmix " + v));
        above(c, "crop", 0).ifPresent(v -> words.add("crop " + v));
        above(c, "hflip", 0).ifPresent(v -> words.add("mirrored " + v));
        text(c, "aa").ifPresent(v -> words.add("RandAugment " + v));
        above(c, "cutout", 0).ifPresent(v -> words.add("cutout " + v));
        above(c, "reprob", 0).ifPresent(v -> words.add("erasing " + v));
        number(c, "model_ema_decay").ifPresent(v -> words.add("averaged weights (EMA " + v + ")"));
        number(c, "seed").ifPresent(v -> words.add("seed " + v));
        return String.join(", ", words);
    }

    /** The end of the page. */
    void provenance(Page page) {
        page.section("provenance", "Where this comes from");
        page.paragraph("To train it again and compare the weights, bit for bit:");
        page.add("<pre>" + Page.escape("./cortado reproduce " + Hint.quoted(run.folder())) + "</pre>");
        page.paragraph("Elsewhere, with the same data, and the settings below saved as config.json:");
        page.add("<pre>" + Page.escape("./cortado train -c config.json") + "</pre>");
        Json.Obj p = run.provenance();
        List<String[]> rows = new ArrayList<>();
        p.fields().forEach((key, value) -> {
            if (!key.equals("settings") && !key.equals("finished")) {
                rows.add(new String[] {NAMES.getOrDefault(key, key.replace('_', ' ')), plain(value)});
            }
        });
        if (!rows.isEmpty()) {
            page.add(Page.facts(rows).replace("class=\"facts\"", "class=\"facts plain\""));
        }
        page.add("<details><summary>All settings (config.json)</summary><pre>" + Page.escape(run.config().pretty())
                + "</pre></details>");
    }

    private static final Map<String, String> NAMES = Map.of("cortado", "Cortado", "jdk", "JDK", "data_sha256", "data, SHA-256",
            "code_sha256", "code, SHA-256", "cpu", "processor",
            "best_sha256", "best weights, SHA-256", "last_sha256", "last weights, SHA-256", "os", "system");

    String footer() {
        return "<footer>" + Page.element("p", "Written by Cortado " + text(run.provenance(), "cortado").orElse("")
                + " from the run's folder. The page needs nothing but itself.") + "</footer>";
    }

    private String images(String key) {
        return run.started().get(key).isPresent()
                ? String.format(Locale.ROOT, "%,d", (long) Checked.of(run.started(), "events.jsonl").number(key)) : "the";
    }

    private static Optional<String> text(Json.Obj o, String key) {
        return o.get(key).flatMap(j -> j instanceof Json.Str s ? Optional.of(s.value()) : Optional.empty());
    }

    private static Optional<String> number(Json.Obj o, String key) {
        return o.get(key).flatMap(j -> j instanceof Json.Num n ? Optional.of(n.spelling()) : Optional.empty());
    }

    private static Optional<String> above(Json.Obj o, String key, double low) {
        return number(o, key).filter(v -> Double.parseDouble(v) > low);
    }

    private static String plain(Json value) {
        return switch (value) {
            case Json.Str s -> s.value();
            case Json.Arr a -> String.join("; ", a.items().stream().map(Summary::plain).toList());
            case Json.Obj o -> String.join(", ", o.fields().entrySet().stream()
                    .map(f -> f.getKey().replace('_', ' ') + " " + plain(f.getValue())).toList());
            default -> value.text();
        };
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** {@return a duration for a person} */
    static String time(double seconds) {
        long s = Math.round(seconds);
        return seconds < 100 ? String.format(Locale.ROOT, "%.1f s", seconds)
                : s < 3600 ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
    }
}
