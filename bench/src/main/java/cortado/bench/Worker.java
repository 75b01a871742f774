package cortado.bench;

import cortado.train.Footprint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.StringJoiner;

/** One side of a race, in a process of its own: does the steps of a job when told to. */
public interface Worker {

    /**
     * Cortado's side.
     *
     * @param job what to do
     * @return ready to do it
     */
    static Worker ours(Job job) {
        return job.mode().single() ? new OneOp(job) : new Ours(job);
    }

    /** {@return learned numbers} */
    long parameters();

    /** Goes back to the initial weights and to an optimizer without memory. */
    void reset();

    /**
     * Does one step.
     *
     * @param i which, from 0; batches follow each other in turns
     */
    void step(int i);

    /**
     * What the step just done has computed, for the other side to agree with: in training the mean loss, in inference the scores
     * of the first image, of a single op some sums over its result.
     *
     * @return a few numbers
     */
    double[] outcome();

    /**
     * Obeys until the input ends. {@code check n}: n steps from the start, answers with their outcomes. {@code run n}: n steps
     * from the start, answers with the seconds they took. {@code epoch e} and {@code evaluate}, of a {@link Learner} only: goes
     * through an epoch of the course, answers with the seconds; answers with how many test images are right, and the seconds.
     * {@code memory}: answers with the most bytes that the process ever had in memory, 0 where the system does not say.
     *
     * @param worker does the work
     * @param in     one order a line
     * @param out    one answer a line, beginning with the order's name; first {@code ready} and the number of parameters
     * @throws IOException if reading fails
     */
    static void serve(Worker worker, BufferedReader in, PrintStream out) throws IOException {
        answer(out, "ready " + worker.parameters());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] order = line.split(" ");
            switch (order[0]) {
                case "check" -> answer(out, check(worker, Integer.parseInt(order[1])));
                case "run" -> answer(out, "run " + run(worker, Integer.parseInt(order[1])));
                case "epoch" -> answer(out, "epoch " + Learner.epoch(worker, Integer.parseInt(order[1])));
                case "evaluate" -> answer(out, "evaluate " + Learner.evaluate(worker));
                case "memory" -> answer(out, "memory " + Footprint.peak().orElse(0));
                default -> throw new IOException("unknown order: " + line);
            }
        }
    }

    private static void answer(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }

    private static String check(Worker worker, int steps) {
        worker.reset();
        StringJoiner all = new StringJoiner(" ");
        all.add("check");
        for (int i = 0; i < steps; i++) {
            worker.step(i);
            for (double v : worker.outcome()) {
                all.add(Double.toString(v));
            }
        }
        return all.toString();
    }

    private static double run(Worker worker, int steps) {
        worker.reset();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            worker.step(i);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
