package cortado.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What Ctrl-C does while something is worth saving: the work is asked to stop, and the machine waits for it. The JVM then exits
 * with 130 (143 when it was told to terminate), whatever the command returns.
 */
final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean asked;

    /** @param stop asks the work to stop, called from another thread */
    Interrupt(Runnable stop) {
        hook = new Thread(() -> interrupt(stop), "cortado-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupt(Runnable stop) {
        asked = true;
        stop.run();
        try {
            saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return whether the user wants it to stop} */
    boolean asked() {
        return asked;
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
