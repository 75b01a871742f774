package cortado.train;

import cortado.train.Drawing.Align;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A picture, however it will be drawn.
 *
 * @param name    of its file, without ending
 * @param title   a few words
 * @param caption what to see in it, a sentence or two
 * @param width   in units
 * @param height  in units
 * @param content draws it
 */
record Figure(String name, String title, String caption, double width, double height, Consumer<Drawing> content) {
    private static final int HEAD = 54;
    private static final int LINE = 16;
    private static final int MARGIN = 20;
    private static final int LEAST = 440;

    /** {@return the element of a page; title and caption are the page's to show} */
    String svg() {
        Svg svg = new Svg(width, height, title);
        content.accept(svg);
        return svg.element();
    }

    /** {@return a sheet with title, caption and picture} */
    Canvas canvas() {
        int w = (int) Math.max(LEAST, Math.ceil(width)) + 2 * MARGIN;
        List<String> lines = lines(w - 2 * MARGIN);
        int head = HEAD + LINE * lines.size();
        Canvas c = new Canvas(w, (int) Math.ceil(height) + head + MARGIN);
        c.title(title, MARGIN, 32);
        for (int i = 0; i < lines.size(); i++) {
            c.text(lines.get(i), MARGIN, 52 + LINE * i, 12, Ink.FAINT, Align.LEFT);
        }
        c.within(MARGIN, head, () -> content.accept(c));
        return c;
    }

    /** The caption in lines of so much width. */
    private List<String> lines(int width) {
        Canvas probe = new Canvas(1, 1);
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : caption.split(" ")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (!line.isEmpty() && probe.width(longer, 12) > width) {
                lines.add(line);
                longer = word;
            }
            line = longer;
        }
        lines.add(line);
        return lines;
    }
}
