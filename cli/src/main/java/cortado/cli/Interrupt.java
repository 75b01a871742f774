package cortado.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What Ctrl-C or a request to terminate does while something is worth saving: the work is asked to stop, and the machine waits for it
 * until this is closed. The JVM then exits with 130 (143 when it was told to terminate), whatever the command returns.
 */
final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "cortado-interrupt");
    private volatile Optional<Runnable> stop = Optional.empty();
    private volatile boolean asked;

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupt() {
        Optional<Runnable> work = stop;
        asked = true;
        work.ifPresent(Runnable::run);
        try {
            if (work.isPresent()) {
                saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on something is worth saving; {@code how} asks the work to stop, and is called from another thread. */
    void stops(Runnable how) {
        stop = Optional.of(how);
    }

    /** Everything is saved and said. */
    @Override
    public void close() {
        saved.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                asked = true; // it came in this very moment
            }
        }
    }
}
