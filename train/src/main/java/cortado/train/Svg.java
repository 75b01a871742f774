package cortado.train;

import java.util.Locale;

/** Draws into the text of an SVG picture that stands in a page and takes its colours and fonts from the page's style. */
final class Svg implements Drawing {
    /** The mean width of a letter, in heights. */
    private static final double LETTER = 0.55;

    private final StringBuilder out = new StringBuilder();
    private final double width;
    private final double height;
    private final String label;

    /** @param label what it shows, for those who hear the page */
    Svg(double width, double height, String label) {
        this.width = width;
        this.height = height;
        this.label = label;
    }

    @Override
    public double width(String text, double size) {
        return LETTER * size * text.length();
    }

    @Override
    public void text(String text, double x, double y, double size, Ink ink, Align align) {
        words(text, "x=\"" + n(x) + "\" y=\"" + n(y) + "\"", size, ink, align);
    }

    @Override
    public void upwards(String text, double x, double y, double size, Ink ink, Align align) {
        words(text, "transform=\"translate(" + n(x) + " " + n(y) + ") rotate(-90)\"", size, ink, align);
    }

    private void words(String text, String place, double size, Ink ink, Align align) {
        String anchor = switch (align) {
            case LEFT -> "";
            case CENTRE -> " text-anchor=\"middle\"";
            case RIGHT -> " text-anchor=\"end\"";
        };
        out.append("<text ").append(place).append(" font-size=\"").append(n(size)).append('"').append(anchor)
                .append(paint("fill", ink)).append('>').append(Page.escape(text)).append("</text>\n");
    }

    @Override
    public void box(double x, double y, double w, double h, Ink ink) {
        out.append("<rect x=\"").append(n(x)).append("\" y=\"").append(n(y)).append("\" width=\"").append(n(w))
                .append("\" height=\"")
                .append(n(h)).append('"').append(paint("fill", ink)).append("/>\n");
    }

    @Override
    public void line(double[] x, double[] y, double thick, boolean dashed, Ink ink) {
        out.append("<path d=\"");
        for (int i = 0; i < x.length; i++) {
            out.append(i == 0 ? "M" : "L").append(n(x[i])).append(' ').append(n(y[i]));
        }
        out.append("\" fill=\"none\" stroke-width=\"").append(n(thick)).append('"')
                .append(dashed ? " stroke-dasharray=\"4 4\"" : "")
                .append(" stroke-linejoin=\"round\" stroke-linecap=\"round\"").append(paint("stroke", ink)).append("/>\n");
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        out.append("<circle cx=\"").append(n(x)).append("\" cy=\"").append(n(y)).append("\" r=\"").append(n(radius)).append('"')
                .append(paint("fill", ink)).append("/>\n");
    }

    private static String paint(String what, Ink ink) {
        String style = " style=\"" + what + ":" + ink.css();
        return style + (ink.deep() < 1 ? ";" + what + "-opacity:" + n(ink.deep()) : "") + "\"";
    }

    /** Two digits are a hundredth of a unit: enough. */
    private static String n(double v) {
        String s = String.format(Locale.ROOT, "%.2f", v);
        return s.replaceFirst("\\.?0+$", "").replaceFirst("^-0$", "0");
    }

    /** {@return the element} */
    String element() {
        return "<svg viewBox=\"0 0 " + n(width) + " " + n(height) + "\" style=\"--width:" + n(width)
                + "px\" role=\"img\" aria-label=\"" + Page.escape(label) + "\">\n"
                + out
                + "</svg>\n";
    }
}
