package cortado.explain;

import cortado.explain.Part.Check;
import cortado.explain.Part.Formula;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Paragraph;
import cortado.explain.Part.Terms;
import java.util.List;

/** Shows a document in a terminal: aligned, within a width, with colours if wanted. */
public final class Text {
    static final String INDENT = "    ";
    private static final int NARROWEST = 40;

    private final Ink ink;
    private final int width;
    private final StringBuilder out = new StringBuilder();

    private Text(Ink ink, int width) {
        this.ink = ink;
        this.width = width;
    }

    /**
     * Renders a document.
     *
     * @param document what to show
     * @param colour   whether the terminal understands ANSI colours
     * @param width    columns, at least 40 are used; only a single long term or number is allowed to be wider
     * @return lines, each ended by {@code \n}
     */
    public static String render(Document document, boolean colour, int width) {
        Text text = new Text(new Ink(colour), Math.max(NARROWEST, width));
        text.line(text.ink.strong(document.title()));
        text.wrapped("", "", plain(document.subtitle()));
        Part before = new Paragraph("");
        for (Part part : document.parts()) {
            text.part(part, before);
            before = part;
        }
        text.line("");
        text.line(text.ink.verdict(document.ok(), (document.ok() ? "✓ " : "✗ ") + document.verdict()));
        return text.out.toString();
    }

    private void part(Part part, Part before) {
        if (!(part instanceof Check && before instanceof Check)) {
            line("");
        }
        switch (part) {
            case Heading h -> heading(h);
            case Paragraph p -> wrapped(INDENT, INDENT, plain(p.text()));
            case Formula f -> wrapped(INDENT.repeat(2), INDENT.repeat(3), plain(f.notation()));
            case Matrices m -> new TextMatrices(ink, width - INDENT.length()).lines(m.pieces()).forEach(l -> line(INDENT + l));
            case Terms t -> new TextTerms(ink, width - INDENT.length()).lines(t).forEach(l -> line(INDENT + l));
            case Check c -> check(c);
        }
    }

    private void heading(Heading h) {
        String title = (h.mark() + INDENT).substring(0, Math.max(INDENT.length(), h.mark().length() + 1)) + h.text() + " ";
        line("");
        line(ink.strong(title) + ink.faint("─".repeat(Math.max(0, width - Ink.width(title)))));
    }

    private void check(Check c) {
        List<String> lines = Ink.wrap(plain(c.what()) + " (" + c.verdict() + ")", width - INDENT.length() - 2);
        for (int i = 0; i < lines.size(); i++) {
            line(INDENT + (i > 0 ? "  " : ink.verdict(c.passed(), c.passed() ? "✓ " : "✗ "))
                    + (c.passed() ? lines.get(i) : ink.verdict(false, lines.get(i))));
        }
    }

    static String plain(String text) {
        return text.replace("`", "").replace("\"", "");
    }

    private void wrapped(String first, String rest, String text) {
        List<String> lines = Ink.wrap(text, width - rest.length());
        for (int i = 0; i < lines.size(); i++) {
            line((i == 0 ? first : rest) + lines.get(i));
        }
    }

    private void line(String line) {
        out.append(line.stripTrailing()).append('\n');
    }
}
