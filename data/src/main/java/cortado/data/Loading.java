package cortado.data;

/** What opening a data set tells while it reads image files. One listener call at a time, from any thread. */
public sealed interface Loading {
    /**
     * So far. Told for every image, so listeners choose how often they show it.
     *
     * @param images read
     * @param of     all
     */
    record Read(int images, int of) implements Loading {
    }

    /**
     * An image is left out, since it cannot be read and that was asked for. Told in the order of the files, after all were read.
     *
     * @param reason one line that begins with the file's name
     */
    record Skipped(String reason) implements Loading {
    }

    /**
     * A folder is read.
     *
     * @param images  of all its files
     * @param skipped that were left out
     */
    record Done(int images, int skipped) implements Loading {
    }
}
