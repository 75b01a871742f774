package cortado.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of one page: HTML in XML syntax that refers to nothing outside itself. No scripts, no fonts, no links but within it;
 * readable on a phone, in light and dark, and on paper.
 */
final class Page {
    /** What is longer takes a row of its own. */
    private static final int LONG = 24;

    private final StringBuilder body = new StringBuilder();
    private final List<String[]> sections = new ArrayList<>();
    private boolean open;

    static String escape(String text) {
        StringBuilder s = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> s.append("&amp;");
                case '<' -> s.append("&lt;");
                case '>' -> s.append("&gt;");
                case '"' -> s.append("&quot;");
                // what XML cannot hold, from a file's name say
                default -> s.appendCodePoint(c < ' ' && c != '\n' && c != '\t' || c >= 0xD800 && c < 0xE000 || c >= 0xFFFE
                        && c < 0x10000 ? 0xFFFD : c);
            }
        });
        return s.toString();
    }

    /** An element with text; a class may follow its name after a dot. */
    static String element(String tag, String text) {
        String[] name = tag.split("\\.");
        return "<" + name[0] + (name.length > 1 ? " class=\"" + name[1] + "\"" : "") + ">" + escape(text) + "</" + name[0] + ">";
    }

    /** Adds markup as it is. */
    Page add(String markup) {
        body.append(markup).append('\n');
        return this;
    }

    Page section(String mark, String title) {
        end();
        sections.add(new String[] {mark, title});
        open = true;
        return add("<section id=\"" + mark + "\">\n" + element("h2", title));
    }

    private void end() {
        body.append(open ? "</section>\n" : "");
        open = false;
    }

    Page paragraph(String text) {
        return add(element("p", text));
    }

    /** Figures side by side where there is room. */
    Page figures(List<Figure> figures) {
        add("<div class=\"figures\">");
        figures.forEach(f -> add(figure(f)));
        return add("</div>");
    }

    /** A figure with its words. */
    static String figure(Figure f) {
        return "<figure id=\"figure-" + f.name() + "\"><h3>" + escape(f.title()) + "</h3>\n" + f.svg()
                + element("figcaption", f.caption())
                + "</figure>";
    }

    /** An image with words below, for a gallery. */
    static String tile(Thumbnail image, String alt, String said, boolean wrong) {
        return "<figure class=\"tile\"><img" + (image.fine() ? " class=\"fine\"" : "") + " alt=\"" + escape(alt)
                + "\" src=\"data:image/png;base64," + image.png()
                + "\"/><figcaption>"
                + (image.label().isEmpty() ? "" : element("b", image.label()))
                + (said.isEmpty() ? "" : element(wrong ? "span.wrong" : "span", said))
                + "</figcaption></figure>";
    }

    /** {@return names and values, in rows} */
    static String facts(List<String[]> rows) {
        StringBuilder s = new StringBuilder("<dl class=\"facts\">\n");
        rows.forEach(r -> s.append(r[1].length() > LONG ? "<div class=\"long\">" : "<div>").append(element("dt", r[0]))
                .append(element("dd", r[1])).append("</div>\n"));
        return s.append("</dl>").toString();
    }

    /** {@return the whole file} */
    String html(String title, String header, String footer) {
        end();
        StringBuilder nav = new StringBuilder("<nav>");
        sections.forEach(s -> nav.append("<a href=\"#").append(s[0]).append("\">").append(escape(s[1])).append("</a> "));
        return "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                + "<meta name=\"color-scheme\" content=\"light dark\"/>\n" + element("title", title) + "\n<style>\n"
                + style() + "</style>\n</head>\n<body>\n<main>\n" + header + "\n" + nav + "</nav>\n" + body + footer
                + "\n</main>\n</body>\n</html>\n";
    }

    private static String style() {
        try (InputStream in = Page.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
