package cortado.plan;

import cortado.op.Phase;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share the parts of one task and meet at its end. The caller works too. Between tasks a worker spins briefly,
 * since the next task usually follows within microseconds, and then parks. Each begins with a stretch of parts of its own, the same
 * stretch of every phase, so that it often finds in its cache what it wrote itself, and then takes from the others'. Which thread runs
 * which part is left to chance: results may not depend on it.
 */
final class Team implements AutoCloseable {
    private static final int SPINS = 20_000;
    private static final int APART = 32;

    private final Thread[] workers;
    /** By worker the next part of its stretch, in cache lines of their own. */
    private final AtomicIntegerArray next;
    private final AtomicInteger busy = new AtomicInteger();
    private volatile int round;
    private volatile boolean closed;
    private volatile Throwable failure;
    private Phase task;
    private int parts;

    Team(int threads) {
        workers = new Thread[threads - 1];
        next = new AtomicIntegerArray(threads * APART);
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] = Thread.ofPlatform().daemon().name("cortado-" + worker).unstarted(() -> work(worker));
        }
        for (Thread t : workers) {
            t.start();
        }
    }

    int threads() {
        return workers.length + 1;
    }

    /** Runs every part of a phase and returns when all are done; throws what the first failing part threw. */
    void run(Phase task) {
        int parts = task.parts();
        if (workers.length == 0 || parts <= 1) {
            for (int p = 0; p < parts; p++) {
                task.run(p, 0);
            }
            return;
        }
        this.task = task;
        this.parts = parts;
        failure = null;
        for (int w = 0; w < active(); w++) {
            next.set(w * APART, first(w));
        }
        busy.set(workers.length);
        round++;
        for (Thread t : workers) {
            LockSupport.unpark(t);
        }
        share(0);
        for (int spins = 0; busy.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // a worker may be waiting for this very core
            }
        }
        if (failure != null) {
            switch (failure) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }

    private void share(int worker) {
        try {
            for (int i = 0; i < active(); i++) {
                int w = (worker + i) % active();
                int end = first(w + 1);
                for (int p = next.getAndIncrement(w * APART); p < end; p = next.getAndIncrement(w * APART)) {
                    task.run(p, worker);
                }
            }
        } catch (Throwable t) {
            failure = t;
            for (int w = 0; w < active(); w++) {
                next.set(w * APART, parts);
            }
        }
    }

    /** Workers that have something to do. */
    private int active() {
        return Math.min(parts, threads());
    }

    /** The first part of a worker's stretch. */
    private int first(int worker) {
        return (int) ((long) parts * worker / active());
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            for (int spins = 0; round == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = round;
            if (worker < parts) {
                share(worker);
            }
            busy.decrementAndGet();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread t : workers) {
            LockSupport.unpark(t);
        }
    }
}
