package cortado.cli;

import cortado.bench.Job;
import cortado.bench.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The process in which {@code cortado bench} measures Cortado: obeys the orders on its standard input. */
public final class BenchWorker {
    private BenchWorker() {
    }

    /**
     * Works until the orders end.
     *
     * @param args of a {@link Job}
     * @throws IOException if reading orders fails
     */
    public static void main(String[] args) throws IOException {
        Worker.serve(Worker.ours(Job.of(args)), new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                System.out);
        System.exit(Exit.OK);
    }
}
