package cortado.bench;

import java.io.IOException;

/** A side that can also go through a {@link Course}, epoch by epoch. */
public interface Learner extends Worker {

    /**
     * Lays the batches of an epoch ready, so that {@link #step} takes them, each with its own learning rate. The first epoch begins
     * from the initial weights, the others must follow in order.
     *
     * @param epoch from 0
     * @return its steps
     */
    int prepare(int epoch);

    /** {@return how many of the test images get their own class's score as the highest} */
    int right();

    /**
     * Obeys {@code epoch e}: answers with the seconds that its steps took, without laying them ready.
     *
     * @param worker that has to be a learner
     * @param epoch  from 0
     * @return seconds
     * @throws IOException if the worker is none
     */
    static double epoch(Worker worker, int epoch) throws IOException {
        int steps = of(worker).prepare(epoch);
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            worker.step(i);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * Obeys {@code evaluate}: answers with the test images that are right, and the seconds it took to see.
     *
     * @param worker that has to be a learner
     * @return both, a space between
     * @throws IOException if the worker is none
     */
    static String evaluate(Worker worker) throws IOException {
        long start = System.nanoTime();
        int right = of(worker).right();
        return right + " " + (System.nanoTime() - start) / 1e9;
    }

    private static Learner of(Worker worker) throws IOException {
        if (worker instanceof Learner l) {
            return l;
        }
        throw new IOException(worker.getClass().getSimpleName() + " cannot go through a course");
    }
}
