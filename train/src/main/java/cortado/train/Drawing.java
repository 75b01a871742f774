package cortado.train;

/**
 * What pictures are drawn on: pixels for a file ({@link Canvas}) or SVG for a page ({@link Svg}). Coordinates are units from the top
 * left; text is placed by its baseline.
 */
sealed interface Drawing permits Canvas, Svg {
    /** Where text stands relative to its point. */
    enum Align {
        LEFT, CENTRE, RIGHT
    }

    /** How wide text will be, about. */
    double width(String text, double size);

    void text(String text, double x, double y, double size, Ink ink, Align align);

    /** Text that reads upwards, from its left end or around its middle. */
    void upwards(String text, double x, double y, double size, Ink ink, Align align);

    /** A filled rectangle. */
    void box(double x, double y, double width, double height, Ink ink);

    /** Straight lines from point to point. */
    void line(double[] x, double[] y, double width, boolean dashed, Ink ink);

    /** A filled circle. */
    void dot(double x, double y, double radius, Ink ink);

    default void line(double x1, double y1, double x2, double y2, Ink ink) {
        line(new double[] {x1, x2}, new double[] {y1, y2}, 1, false, ink);
    }

    /** Text no wider than so much, the rest replaced by an ellipsis. */
    default String fit(String text, double size, double width) {
        String t = text;
        for (int n = text.length() - 1; n > 0 && width(t, size) > width; n--) {
            t = text.substring(0, n).strip() + "…";
        }
        return t;
    }
}
