package cortado.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Typesets the notation of formulas as MathML Core.
 *
 * <pre>
 * x12, x_ij, x_(i+u, j)    subscripts: digits right after a letter, or what follows _
 * e^(f_k), K[2]            superscripts; a layer's number keeps its brackets
 * ∂L/∂K                    a fraction of its two neighbours
 * a / b c = …              a fraction over all that follows, up to the next =, + or −
 * Σ_uv                     a sum, with its indices below
 * a = b if c, else d       cases under a brace
 * "words"                  upright text
 * </pre>
 */
final class MathMl {
    private static final Set<String> WORDS = Set.of("conv", "pad", "dilate", "rot", "log", "max");
    private static final Pattern CASES = Pattern.compile("(.* = )(.*) if (.*), else (.*)");
    private static final String LOWER = "=+−,→≤";

    private final String s;
    /** Whether fractions are set one above the other; on a line of text they would be too small. */
    private final boolean stacked;
    private int at;

    /** What was read last: as it stands, and without its parentheses. */
    private record Item(String xml, String bare) {
        static Item of(String xml) {
            return new Item(xml, xml);
        }
    }

    private MathMl(String s, boolean stacked) {
        this.s = s;
        this.stacked = stacked;
    }

    /** A formula within a line. */
    static String inline(String notation) {
        return "<math>" + body(notation, false) + "</math>";
    }

    /** A formula on its own line. */
    static String block(String notation) {
        return "<math display=\"block\">" + body(notation, true) + "</math>";
    }

    /** The elements alone. */
    static String body(String notation, boolean stacked) {
        Matcher m = CASES.matcher(notation);
        if (!m.matches()) {
            return new MathMl(notation, stacked).sequence("").xml();
        }
        return body(m.group(1).strip(), stacked) + "<mo>{</mo><mtable class=\"cases\"><mtr><mtd>" + body(m.group(2), stacked)
                + "</mtd><mtd><mtext>if\u00a0</mtext>" + body(m.group(3), stacked) + "</mtd></mtr><mtr><mtd>"
                + body(m.group(4), stacked) + "</mtd><mtd><mtext>else</mtext></mtd></mtr></mtable>";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Reads up to one of these characters, which stays unread. */
    private Item sequence(String stops) {
        List<Item> items = new ArrayList<>();
        while (at < s.length()) {
            boolean spaced = peek() == ' ';
            while (peek() == ' ') {
                at++;
            }
            if (stops.indexOf(peek()) >= 0) {
                break;
            }
            if (peek() == '/' && !items.isEmpty() && stacked) {
                at++;
                String over = items.removeLast().bare();
                String under = (spaced ? sequence(stops + LOWER) : operand()).bare();
                items.add(Item.of("<mfrac><mrow>" + over + "</mrow><mrow>" + under + "</mrow></mfrac>"));
            } else if (peek() == '/') {
                at++;
                items.add(Item.of(spaced ? "<mo>/</mo>" : "<mo lspace=\"0\" rspace=\"0\">/</mo>"));
            } else if (peek() == '−' && (items.isEmpty() || items.getLast().xml().endsWith("</mo>"))) {
                at++;
                items.add(Item.of("<mo form=\"prefix\">−</mo>"));
            } else {
                items.add(operand());
            }
        }
        StringBuilder xml = new StringBuilder();
        items.forEach(i -> xml.append(i.xml()));
        return new Item(xml.toString(), items.size() == 1 ? items.getFirst().bare() : xml.toString());
    }

    private char peek() {
        return at < s.length() ? s.charAt(at) : '\0';
    }

    private Item operand() {
        char c = peek();
        if (c == '∂') {
            at++;
            return Item.of("<mrow><mi>∂</mi>" + operand().xml() + "</mrow>");
        }
        if (c == '(' || c == ' ' && skip()) {
            return c == '(' ? scripts(group()) : operand();
        }
        if (Character.isDigit(c)) {
            return Item.of(number());
        }
        if (c == '"') {
            return Item.of("<mtext>" + (at > 0 ? "\u00a0" : "") + escape(quoted()) + "\u00a0</mtext>");
        }
        if (c == 'Σ') {
            at++;
            return Item.of(peek() == '_' ? "<munder><mo>Σ</mo>" + script() + "</munder>" : "<mo>Σ</mo>");
        }
        if (Character.isLetter(c)) {
            String word = word();
            String space = word.length() > 1 && peek() == ' ' ? "<mspace width=\"0.17em\"/>" : "";
            return scripts(Item.of("<mi>" + word + "</mi>" + space));
        }
        at++;
        return Item.of("<mo>" + escape(String.valueOf(c)) + "</mo>");
    }

    private boolean skip() {
        at++;
        return true;
    }

    private Item group() {
        at++;
        String inner = sequence(")").xml();
        boolean closed = peek() == ')';
        at++;
        String mo = inner.contains("<mfrac>") ? "<mo>" : "<mo stretchy=\"false\">";
        return new Item("<mrow>" + mo + "(</mo>" + inner + (closed ? mo + ")</mo>" : "") + "</mrow>", inner);
    }

    private String quoted() {
        int end = s.indexOf('"', at + 1);
        String text = s.substring(at + 1, end);
        at = end + 1;
        return text;
    }

    private String word() {
        int end = at;
        while (end < s.length() && Character.isLetter(s.charAt(end))) {
            end++;
        }
        String word = s.substring(at, end);
        if (!WORDS.contains(word)) {
            word = word.substring(0, 1);
        }
        at += word.length();
        return word;
    }

    private String number() {
        int from = at;
        while (Character.isDigit(peek()) || peek() == '.') {
            at++;
        }
        String mantissa = s.substring(from, at);
        if (peek() != 'e' || at + 1 >= s.length() || !(Character.isDigit(s.charAt(at + 1)) || s.charAt(at + 1) == '−')) {
            return "<mn>" + mantissa + "</mn>";
        }
        from = ++at;
        at++;
        while (Character.isDigit(peek())) {
            at++;
        }
        String power = "<msup><mn>10</mn><mn>" + s.substring(from, at) + "</mn></msup>";
        return mantissa.equals("1") ? power : "<mrow><mn>" + mantissa + "</mn><mo>×</mo>" + power + "</mrow>";
    }

    /** Subscripts and superscripts that follow. */
    private Item scripts(Item base) {
        String sub = "";
        String sup = "";
        while (true) {
            if (Character.isDigit(peek()) && sub.isEmpty()) {
                sub = number();
            } else if (peek() == '_' && sub.isEmpty()) {
                sub = script();
            } else if (peek() == '^' && sup.isEmpty()) {
                sup = script();
            } else if (peek() == '[' && sup.isEmpty()) {
                int end = s.indexOf(']', at);
                sup = "<mrow><mo>[</mo><mn>" + s.substring(at + 1, end) + "</mn><mo>]</mo></mrow>";
                at = end + 1;
            } else {
                break;
            }
        }
        if (sub.isEmpty() && sup.isEmpty()) {
            return base;
        }
        if (sup.isEmpty()) {
            return Item.of("<msub>" + base.xml() + sub + "</msub>");
        }
        return Item.of(sub.isEmpty() ? "<msup>" + base.xml() + sup + "</msup>"
                : "<msubsup>" + base.xml() + sub + sup + "</msubsup>");
    }

    private String script() {
        at++;
        if (peek() == '(') {
            return "<mrow>" + group().bare() + "</mrow>";
        }
        StringBuilder xml = new StringBuilder("<mrow>");
        while (Character.isLetterOrDigit(peek())) {
            boolean digit = Character.isDigit(peek());
            xml.append(digit ? "<mn>" : "<mi>").append(peek()).append(digit ? "</mn>" : "</mi>");
            at++;
        }
        return xml.append("</mrow>").toString();
    }
}
