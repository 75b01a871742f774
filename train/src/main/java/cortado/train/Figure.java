package cortado.train;

import cortado.train.Drawing.Align;
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
    private static final int HEAD = 70;
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
        Canvas c = new Canvas(w, (int) Math.ceil(height) + HEAD + MARGIN);
        c.title(title, MARGIN, 32);
        c.text(c.fit(caption, 12, w - 2 * MARGIN), MARGIN, 52, 12, Ink.FAINT, Align.LEFT);
        c.within(MARGIN, HEAD, () -> content.accept(c));
        return c;
    }
}
