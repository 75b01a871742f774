package cortado.train;

import java.util.Locale;

/**
 * A colour of pictures: fixed on paper, and by name in a page, where it follows the reader's light or dark theme.
 *
 * @param css  what a page's style calls it
 * @param rgb  red, green and blue on white paper
 * @param deep how opaque, 0 … 1
 */
record Ink(String css, int rgb, double deep) {
    static final Ink TEXT = new Ink("var(--ink)", 0x222222, 1);
    static final Ink FAINT = new Ink("var(--faint)", 0x707070, 1);
    static final Ink GRID = new Ink("var(--grid)", 0xE4E4E4, 1);
    static final Ink PAPER = new Ink("var(--card)", 0xFFFFFF, 1);
    /** Blue and vermilion of Okabe and Ito's palette, which the colour-blind can tell apart. */
    static final Ink BLUE = new Ink("var(--blue)", 0x0072B2, 1);
    static final Ink RED = new Ink("var(--red)", 0xD55E00, 1);

    /** {@return the same colour, so opaque} */
    Ink at(double share) {
        return new Ink(css, rgb, Math.clamp(share, 0, 1));
    }

    /**
     * A colour for a place in an order, the same in every theme: from violet over green to yellow, after van der Walt and Smith's
     * viridis (2015), but neither so dark nor so light that a line would be lost on black or white.
     *
     * @param t 0 … 1
     */
    static Ink along(double t) {
        int[][] stops = {{0x6C, 0x5F, 0xC0}, {0x2A, 0x88, 0xAE}, {0x22, 0xA8, 0x84}, {0x7A, 0xD1, 0x51}, {0xC2, 0xB5, 0x1A}};
        double place = Math.clamp(t, 0, 1) * (stops.length - 1);
        int k = Math.min((int) place, stops.length - 2);
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
            rgb = rgb << 8 | (int) Math.round(stops[k][c] + (place - k) * (stops[k + 1][c] - stops[k][c]));
        }
        return new Ink(String.format(Locale.ROOT, "#%06x", rgb), rgb, 1);
    }
}
