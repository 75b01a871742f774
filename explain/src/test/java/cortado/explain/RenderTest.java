package cortado.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.explain.Part.Check;
import cortado.explain.Part.Paragraph;
import cortado.op.AvgPool2d;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class RenderTest {
    private static final Tensor X = ExplainTest.random(new Rng(31), 5, 11);

    static Stream<Document> documents() {
        Tensor w = ExplainTest.random(new Rng(32), 3, 3);
        return Stream.of(Explain.notes(),
                Explain.conv2d(X, w, Optional.of(Tensor.of(new double[] {2}, 1)), Window.of(3, 2, 2), Optional.empty()),
                Explain.avgpool2d(X, new AvgPool2d(Window.of(3, 2, 1), true, false), Optional.empty()),
                Explain.softmaxCrossEntropy(MatrixText.parse("f", "1 -2.5 300"), 0), failing());
    }

    private static Document failing() {
        return new Document("<a> & \"b\"", "x < y", List.of(new Paragraph("`a < b` & c"), new Check("`x > 1`", Double.NaN, 1)));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void thePageIsWellFormedAndSelfContained(Document d) throws Exception {
        String page = Html.render(d);
        org.w3c.dom.Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(page)));
        assertThat(xml.getDocumentElement().getTagName()).isEqualTo("html");
        assertThat(page).doesNotContain("http:", "https:", "url(", "@import", "<script", "<link", "<img", "src=");
        NodeList links = xml.getElementsByTagName("a");
        for (int i = 0; i < links.getLength(); i++) {
            String to = links.item(i).getAttributes().getNamedItem("href").getTextContent();
            assertThat(to).startsWith("#");
            assertThat(page).contains("<section id=\"" + to.substring(1) + "\"");
        }
        assertThat(page).contains("prefers-color-scheme: dark", "@media print");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void textFitsTheTerminalAndColourChangesNothingElse(Document d) {
        for (int width : new int[] {80, 120}) {
            String plain = Text.render(d, false, width);
            assertThat(plain.lines()).allMatch(l -> Ink.width(l) <= width, "at most " + width + " columns");
            assertThat(plain).doesNotContain("\u001b", "`");
            String colour = Text.render(d, true, width);
            assertThat(colour).contains("\u001b[");
            assertThat(Ink.bare(colour).lines().map(String::stripTrailing)).containsExactlyElementsOf(plain.lines().toList());
        }
    }

    @Test
    void valuesStandUnderEachOther() {
        List<Integer> columns = new ArrayList<>();
        boolean n5 = false;
        for (String line : Text.render(Explain.notes(), false, 80).lines().toList()) {
            n5 = line.startsWith("N5") || n5 && !line.startsWith("N");
            if (n5 && line.matches(" +(=|dx).* = +[−0-9.]+ +[−0-9.]+ +[0-9.e−]+")) {
                columns.add(line.replaceAll(" +[−0-9.]+ +[0-9.e−]+$", "").length());
            }
        }
        assertThat(columns).hasSize(9).containsOnly(columns.getFirst());
    }

    @Test
    void matricesStandSideBySide() {
        assertThat(Text.render(Explain.notes(), false, 80)).contains("""
                          X              K                       Z
                    ⎡ 1  ‹2› ‹3›⎤     ⎡ 1 −1⎤       b       ⎡ −3  ‹−1›⎤
                    ⎢ 4  ‹5› ‹6›⎥  ⋆  ⎣−2  4⎦  +  [−14]  =  ⎣  3    5 ⎦
                    ⎣ 7   8   9 ⎦
                """);
    }

    @Test
    void aFailedCheckIsSeen() {
        Document d = failing();
        assertThat(d.ok()).isFalse();
        assertThat(d.failures()).hasSize(1);
        assertThat(Text.render(d, false, 80)).contains("✗ x > 1 (off by NaN, allowed 1)", "✗ 1 of 1 checks FAILED");
        assertThat(Html.render(d)).contains("✗", "class=\"bad\"", "1 of 1 checks FAILED");
    }

    @Test
    void wideMatricesAreElidedInTheTerminal() {
        Tensor x = Tensor.f64(2, 12);
        for (int i = 0; i < x.size(); i++) {
            x.set(i, -1000 - i / 7.0);
        }
        assertThat(Text.render(Explain.relu(x, Optional.empty()), false, 60)).contains("…");
    }

    @Test
    void formulasBecomeMathMl() {
        assertThat(MathMl.inline("x12")).isEqualTo("<math><msub><mi>x</mi><mn>12</mn></msub></math>");
        assertThat(MathMl.block("∂L/∂k_uv"))
                .contains("<mfrac><mrow><mrow><mi>∂</mi><mi>L</mi></mrow></mrow><mrow><mrow><mi>∂</mi><msub>");
        assertThat(MathMl.body("K[2]", false)).isEqualTo("<msup><mi>K</mi><mrow><mo>[</mo><mn>2</mn><mo>]</mo></mrow></msup>");
        assertThat(MathMl.body("rot180(K)", false)).startsWith("<msub><mi>rot</mi><mn>180</mn></msub><mrow>"
                + "<mo stretchy=\"false\">(</mo>");
        assertThat(MathMl.body("5e−12", false)).contains("<mo>×</mo><msup><mn>10</mn><mn>−12</mn></msup>");
        assertThat(MathMl.body("P = 1 if k = y, else 0", true)).contains("<mo>{</mo><mtable class=\"cases\">").contains("else");
        assertThat(MathMl.body("e^(f_k) / Σ_j e^(f_j)", true)).startsWith("<mfrac><mrow><msup>").endsWith("</mrow></mfrac>");
    }

    @Test
    void numbersReadAsAPersonWritesThem() {
        assertThat(List.of(0.0, -0.0, 1.0, -3.5, 0.1 + 0.2, 1e-7, -2.5e12, 123456.7, 1e6, Double.NaN).stream().map(Numbers::text))
                .containsExactly("0", "0", "1", "−3.5", "0.3", "1e−7", "−2.5e12", "123457", "1000000", "NaN");
    }
}
