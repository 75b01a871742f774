package cortado.data;

import cortado.graph.Normalization;
import cortado.tensor.Rng;
import cortado.tensor.Shape;

/**
 * An image that {@link Transform}s change: {@code C H W} values 0–255, and a second place of the same size for what cannot be done
 * in place. One is used for image after image, so that transforms allocate nothing.
 */
public final class Pixels {
    private final Shape image;
    private final Normalization normalization;
    private final int[] counts = new int[256];
    private float[] now;
    private float[] spare;

    /**
     * A black image.
     *
     * @param image         {@code C H W}
     * @param normalization of the data set: its mean colour fills what is cut out
     */
    public Pixels(Shape image, Normalization normalization) {
        image.expectRank(3, "an image is C×H×W");
        this.image = image;
        this.normalization = normalization;
        this.now = new float[image.size()];
        this.spare = new float[image.size()];
    }

    /** {@return {@code C H W}} */
    public Shape image() {
        return image;
    }

    /** {@return the image, 0–255; change it in place} */
    public float[] now() {
        return now;
    }

    /** {@return a second place of the same size, whatever stands in it; fill it and {@link #swap}} */
    public float[] spare() {
        return spare;
    }

    /** What was written to {@link #spare} is the image from here on. */
    public void swap() {
        float[] t = now;
        now = spare;
        spare = t;
    }

    int channels() {
        return image.dim(0);
    }

    int height() {
        return image.dim(1);
    }

    int width() {
        return image.dim(2);
    }

    /** 256 counters, whatever stands in them. */
    int[] counts() {
        return counts;
    }

    /** The value that becomes so many standard deviations once normalised: 0 for the data set's mean colour. */
    float normal(int c, double deviations) {
        return (float) (255 * (normalization.mean().get(c) + normalization.std().get(c) * deviations));
    }

    /**
     * Nearly standard normal: 64 coins and what lies between them, scaled to variance 1. It takes two numbers and no logarithm or
     * cosine for each of thousands of pixels, and allocates nothing as {@link StrictMath#cos} does.
     */
    static double noise(long key, long index) {
        double heads = Long.bitCount(Rng.key(key, 2 * index)) + Rng.uniform(key, 2 * index + 1) - 0.5;
        return (heads - 32) / Math.sqrt(16 + 1 / 12.0);
    }

    void load(byte[] from, int at) {
        for (int p = 0; p < now.length; p++) {
            now[p] = from[at + p] & 255;
        }
    }
}
