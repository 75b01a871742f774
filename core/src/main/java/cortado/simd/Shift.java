package cortado.simd;

import static cortado.simd.Lanes.WIDTH;

/** Moves channels in blocks to another place among the channels, and their gradients back: block by block where that is a multiple of 16. */
public final class Shift {
    private Shift() {
    }

    /**
     * Runs of pixels of all channels of x lie in y from channel {@code from} on.
     *
     * @param y        the larger one
     * @param yo       the run's first pixel in its first plane
     * @param yPlane   floats from plane to plane
     * @param from     channels before those of x
     * @param x        the smaller one
     * @param xo       the run's first pixel in its first plane
     * @param xPlane   floats from plane to plane
     * @param channels of x
     * @param pixels   of the run
     * @param back     whether x receives, else y
     * @param add      whether what receives keeps what it holds
     */
    public static void move(float[] y, int yo, int yPlane, int from, float[] x, int xo, int xPlane, int channels, int pixels,
            boolean back, boolean add) {
        int lane = from % WIDTH;
        int to = yo + from / WIDTH * yPlane;
        for (int c = 0; c < channels; c += WIDTH, to += yPlane, xo += xPlane) {
            int real = Math.min(WIDTH, channels - c);
            int first = Math.min(real, WIDTH - lane);
            if (back) {
                lanes(x, xo, y, to + lane, pixels, first, add);
                lanes(x, xo + first, y, to + yPlane, pixels, real - first, add);
            } else {
                lanes(y, to + lane, x, xo, pixels, first, add);
                lanes(y, to + yPlane, x, xo + first, pixels, real - first, add);
            }
        }
    }

    private static void lanes(float[] y, int yo, float[] x, int xo, int pixels, int count, boolean add) {
        if (count == WIDTH && add) {
            Blocks.add(y, yo, x, xo, pixels * WIDTH);
        } else if (count == WIDTH) {
            System.arraycopy(x, xo, y, yo, pixels * WIDTH);
        } else if (count > 0) {
            for (int p = 0; p < pixels; p++, yo += WIDTH, xo += WIDTH) {
                for (int l = 0; l < count; l++) {
                    y[yo + l] = add ? y[yo + l] + x[xo + l] : x[xo + l];
                }
            }
        }
    }
}
