package cortado.explain;

import java.util.ArrayList;
import java.util.List;

/**
 * ANSI colours, or none; and the width of what they leave visible.
 *
 * @param colour whether to use any
 */
record Ink(boolean colour) {
    private static final String RESET = "\u001b[0m";

    String strong(String s) {
        return paint("1", s);
    }

    String faint(String s) {
        return paint("2", s);
    }

    String lit(String s) {
        return paint("1;33", s);
    }

    String verdict(boolean good, String s) {
        return paint(good ? "32" : "1;31", s);
    }

    private String paint(String code, String s) {
        return colour && !s.isEmpty() ? "\u001b[" + code + "m" + s + RESET : s;
    }

    static String bare(String s) {
        return s.replaceAll("\u001b\\[[0-9;]*m", "");
    }

    static int width(String s) {
        return bare(s).codePointCount(0, bare(s).length());
    }

    static String left(String s, int width) {
        return s + " ".repeat(Math.max(0, width - width(s)));
    }

    static String right(String s, int width) {
        return " ".repeat(Math.max(0, width - width(s))) + s;
    }

    static String centre(String s, int width) {
        int room = Math.max(0, width - width(s));
        return " ".repeat(room / 2) + s + " ".repeat(room - room / 2);
    }

    /** Breaks at blanks. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
