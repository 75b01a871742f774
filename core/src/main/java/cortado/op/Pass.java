package cortado.op;

/** What all steps of one forward pass, and of the backward pass after it, have in common. A plan changes it between passes. */
public final class Pass {
    private final boolean training;
    private int n = Integer.MAX_VALUE;
    private long key;

    /**
     * A pass over whole batches, with key 0.
     *
     * @param training whether batch statistics and dropout are in force
     */
    public Pass(boolean training) {
        this.training = training;
    }

    /**
     * Before each pass.
     *
     * @param n   images that are real, at least 1
     * @param key of the pass's random numbers
     */
    public void begin(int n, long key) {
        this.n = n;
        this.key = key;
    }

    /** {@return whether batch statistics and dropout are in force} */
    public boolean training() {
        return training;
    }

    /** {@return images that are real} */
    public int n() {
        return n;
    }

    /** {@return the key of random numbers} */
    public long key() {
        return key;
    }
}
