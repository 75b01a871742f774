package cortado.op;

import java.util.function.IntSupplier;

/** A stretch of a pass that threads share: its parts run side by side, and all are done before the next phase begins. */
public interface Phase {
    /** {@return how many parts there are in this pass; they follow from shapes and the number of images, never from threads} */
    int parts();

    /**
     * Does one part.
     *
     * @param part   0 … parts−1
     * @param worker the thread's number; no two parts run at once on the same worker
     */
    void run(int part, int worker);

    /** The work of one part. */
    interface Work {
        /**
         * Does it.
         *
         * @param part   0 … parts−1
         * @param worker the thread's number
         */
        void run(int part, int worker);
    }

    /**
     * {@return a phase}
     * @param parts how many there are in this pass
     * @param work  what each does
     */
    static Phase of(IntSupplier parts, Work work) {
        return new Phase() {
            @Override
            public int parts() {
                return parts.getAsInt();
            }

            @Override
            public void run(int part, int worker) {
                work.run(part, worker);
            }
        };
    }
}
