package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to open a data set.
 *
 * @param folder   where the user keeps data sets ({@code --data-dir}); looked in first
 * @param cache    where downloads go and are looked for
 * @param download whether a data set that is nowhere may be fetched into the cache
 * @param image    {@code C H W} that images are fitted to: colours converted, scaled to cover, centre-cropped; empty keeps the
 *                 data set's own size
 * @param seed     decides which examples are held out where the data has no split of its own
 * @param holdout  share of examples held out then, between 0 and 1
 * @param bad      what happens to image files that cannot be read
 * @param listener told how reading goes
 */
public record Options(Optional<Path> folder, Optional<Path> cache, boolean download, Optional<Shape> image, long seed,
        double holdout, BadImage bad, Consumer<Loading> listener) {
    /** What happens to an image file that cannot be read. */
    public enum BadImage {
        /** It is left out, and the listener is told. */
        SKIP,
        /** The data set is not opened. */
        FAIL;

        /**
         * Reads a word.
         *
         * @param word {@code skip} or {@code fail}
         * @return what it says
         * @throws FormatException for any other
         */
        public static BadImage of(String word) {
            return switch (word) {
                case "skip" -> SKIP;
                case "fail" -> FAIL;
                default -> throw new FormatException("--on-bad-image: expected skip or fail, received " + word);
            };
        }
    }

    /** Checks ranges; throws {@link FormatException}. */
    public Options {
        if (!(holdout > 0 && holdout < 1)) {
            throw new FormatException("the held-out share must lie between 0 and 1, received " + holdout);
        }
        image.ifPresent(Options::check);
    }

    private static void check(Shape s) {
        s.expectRank(3, "an image is C×H×W");
        if (s.dim(0) != 1 && s.dim(0) != 3) {
            throw new FormatException("images have 1 (grey) or 3 (colour) channels, but " + s + " was asked for");
        }
    }

    /** {@return no folders, no download, the data's own image size, seed 0, a fifth held out} */
    public static Options defaults() {
        return new Options(Optional.empty(), Optional.empty(), false, Optional.empty(), 0, 0.2, BadImage.FAIL, told -> {});
    }

    /**
     * {@return changed options}
     * @param path looked in first
     */
    public Options withFolder(Path path) {
        return new Options(Optional.of(path), cache, download, image, seed, holdout, bad, listener);
    }

    /**
     * {@return changed options}
     * @param path     where downloads lie
     * @param fetching whether missing data sets may be fetched
     */
    public Options withCache(Path path, boolean fetching) {
        return new Options(folder, Optional.of(path), fetching, image, seed, holdout, bad, listener);
    }

    /**
     * {@return changed options}
     * @param shape {@code C H W}
     */
    public Options withImage(Shape shape) {
        return new Options(folder, cache, download, Optional.of(shape), seed, holdout, bad, listener);
    }

    /**
     * {@return changed options}
     * @param value decides the split
     * @param share held out
     */
    public Options withSplit(long value, double share) {
        return new Options(folder, cache, download, image, value, share, bad, listener);
    }

    /**
     * {@return changed options}
     * @param value what happens to image files that cannot be read
     * @param told  how reading goes: progress, and what is left out
     */
    public Options withReading(BadImage value, Consumer<Loading> told) {
        return new Options(folder, cache, download, image, seed, holdout, value, told);
    }
}
