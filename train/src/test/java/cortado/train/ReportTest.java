package cortado.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import cortado.data.DataSplit;
import cortado.graph.Model;
import cortado.io.AtomicFile;
import cortado.io.ModelFile;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

class ReportTest {
    private static final DataSplit DATA = Shades.data(210, 90);

    @TempDir
    private static Path trained;

    @TempDir
    private Path temp;

    @BeforeAll
    static void train() {
        Path folder = trained.resolve("run");
        try (Run run = Run.create(folder, Map.of("os", "here & <there>"));
                Trainer t = new Trainer(Shades.settings(3), Shades.network(), DATA)) {
            t.fit(run);
        }
    }

    /** A copy of the run of three epochs. */
    private Path run() throws IOException {
        Path copy = Files.createDirectory(temp.resolve("run"));
        try (Stream<Path> files = Files.list(trained.resolve("run")).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static Path report(Path folder) {
        return Run.report(folder, damaged -> fail(damaged));
    }

    private static Document page(Path folder) throws IOException {
        return Xml.parse(Files.readString(folder.resolve(Run.REPORT)));
    }

    private static List<Element> all(Node in, String tag) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = in instanceof Document d ? d.getElementsByTagName(tag) : ((Element) in).getElementsByTagName(tag);
        IntStream.range(0, nodes.getLength()).forEach(i -> found.add((Element) nodes.item(i)));
        return found;
    }

    private static List<String> sections(Document page) {
        return all(page, "section").stream().map(s -> s.getAttribute("id")).toList();
    }

    private static Element section(Document page, String id) {
        return all(page, "section").stream().filter(s -> s.getAttribute("id").equals(id)).findFirst().orElseThrow();
    }

    private static List<String> texts(Node in, String tag) {
        return all(in, tag).stream().map(Element::getTextContent).toList();
    }

    /** What makes a training another one is named in its head, what is off is not. */
    @Test
    void theRecipeNamesWhatIsMixedAveragedAndGathered() throws IOException {
        Path folder = run();
        assertThat(recipe(folder)).doesNotContain("mixup", "EMA", "batches a step", "RandAugment");
        Config more = Config.read(folder.resolve(Run.CONFIG)).with("mixup", 0.2).with("aa", "rand-m9-n2").with("grad_accum_steps", 4)
                .with("model_ema", true).with("model_ema_decay", 0.99);
        Files.writeString(folder.resolve(Run.CONFIG), more.json().pretty());
        Run.report(folder, damage -> {});
        assertThat(recipe(folder)).contains("mixup 0.2", "RandAugment rand-m9-n2", "4 batches a step", "averaged weights (EMA 0.99)");
    }

    private static String recipe(Path folder) throws IOException {
        return texts(page(folder), "dd").stream().filter(t -> t.contains("learning rate")).findFirst().orElseThrow();
    }

    @Test
    void everySectionStandsInItAndNothingComesFromElsewhere() throws IOException {
        Path folder = run();
        Document page = page(folder);
        assertThat(sections(page)).containsExactly("training", "classes", "confusion", "confidence", "mistakes", "confused",
                "batch", "filters", "layers", "provenance");
        assertThat(texts(page, "nav").getFirst().split("\\s{1,}")).isNotEmpty();
        for (Element a : all(page, "a")) {
            assertThat(sections(page)).contains(a.getAttribute("href").substring(1));
        }
        assertThat(all(page, "script")).isEmpty();
        assertThat(all(page, "link")).isEmpty();
        assertThat(all(page, "img")).isNotEmpty().allSatisfy(i -> {
            assertThat(i.getAttribute("src")).startsWith("data:image/png;base64,");
            assertThat(i.getAttribute("alt")).isNotBlank();
        });
        assertThat(Files.readString(folder.resolve(Run.REPORT)).replace("http://www.w3.org/1999/xhtml", "")).doesNotContain("http")
                .doesNotContain("url(").doesNotContain("@import");
        assertThat(all(page, "svg")).hasSizeGreaterThanOrEqualTo(6)
                .allSatisfy(s -> assertThat(s.getAttribute("aria-label")).isNotBlank());
    }

    @Test
    void itsNumbersAreThoseOfTheRun() throws IOException {
        Path folder = run();
        Document page = page(folder);
        RunRecord run = RunRecord.read(folder);
        Evaluation val = run.val().orElseThrow();
        assertThat(texts(page, "strong")).contains(String.format(Locale.ROOT, "%.1f %%", 100 * val.top1()));
        assertThat(texts(page, "h1")).containsExactly("small on shades");
        List<Element> rows = all(all(section(page, "classes"), "tbody").getFirst(), "tr");
        assertThat(rows).hasSize(4);
        for (Element row : rows) {
            int k = val.classes().indexOf(texts(row, "th").getFirst());
            Rates r = val.rates().get(k);
            assertThat(texts(row, "td")).containsExactly(Integer.toString(r.images()), percent(r.precision()), percent(r.recall()),
                    percent(r.f1()));
        }
        List<Element> epochs = all(all(section(page, "training"), "tbody").getFirst(), "tr");
        assertThat(epochs).hasSize(3);
        for (int e = 0; e < 3; e++) {
            EpochResult result = run.epochs().get(e);
            assertThat(texts(epochs.get(e), "td").subList(3, 5)).containsExactly(
                    String.format(Locale.ROOT, "%.4f", result.valLoss()), String.format(Locale.ROOT, "%.2f", 100 * result.top1()));
        }
        List<String> counts = texts(section(page, "confusion"), "text");
        val.confusion().forEach(row -> row.stream().filter(n -> n > 0).forEach(n -> assertThat(counts).contains(n.toString())));
        assertThat(section(page, "confidence").getTextContent())
                .contains(String.format(Locale.ROOT, "error %.2f %%", 100 * val.calibration().error()));
        assertThat(all(section(page, "mistakes"), "img")).hasSize(24);
        assertThat(all(section(page, "mistakes"), "span").stream().filter(e -> e.getAttribute("class").equals("wrong")))
                .hasSize((int) val.topLosses().stream().limit(24).filter(e -> e.label() != e.predicted()).count());
        assertThat(texts(section(page, "mistakes"), "td")).contains(
                String.format(Locale.ROOT, "%.3f", val.topLosses().get(0).loss()),
                val.topLosses().get(0).source());
        assertThat(all(section(page, "batch"), "img")).hasSize(20);
        assertThat(page.getDocumentElement().getTextContent()).contains("here & <there>")
                .contains("Trained to its end: 3 of 3 epochs");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    @Test
    void itCanBeWrittenAgainFromTheFolderAlone() throws IOException {
        Path folder = run();
        report(folder);
        String before = Files.readString(folder.resolve(Run.REPORT));
        Path moved = Files.move(folder, temp.resolve("moved"));
        Files.delete(moved.resolve(Run.REPORT));
        Files.delete(moved.resolve("loss.png"));
        assertThat(report(moved)).exists();
        assertThat(moved.resolve("loss.png")).exists();
        assertThat(Files.readString(moved.resolve(Run.REPORT)).replace("moved", "run")).isEqualTo(before);
    }

    /** The first filter has a greatest weight, which is the deepest red, a 0, and one half as far below it. */
    @Test
    void filtersAreShownPixelByPixel() throws IOException {
        Path folder = run();
        Model best = ModelFile.read(folder.resolve(Run.BEST));
        Tensor w = best.parameters().get("conv1.weight");
        IntStream.range(0, w.size()).forEach(i -> w.set(i, 0));
        w.set(0, 0, 0, 1, 2);
        w.set(0, 0, 2, 1, -1);
        ModelFile.write(folder.resolve(Run.BEST), best);
        report(folder);
        Element filters = section(page(folder), "filters");
        assertThat(texts(filters, "p")).containsExactly("conv1.weight, 4 filters of 1×3×3. Blue is below 0, red above; the deepest are"
                + " ±2.00.");
        assertThat(all(filters, "img")).hasSize(4);
        BufferedImage first = new Thumbnail("", all(filters, "img").getFirst().getAttribute("src").replaceFirst("^.*,", "")).image();
        assertThat(first.getWidth()).isEqualTo(3);
        assertThat(first.getRGB(1, 0)).as("deepest red").isEqualTo(0xFFB2182B);
        assertThat(first.getRGB(0, 0)).as("zero").isEqualTo(0xFFF7F7F7);
        assertThat(first.getRGB(1, 2) & 255).as("blue of half depth").isGreaterThan((first.getRGB(1, 2) >> 16 & 255) + 40);
        assertThat(ImageIO.read(folder.resolve("filters.png").toFile()).getWidth()).isGreaterThan(300);
    }

    /** What a kill leaves: a log that ends anywhere, no end, no images. */
    @Test
    void aKilledRunHasAReportToo() throws IOException {
        Path folder = run();
        Path log = folder.resolve("events.jsonl");
        List<String> lines = Files.readAllLines(log);
        int second = IntStream.range(0, lines.size()).filter(i -> lines.get(i).startsWith("{\"event\":\"epoch\",\"epoch\":2"))
                .findFirst().orElseThrow();
        Files.writeString(log, String.join("\n", lines.subList(0, second)) + "\n{\"event\":\"epo");
        Files.delete(folder.resolve("examples.json"));
        report(folder);
        Document page = page(folder);
        assertThat(sections(page)).contains("training", "mistakes", "layers", "provenance");
        assertThat(page.getDocumentElement().getTextContent()).contains("Not at its end: 1 of 3 epochs");
        assertThat(all(section(page, "mistakes"), "img")).isEmpty();
        for (String file : List.of("val.json", "batch.json", "events.jsonl", "provenance.json", "best.safetensors")) {
            Files.delete(folder.resolve(file));
        }
        report(folder);
        assertThat(sections(page(folder))).containsExactly("provenance");
    }

    /** Files that a report is read from, one damaged at a time. */
    @ParameterizedTest
    @ValueSource(strings = {"events.jsonl", "val.json", "examples.json", "batch.json", "provenance.json", "config.json",
        "best.safetensors"})
    void aDamagedFileIsNamedOnceAndLeftOut(String file) throws IOException {
        Path folder = run();
        byte[] whole = Files.readAllBytes(folder.resolve(file));
        Files.delete(folder.resolve(Run.REPORT));
        Files.writeString(folder.resolve(file), "{\"event\": 3}\n{]\n");
        if (file.equals("events.jsonl")) {
            Files.write(folder.resolve(file), whole, StandardOpenOption.APPEND);
        }
        List<String> damaged = new ArrayList<>();
        Run.report(folder, damaged::add);
        assertThat(damaged).singleElement().asString().contains(folder.resolve(file).toString()).doesNotContain("\n");
        String page = page(folder).getDocumentElement().getTextContent();
        assertThat(page).contains("Left out: " + damaged.getFirst().substring(0, 20), "Trained to its end: 3");
        assertThat(sections(page(folder))).contains("training", "provenance");
    }

    @Test
    void ofWhatIsToldTwiceTheLaterCounts() throws IOException {
        Path folder = run();
        RunRecord whole = RunRecord.read(folder);
        Files.writeString(folder.resolve("events.jsonl"), "{\"event\":\"resumed\",\"epoch\":2,\"step\":4}\n",
                StandardOpenOption.APPEND);
        RunRecord resumed = RunRecord.read(folder);
        assertThat(resumed.epochs()).containsExactly(whole.epochs().getFirst());
        assertThat(resumed.looks()).isEqualTo(whole.looks().subList(0, 15)); // 11 steps of the first epoch, 4 of the second
    }

    @Test
    void aFolderThatIsNoRunIsRefused() {
        assertThatThrownBy(() -> report(temp)).isInstanceOf(FormatException.class).hasMessageContaining("config.json")
                .message().doesNotContain("\n");
    }

    /** From two classes, with a ROC, to a thousand, with names nobody would choose. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 13, 31, 41, 1000})
    void anyNumberOfClassesSeed7(int k) throws IOException {
        Path folder = run();
        Rng rng = new Rng(7);
        List<String> names = IntStream.range(0, k).mapToObj(i -> "class <" + i + "> & \"such\" \u0001" + "x".repeat(i % 50))
                .toList();
        int n = 2000;
        Tally tally = new Tally(names, n);
        for (int i = 0; i < n; i++) {
            double[] scores = new double[k];
            for (int c = 0; c < k; c++) {
                scores[c] = 3 * rng.split(i).uniform(c);
            }
            scores[i % k] += 1;
            tally.add(i, i % k, scores);
        }
        Evaluation val = tally.evaluation(i -> "photos/" + i + ".jpg", Tta.NONE);
        AtomicFile.write(folder.resolve(RunRecord.VAL), val.json().text());
        String html = Report.html(RunRecord.read(folder));
        Document page = Xml.parse(html);
        assertThat(all(all(section(page, "classes"), "tbody").getFirst(), "tr")).hasSize(Math.min(k, 30));
        assertThat(all(all(section(page, "classes"), "tbody").getLast(), "tr")).hasSize(k);
        boolean roc = all(page, "figure").stream().anyMatch(f -> f.getAttribute("id").equals("figure-roc"));
        assertThat(roc).isEqualTo(k == 2);
        Element accuracy = all(page, "figure").stream().filter(f -> f.getAttribute("id").equals("figure-accuracy")).findFirst()
                .orElseThrow();
        assertThat(texts(accuracy, "text").contains("top-5")).isEqualTo(k > 5);
        assertThat(all(section(page, "confusion"), "img")).hasSize(k > 40 ? 1 : 0);
        assertThat(html.length()).isLessThan(2_000_000);
        if (k == 2 || k == 1000) {
            report(folder);
            assertThat(ImageIO.read(folder.resolve("confusion.png").toFile()).getWidth()).isBetween(600, 3000);
            assertThat(Files.exists(folder.resolve("roc.png"))).isEqualTo(k == 2);
        }
    }
}
