package cortado.tensor;

/**
 * Counter-based random numbers: a number is a function of a key and an index, never of the order of calls, so threads and
 * resumed runs see the same ones. A run has one seed; {@link #split(String)} and {@link #split(long)} derive a key per use.
 * The mixing function is SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014).
 *
 * @param key the state; equal keys give equal numbers
 */
public record Rng(long key) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /**
     * {@return an independent generator}
     * @param name the use: {@code "init"}, {@code "order"}, a parameter's name
     */
    public Rng split(String name) {
        long k = key;
        for (int i = 0; i < name.length(); i++) {
            k = mix(k + GOLDEN * (name.charAt(i) + 1));
        }
        return new Rng(mix(k ^ 0x5851F42D4C957F2DL));
    }

    /**
     * {@return an independent generator}
     * @param index the epoch, the image, the step
     */
    public Rng split(long index) {
        return new Rng(key(key, index));
    }

    /**
     * {@return 64 random bits}
     * @param index counter
     */
    public long bits(long index) {
        return mix(key + GOLDEN * (index + 1));
    }

    /**
     * {@return uniform in [0, 1), 53 bits}
     * @param index counter
     */
    public double uniform(long index) {
        return uniform(key, index);
    }

    /**
     * {@return uniform in 0 … bound−1}
     * @param index counter
     * @param bound exclusive, positive
     */
    public int below(long index, int bound) {
        return below(key, index, bound);
    }

    /**
     * {@return standard normal, by Box and Muller; same bits on every machine ({@link StrictMath})}
     * @param index counter
     */
    public double normal(long index) {
        return normal(key, index);
    }

    /**
     * {@return a seeded permutation of 0 … n−1 (Fisher and Yates)}
     * @param n how many
     */
    public int[] permutation(int n) {
        int[] p = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i, i + 1);
            p[i] = p[j];
            p[j] = i;
        }
        return p;
    }

    /**
     * {@return the key of {@code new Rng(key).split(index)}, for loops that allocate nothing}
     * @param key   a generator's
     * @param index the image, the step
     */
    public static long key(long key, long index) {
        return mix(mix(key ^ 0x14057B7EF767814FL) + GOLDEN * index);
    }

    /**
     * {@return {@code new Rng(key).uniform(index)}, for loops that allocate nothing}
     * @param key   a generator's
     * @param index counter
     */
    public static double uniform(long key, long index) {
        return (mix(key + GOLDEN * (index + 1)) >>> 11) * 0x1p-53;
    }

    /**
     * {@return {@code new Rng(key).below(index, bound)}, for loops that allocate nothing}
     * @param key   a generator's
     * @param index counter
     * @param bound exclusive, positive
     */
    public static int below(long key, long index, int bound) {
        return (int) Math.multiplyHigh(mix(key + GOLDEN * (index + 1)) >>> 1, (long) bound << 1);
    }

    /**
     * {@return {@code new Rng(key).normal(index)}, for loops that allocate nothing}
     * @param key   a generator's
     * @param index counter
     */
    public static double normal(long key, long index) {
        double u = 1 - uniform(key, 2 * index);
        return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * uniform(key, 2 * index + 1));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
