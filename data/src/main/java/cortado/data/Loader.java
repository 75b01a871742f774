package cortado.data;

import cortado.graph.Normalization;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.ShapeException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Turns a data set into batches. {@link #epoch(long, int)} starts a background thread that prepares the next batches while
 * the current one is computed on. What a batch holds follows from the seed, the epoch and the batch's number alone, so an
 * epoch can be taken up in its middle.
 */
public final class Loader {
    /** Batches that a loader holds: one in use, one ready, one being filled. */
    public static final int RING = 3;

    private final Dataset data;
    private final int size;
    private final Layout layout;
    private final Optional<Rng> shuffled;
    private final Normalization normalization;
    private final Changes changes;
    private final Deque<Batch> pool = new ArrayDeque<>();

    private Loader(Dataset data, Normalization normalization, int size, Layout layout, Optional<Rng> shuffled, Changes changes) {
        if (size < 1) {
            throw new ShapeException("the batch size must be at least 1, received " + size);
        }
        this.data = data;
        this.size = size;
        this.layout = layout;
        this.shuffled = shuffled;
        this.normalization = normalization;
        this.changes = changes;
        filler(); // refuses a normalization of other channels here, not in the background
    }

    /**
     * Shuffled anew in every epoch, by {@code rng.split("order").split(epoch).permutation(size)}.
     *
     * @param data          examples
     * @param normalization applied to every image
     * @param batch         N
     * @param layout        of the images
     * @param rng           the run's generator: the order follows from it
     * @return the loader
     * @throws ShapeException if the batch is larger than the data set or the normalization has other channels
     */
    public static Loader shuffled(Dataset data, Normalization normalization, int batch, Layout layout, Rng rng) {
        if (batch > data.size()) {
            throw new ShapeException("the batch size " + batch + " is larger than the data set of " + data.size()
                    + " images; use a batch size of at most " + data.size());
        }
        return new Loader(data, normalization, batch, layout, Optional.of(rng), Changes.NONE);
    }

    /**
     * In the order of the data set, for evaluation. The batch may be larger than the data set.
     *
     * @param data          examples
     * @param normalization applied to every image
     * @param batch         N
     * @param layout        of the images
     * @return the loader
     * @throws ShapeException if the normalization has other channels
     */
    public static Loader inOrder(Dataset data, Normalization normalization, int batch, Layout layout) {
        return new Loader(data, normalization, batch, layout, Optional.empty(), Changes.NONE);
    }

    /**
     * {@return a loader of the same batches whose images are changed, and then mixed within each batch}
     * @param transform what is done to single images; {@link Transform#NONE} for nothing
     * @param mixing    what is done to pairs; {@link Mixing#NONE} for nothing
     * @param rng       the run's generator: all changes follow from it
     * @throws ShapeException if there is something to mix but a batch is one image
     */
    public Loader changed(Transform transform, Mixing mixing, Rng rng) {
        if (mixing.on() && size < 2) {
            throw new ShapeException("mixup and cutmix mix images within a batch; a batch size of 1 leaves nothing to mix");
        }
        return new Loader(data, normalization, size, layout, shuffled, Changes.of(transform, mixing, rng));
    }

    /** {@return batches of an epoch, the partial one at its end included} */
    public int batches() {
        return (data.size() + size - 1) / size;
    }

    /**
     * {@return the order in which that epoch shows the examples}
     * @param epoch from 0
     */
    public int[] order(long epoch) {
        if (shuffled.isPresent()) {
            return shuffled.get().split("order").split(epoch).permutation(data.size());
        }
        int[] order = new int[data.size()];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /**
     * {@return its batches from the first on; close it}
     * @param epoch from 0
     */
    public Epoch epoch(long epoch) {
        return epoch(epoch, 0);
    }

    /**
     * {@return its batches from there on; close it}
     * @param epoch from 0
     * @param from  number of the first batch wanted, 0 … {@link #batches()}
     */
    public Epoch epoch(long epoch, int from) {
        if (from < 0 || from > batches()) {
            throw new ShapeException("epoch " + epoch + " has " + batches() + " batches, cannot begin at batch " + from);
        }
        return new Epoch(epoch, from);
    }

    private Filler filler() {
        return new Filler(data, normalization, changes, layout);
    }

    private Batch take() {
        synchronized (pool) {
            Batch b = pool.poll();
            Optional<Integer> targets = changes.mixing().on() ? Optional.of(data.classes().size()) : Optional.empty();
            return b == null ? new Batch(data.image(), size, layout, targets) : b;
        }
    }

    /** The batches of one epoch, prepared ahead by one daemon thread that ends with the epoch or with {@link #close()}. */
    public final class Epoch implements Iterator<Batch>, AutoCloseable {
        private final Batch[] ring = new Batch[RING];
        private final Thread thread;
        private final int[] order;
        private final Filler filler = filler();
        private final long epoch;
        private final int first;
        private final Object lock = new Object();
        private int filled;
        private int handedOut;
        private int given;
        private Optional<Throwable> failure = Optional.empty();
        private volatile boolean closed;

        private Epoch(long epoch, int first) {
            this.first = first;
            this.order = order(epoch);
            this.epoch = epoch;
            this.filled = first;
            this.handedOut = first;
            this.given = first;
            for (int i = 0; i < RING; i++) {
                ring[i] = take();
            }
            this.thread = Thread.ofPlatform().name("cortado-loader").daemon().unstarted(this::fill);
            thread.start();
        }

        private void fill() {
            try {
                for (int b = first; b < batches(); b++) {
                    synchronized (lock) {
                        while (!closed && b - given >= RING) {
                            lock.wait();
                        }
                    }
                    Batch batch = ring[b % RING];
                    batch.begin(b, Math.min(size, data.size() - b * size));
                    filler.fill(batch, order, b * size, epoch, () -> closed);
                    synchronized (lock) {
                        if (closed) {
                            return;
                        }
                        filled = b + 1;
                        lock.notifyAll();
                    }
                }
            } catch (Throwable t) {
                synchronized (lock) {
                    failure = Optional.of(t);
                    lock.notifyAll();
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !closed && handedOut < batches();
        }

        /**
         * Gives the next batch and takes the one before back.
         *
         * @return the batch, valid until the next call
         * @throws cortado.tensor.FormatException if an image cannot be read: whatever stopped the background thread, after
         *         the batches before it
         */
        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch has no batch " + handedOut);
            }
            synchronized (lock) {
                given = handedOut;
                lock.notifyAll();
                while (filled == handedOut && failure.isEmpty()) {
                    await();
                }
                if (filled == handedOut) {
                    rethrow(failure.get());
                }
                return ring[handedOut++ % RING];
            }
        }

        private void await() {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for images");
            }
        }

        private static void rethrow(Throwable t) {
            switch (t) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException("the loader stopped: " + t, t);
            }
        }

        /** Stops the thread, waits for it, and gives the buffers back for the next epoch. May be called twice. */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            synchronized (lock) {
                closed = true;
                lock.notifyAll();
            }
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            synchronized (pool) {
                pool.addAll(List.of(ring));
            }
        }
    }
}
