package cortado.op;

import java.util.stream.IntStream;

/**
 * How a {@link Correlation} is cut into parts: the batch into stretches, some images or a band of rows, and where that is not enough
 * the panels of outputs into splits. Cuts follow from shapes alone. Few images are cut into even numbers of parts of one size, so that
 * no thread of two waits for the other.
 */
final class Cuts {
    /** Parts that a batch is cut into at least, where there is enough to cut. */
    static final int PARTS = 16;
    /** Outputs of a stretch, about: enough that fetching a panel of weights costs little. */
    private static final int PIXELS = 512;
    /** From so many outputs on half as many parts do: every band fetches all weights. */
    private static final int FEW = 64;
    /** So many are not cut. */
    private static final int LEAST = 24;

    /** A stretch of the batch: a band of rows of some images. */
    record Stretch(int first, int images, int top, int rows) {
    }

    private final int high;
    private final int tile;
    private final boolean vectors;
    private final int bands;
    /** Images of a stretch. */
    final int together;
    /** Rows of a band, at most. */
    final int band;
    /** How many parts share a stretch. */
    final int splits;

    /**
     * Plans.
     *
     * @param n       images
     * @param high    rows of outputs
     * @param columns of outputs
     * @param panels  of outputs
     * @param most    splits at most
     * @param tile    what a cut's row is a multiple of
     * @param vectors whether rows are the batch, of which there may be fewer
     */
    Cuts(int n, int high, int columns, int panels, int most, int tile, boolean vectors) {
        this.high = high;
        this.tile = tile;
        this.vectors = vectors;
        int rows = Math.clamp(PIXELS / columns, 1, high);
        int images = high <= rows ? Math.clamp(PIXELS / (high * columns), 1, n) : 1;
        while (images > 1 && Math.ceilDiv(n, images) * panels < PARTS) {
            images--;
        }
        while (rows > 1 && rows * columns > LEAST
                && n * Math.ceilDiv(high, rows) * panels < (rows * columns > FEW ? PARTS : PARTS / 2)) {
            rows--;
        }
        int cuts = Math.ceilDiv(high, rows);
        together = images;
        bands = vectors || cuts == 1 ? cuts : Math.min(high, cuts + cuts % 2);
        band = vectors ? Math.ceilDiv(high, bands) : IntStream.range(0, bands).map(b -> top(b + 1) - top(b)).max().orElse(0);
        int least = Math.ceilDiv(PARTS, Math.ceilDiv(n, together) * bands);
        splits = IntStream.rangeClosed(least, most).filter(i -> panels % i == 0).findFirst().orElse(most);
    }

    /** {@return stretches of n images} */
    int stretches(int n) {
        return vectors ? Math.ceilDiv(Math.min(n, high), band) : Math.ceilDiv(n, together) * bands;
    }

    /** {@return one of them} */
    Stretch stretch(int number, int n) {
        if (vectors) {
            return new Stretch(0, 1, number * band, Math.min(band, Math.min(n, high) - number * band));
        }
        int first = number / bands * together;
        int top = top(number % bands);
        return new Stretch(first, Math.min(together, n - first), top, top(number % bands + 1) - top);
    }

    /** The first row of a band. */
    private int top(int band) {
        return band == bands ? high : band * high / bands / tile * tile;
    }
}
