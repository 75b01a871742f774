package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over planes whose pixels share 16 factors, a lane each: gates, learned scales, learned slopes. */
public final class Gates {
    private Gates() {
    }

    /**
     * {@code y (+)= g · x}, pixel by pixel.
     *
     * @param y      output
     * @param yo     its first element
     * @param x      input
     * @param xo     its first element
     * @param g      16 factors
     * @param go     the first
     * @param pixels of the plane
     * @param add    whether y keeps what it holds
     */
    public static void scale(float[] y, int yo, float[] x, int xo, float[] g, int go, int pixels, boolean add) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector factor = FloatVector.fromArray(F, g, go + lane);
            for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                FloatVector v = FloatVector.fromArray(F, x, xo + i).mul(factor);
                (add ? v.add(FloatVector.fromArray(F, y, yo + i)) : v).intoArray(y, yo + i);
            }
        }
    }

    /**
     * {@code y (+)= v} where {@code x > 0}, else {@code g · v}.
     *
     * @param y      output
     * @param yo     its first element
     * @param v      what passes
     * @param vo     its first element
     * @param x      what decides
     * @param xo     its first element
     * @param g      16 factors
     * @param go     the first
     * @param pixels of the plane
     * @param add    whether y keeps what it holds
     */
    public static void bend(float[] y, int yo, float[] v, int vo, float[] x, int xo, float[] g, int go, int pixels, boolean add) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector factor = FloatVector.fromArray(F, g, go + lane);
            for (int i = lane; i < pixels * WIDTH; i += WIDTH) {
                FloatVector all = FloatVector.fromArray(F, v, vo + i);
                FloatVector z = all.mul(factor).blend(all,
                        FloatVector.fromArray(F, x, xo + i).compare(VectorOperators.GT, 0f));
                (add ? z.add(FloatVector.fromArray(F, y, yo + i)) : z).intoArray(y, yo + i);
            }
        }
    }

    /**
     * {@code sums += Σ a · b} lane by lane, in two interleaved sums.
     *
     * @param sums   16 sums
     * @param so     the first
     * @param a      a plane
     * @param ao     its first element
     * @param b      another
     * @param bo     its first element
     * @param pixels of each
     * @param below  whether b counts only where it is not above 0
     */
    public static void dot(float[] sums, int so, float[] a, int ao, float[] b, int bo, int pixels, boolean below) {
        float most = below ? 0 : Float.POSITIVE_INFINITY;
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            int i = lane;
            for (; i + WIDTH < pixels * WIDTH; i += 2 * WIDTH) {
                s0 = FloatVector.fromArray(F, a, ao + i).fma(FloatVector.fromArray(F, b, bo + i).min(most), s0);
                s1 = FloatVector.fromArray(F, a, ao + i + WIDTH).fma(FloatVector.fromArray(F, b, bo + i + WIDTH).min(most), s1);
            }
            if (i < pixels * WIDTH) {
                s0 = FloatVector.fromArray(F, a, ao + i).fma(FloatVector.fromArray(F, b, bo + i).min(most), s0);
            }
            FloatVector.fromArray(F, sums, so + lane).add(s0.add(s1)).intoArray(sums, so + lane);
        }
    }
}
