package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;

/**
 * Random erasing (Zhong et al. 2020): a rectangle of 2 to 33 % of the image, of a ratio from 0.3 to 1/0.3, is written over. As in
 * timm, ten tries find a rectangle that fits.
 *
 * @param probability that an image is erased from, 0 … 1
 * @param mode        what is written
 * @param count       the most rectangles, which then share the area; how many is drawn anew for each image
 */
public record Erasing(double probability, Mode mode, int count) implements Transform {
    /** Erases nothing. */
    public static final Erasing NONE = new Erasing(0, Mode.PIXEL, 1);

    private static final int TRIES = 10;
    private static final double LEAST_AREA = 0.02;
    private static final double MOST_AREA = 1 / 3.0;
    private static final double LOG_RATIO = StrictMath.log(1 / 0.3);

    /** What is written over a rectangle. */
    public enum Mode {
        /** The data set's mean colour: 0 after normalisation. */
        CONST,
        /** One colour, nearly normally distributed after normalisation, so values may lie outside 0–255. */
        RAND,
        /** Such a colour for every pixel. */
        PIXEL
    }

    /** Checks ranges; throws {@link FormatException}. */
    public Erasing {
        if (!(probability >= 0 && probability <= 1)) {
            throw new FormatException("random erasing (--reprob): expected a probability, 0 … 1, received " + probability);
        }
        if (count < 1 || count > 100) {
            throw new FormatException("random erasing (--recount): expected 1 … 100 rectangles, received " + count);
        }
    }

    @Override
    public void apply(Pixels x, long key) {
        if (Rng.uniform(key, 0) >= probability) {
            return;
        }
        int rectangles = 1 + Rng.below(key, 1, count);
        for (int r = 0; r < rectangles; r++) {
            erase(x, Rng.key(key, r), rectangles);
        }
    }

    private void erase(Pixels x, long key, int share) {
        int h = x.height();
        int w = x.width();
        for (int t = 0; t < TRIES; t++) {
            double area = h * w * (LEAST_AREA + (MOST_AREA - LEAST_AREA) * Rng.uniform(key, 4 * t)) / share;
            double ratio = StrictMath.exp(LOG_RATIO * (2 * Rng.uniform(key, 4 * t + 1) - 1));
            int rows = (int) Math.round(Math.sqrt(area * ratio));
            int columns = (int) Math.round(Math.sqrt(area / ratio));
            if (rows > 0 && columns > 0 && rows < h && columns < w) {
                fill(x, Rng.below(key, 4 * t + 2, h - rows + 1), Rng.below(key, 4 * t + 3, w - columns + 1), rows, columns, mode,
                        Rng.key(key, t));
                return;
            }
        }
    }

    /** Writes over what of a rectangle lies inside. */
    static void fill(Pixels x, int top, int left, int rows, int columns, Mode mode, long key) {
        int h = x.height();
        int w = x.width();
        for (int c = 0; c < x.channels(); c++) {
            float colour = x.normal(c, mode == Mode.CONST ? 0 : Pixels.noise(key, c));
            for (int y = Math.max(0, top); y < Math.min(h, top + rows); y++) {
                for (int o = Math.max(0, left); o < Math.min(w, left + columns); o++) {
                    int p = (c * h + y) * w + o;
                    x.now()[p] = mode == Mode.PIXEL ? x.normal(c, Pixels.noise(key, x.channels() + p)) : colour;
                }
            }
        }
    }
}
