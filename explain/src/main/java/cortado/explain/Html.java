package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Check;
import cortado.explain.Part.Formula;
import cortado.explain.Part.Grid;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Paragraph;
import cortado.explain.Part.Piece;
import cortado.explain.Part.Row;
import cortado.explain.Part.Sign;
import cortado.explain.Part.Slope;
import cortado.explain.Part.Term;
import cortado.explain.Part.Terms;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Shows a document as one page: HTML in XML syntax, formulas in MathML Core, light and dark, printable. It refers to nothing
 * outside itself: no scripts, no fonts, no links.
 */
public final class Html {
    private static final int MOST = 24;

    private final StringBuilder out = new StringBuilder();
    private boolean open;

    private Html() {
    }

    /**
     * Renders a page.
     *
     * @param document what to show
     * @return the whole file, UTF-8
     */
    public static String render(Document document) {
        Html html = new Html();
        html.head(document);
        Part before = new Paragraph("");
        for (Part part : document.parts()) {
            html.part(part, before);
            before = part;
        }
        html.closeChecks(before);
        html.closeSection();
        html.out.append("<footer class=\"").append(document.ok() ? "ok" : "bad").append("\">").append(document.ok() ? "✓ " : "✗ ")
                .append(MathMl.escape(document.verdict())).append("</footer>\n</main>\n</body>\n</html>\n");
        return html.out.toString();
    }

    private void head(Document d) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>")
                .append(MathMl.escape(d.title())).append("</title>\n<style>\n").append(style())
                .append("</style>\n</head>\n<body>\n<main>\n")
                .append("<header><h1>").append(MathMl.escape(d.title())).append("</h1>\n<p class=\"sub\">")
                .append(prose(d.subtitle()))
                .append("</p>\n");
        List<Heading> marks = d.parts().stream().filter(Heading.class::isInstance).map(Heading.class::cast).toList();
        if (marks.size() > 1) {
            out.append("<nav>");
            marks.forEach(h -> out.append("<a href=\"#").append(h.mark()).append("\" title=\"").append(MathMl.escape(h.text()))
                    .append("\">")
                    .append(h.mark()).append("</a> "));
            out.append("</nav>\n");
        }
        out.append("<p class=\"verdict ").append(d.ok() ? "ok" : "bad").append("\">").append(d.ok() ? "✓ " : "✗ ")
                .append(MathMl.escape(d.verdict())).append("</p></header>\n");
    }

    private static String style() {
        try (InputStream in = Html.class.getResourceAsStream("page.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void part(Part part, Part before) {
        if (!(part instanceof Check)) {
            closeChecks(before);
        }
        switch (part) {
            case Heading h -> heading(h);
            case Paragraph p -> out.append("<p>").append(prose(p.text())).append("</p>\n");
            case Formula f -> out.append("<div class=\"formula\">").append(MathMl.block(f.notation())).append("</div>\n");
            case Matrices m -> matrices(m);
            case Terms t -> terms(t);
            case Check c -> check(c, before);
        }
    }

    private void heading(Heading h) {
        closeSection();
        open = true;
        out.append("<section id=\"").append(MathMl.escape(h.mark())).append("\">\n<h2><span class=\"mark\">")
                .append(MathMl.escape(h.mark()))
                .append("</span> ").append(MathMl.escape(h.text())).append("</h2>\n");
    }

    private void closeSection() {
        out.append(open ? "</section>\n" : "");
        open = false;
    }

    private void closeChecks(Part before) {
        out.append(before instanceof Check ? "</ul>\n" : "");
    }

    private void check(Check c, Part before) {
        out.append(before instanceof Check ? "" : "<ul class=\"checks\">\n").append("<li class=\"")
                .append(c.passed() ? "ok" : "bad").append("\"><span class=\"tick\">").append(c.passed() ? "✓" : "✗")
                .append("</span><span>").append(prose(c.what()))
                .append(" <span class=\"within\">").append(words(c.verdict())).append("</span></span></li>\n");
    }

    /** Words with numbers among them. */
    private static String words(String text) {
        StringBuilder s = new StringBuilder();
        for (String word : text.split(" ")) {
            String number = word.replaceAll(",$", "");
            s.append(s.isEmpty() ? "" : " ").append(!Character.isDigit(word.charAt(0)) ? MathMl.escape(word)
                    : MathMl.inline(number) + word.substring(number.length()));
        }
        return s.toString();
    }

    /** Sentences with formulas between backticks. */
    private static String prose(String text) {
        StringBuilder s = new StringBuilder();
        String[] pieces = text.split("`", -1);
        for (int i = 0; i < pieces.length; i++) {
            s.append(i % 2 == 0 ? MathMl.escape(pieces[i]) : MathMl.inline(pieces[i]));
        }
        return s.toString();
    }

    private void matrices(Matrices m) {
        out.append("<div class=\"matrices\">");
        boolean pair = false;
        for (Piece piece : m.pieces()) {
            switch (piece) {
                case Sign s -> out.append("<span class=\"pair\"><span class=\"sign\">").append(MathMl.inline(s.notation()))
                        .append("</span>");
                case Grid g -> grid(g);
            }
            out.append(pair && piece instanceof Grid ? "</span>" : "");
            pair = piece instanceof Sign;
        }
        out.append(pair ? "</span>" : "");
        out.append("</div>\n");
    }

    private void grid(Grid g) {
        out.append("<span class=\"grid\"><span class=\"name\">").append(MathMl.inline(g.name()))
                .append("</span><math><mtable class=\"matrix\">");
        for (int row : Cells.shown(g.values().shape().dim(0), MOST)) {
            out.append("<mtr>");
            for (int column : Cells.shown(g.values().shape().dim(1), MOST)) {
                At at = new At(row, column);
                String kind = g.lit().contains(at) ? " class=\"lit\"" : g.faint().contains(at) ? " class=\"faint\"" : "";
                out.append("<mtd").append(kind).append(">").append(MathMl.body(Cells.text(g, at), false)).append("</mtd>");
            }
            out.append("</mtr>");
        }
        out.append("</mtable></math></span>");
    }

    private void terms(Terms t) {
        out.append("<div class=\"scroll\"><table class=\"terms\">\n");
        if (t.measured()) {
            out.append("<thead><tr><th></th><th></th><th>value</th><th>measured</th><th>off by</th></tr></thead>\n");
        }
        out.append("<tbody>\n");
        t.rows().forEach(this::row);
        out.append("</tbody></table></div>\n");
        if (t.leftOut() > 0) {
            out.append("<p class=\"more\">… and ").append(t.leftOut()).append(" more, computed and checked in the same way.</p>\n");
        }
    }

    private void row(Row r) {
        out.append("<tr><th scope=\"row\">").append(MathMl.inline(r.cell())).append("</th><td class=\"sum")
                .append(r.terms().size() == 1 ? " one" : "")
                .append("\">");
        if (r.terms().isEmpty()) {
            out.append("<div class=\"symbols\">").append(MathMl.inline("= 0")).append("</div>");
        } else {
            fold(r, false);
            fold(r, true);
        }
        out.append("</td><td class=\"value\">").append(MathMl.inline("= " + Numbers.text(r.value()))).append("</td>");
        r.slope().ifPresent(this::slope);
        out.append("</tr>\n");
    }

    private void slope(Slope s) {
        out.append("<td class=\"measured\">").append(MathMl.inline(Numbers.text(s.value()))).append("</td><td class=\"off\">")
                .append(s.kink() ? "kink" : MathMl.inline(Numbers.rough(s.difference()))).append("</td>");
    }

    /** Every term is a formula of its own, so that lines can break between them. */
    private void fold(Row r, boolean numbers) {
        out.append("<div class=\"").append(numbers ? "numbers" : "symbols").append("\">");
        String before = "= " + r.fold().open;
        for (int i = 0; i < r.terms().size(); i++) {
            Term t = r.terms().get(i);
            String after = i < r.terms().size() - 1 ? r.fold() == Part.Fold.MAX ? "," : "" : r.fold().close;
            out.append("<span>").append(before.isBlank() ? "" : "<span class=\"join\">" + MathMl.inline(before.strip()) + "</span>")
                    .append(MathMl.inline(numbers ? t.numbers() : t.symbols())).append(after.isEmpty() ? "" : MathMl.inline(after))
                    .append("</span> ");
            before = r.fold() == Part.Fold.MAX ? "" : "+";
        }
        out.append("</div>");
    }
}
