package cortado.train;

/**
 * How often a training can be taken up again, besides at the end of every epoch.
 *
 * @param steps between two checkpoints within an epoch; 0 for none
 * @param keep  checkpoints that are kept, the newest, at least 1
 */
public record Saving(int steps, int keep) {
    /** At the end of every epoch; three are kept. */
    public static final Saving EPOCHS = new Saving(0, 3);

    /** Checks ranges; throws {@link cortado.tensor.FormatException}. */
    public Saving {
        Ranges.count("checkpoint steps", steps, 0, Integer.MAX_VALUE);
        Ranges.count("checkpoints to keep", keep, 1, 1_000_000);
    }

    /** Whether a checkpoint is due after so many steps of an epoch. */
    boolean due(int batch) {
        return steps > 0 && batch % steps == 0;
    }
}
