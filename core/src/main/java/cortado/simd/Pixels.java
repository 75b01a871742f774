package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums over the channels of one pixel, whose blocks of 16 lie {@code step} floats apart. Lanes past C never count. */
public final class Pixels {
    private Pixels() {
    }

    /**
     * {@return Σ x}
     * @param x    memory
     * @param xo   the pixel in the first block
     * @param step floats from block to block
     * @param c    channels
     * @param room 16 floats to work in
     * @param ro   the first
     */
    public static float sum(float[] x, int xo, int step, int c, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector sum = FloatVector.zero(F);
            for (int k = 0, at = xo + lane; k < c; k += WIDTH, at += step) {
                VectorMask<Float> real = F.indexInRange(k + lane, c);
                sum = sum.add(FloatVector.zero(F).blend(FloatVector.fromArray(F, x, at), real));
            }
            sum.intoArray(room, ro + lane);
        }
        return Lanes.sum(room, ro);
    }

    /**
     * {@return Σ (x − mean)²}
     * @param x    memory
     * @param xo   the pixel in the first block
     * @param step floats from block to block
     * @param c    channels
     * @param mean what is subtracted
     * @param room 16 floats to work in
     * @param ro   the first
     */
    public static float squares(float[] x, int xo, int step, int c, float mean, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector sum = FloatVector.zero(F);
            for (int k = 0, at = xo + lane; k < c; k += WIDTH, at += step) {
                VectorMask<Float> real = F.indexInRange(k + lane, c);
                FloatVector d = FloatVector.zero(F).blend(FloatVector.fromArray(F, x, at).sub(mean), real);
                sum = d.fma(d, sum);
            }
            sum.intoArray(room, ro + lane);
        }
        return Lanes.sum(room, ro);
    }

    /**
     * {@code y = (x − mean)·r·w + b}.
     *
     * @param y    output
     * @param yo   the pixel in the first block
     * @param x    input
     * @param xo   the pixel in the first block
     * @param step floats from block to block, of both
     * @param c    channels
     * @param mean μ
     * @param r    1/√(σ² + ε)
     * @param w    weights in whole blocks, then as many biases
     * @param wo   the first weight
     */
    public static void scale(float[] y, int yo, float[] x, int xo, int step, int c, float mean, float r, float[] w, int wo) {
        int whole = Math.ceilDiv(c, WIDTH) * WIDTH;
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int k = lane, at = lane; k < whole; k += WIDTH, at += step) {
                FloatVector.fromArray(F, x, xo + at).sub(mean).mul(r)
                        .fma(FloatVector.fromArray(F, w, wo + k), FloatVector.fromArray(F, w, wo + whole + k))
                        .intoArray(y, yo + at);
            }
        }
    }

    /**
     * Adds {@code dy} and {@code dy·x̂} to sums per channel, and leaves Σ w·dy in {@code room[0]}, Σ w·dy·x̂ in {@code room[1]}.
     *
     * @param dy   gradient of the output
     * @param dyo  the pixel in the first block
     * @param x    input
     * @param xo   the pixel in the first block
     * @param step floats from block to block, of both
     * @param c    channels
     * @param mean μ
     * @param r    1/√(σ² + ε)
     * @param w    weights in whole blocks
     * @param wo   the first weight
     * @param sums per block 16 of dy, 16 of dy·x̂
     * @param so   the first
     * @param room 32 floats to work in
     * @param ro   the first
     */
    public static void sums(float[] dy, int dyo, float[] x, int xo, int step, int c, float mean, float r, float[] w, int wo,
            float[] sums, int so, float[] room, int ro) {
        FloatVector zero = FloatVector.zero(F);
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector sum = zero;
            FloatVector product = zero;
            for (int k = lane, at = lane; k < c; k += WIDTH, at += step) {
                VectorMask<Float> real = F.indexInRange(k, c);
                FloatVector d = zero.blend(FloatVector.fromArray(F, dy, dyo + at), real);
                FloatVector hat = zero.blend(FloatVector.fromArray(F, x, xo + at).sub(mean).mul(r), real);
                FloatVector g = d.mul(FloatVector.fromArray(F, w, wo + k));
                sum = sum.add(g);
                product = g.fma(hat, product);
                int i = so + 2 * k - lane;
                d.add(FloatVector.fromArray(F, sums, i)).intoArray(sums, i);
                d.fma(hat, FloatVector.fromArray(F, sums, i + WIDTH)).intoArray(sums, i + WIDTH);
            }
            sum.intoArray(room, ro + lane);
            product.intoArray(room, ro + WIDTH + lane);
        }
        float sum = Lanes.sum(room, ro);
        float product = Lanes.sum(room, ro + WIDTH);
        room[ro] = sum;
        room[ro + 1] = product;
    }

    /**
     * {@code dx (+)= r·(w·dy − g − x̂·gHat)}.
     *
     * @param dx   gradient of the input
     * @param dxo  the pixel in the first block
     * @param dy   gradient of the output
     * @param dyo  the pixel in the first block
     * @param x    input
     * @param xo   the pixel in the first block
     * @param step floats from block to block, of all three
     * @param c    channels
     * @param mean μ
     * @param r    1/√(σ² + ε)
     * @param w    weights in whole blocks
     * @param wo   the first weight
     * @param g    mean of w·dy
     * @param gHat mean of w·dy·x̂
     * @param add  whether dx is added to, else overwritten
     */
    public static void gradient(float[] dx, int dxo, float[] dy, int dyo, float[] x, int xo, int step, int c, float mean, float r,
            float[] w, int wo, float g, float gHat, boolean add) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int k = lane, at = lane; k < Math.ceilDiv(c, WIDTH) * WIDTH; k += WIDTH, at += step) {
                FloatVector hat = FloatVector.fromArray(F, x, xo + at).sub(mean).mul(r);
                FloatVector d = FloatVector.fromArray(F, dy, dyo + at).mul(FloatVector.fromArray(F, w, wo + k)).sub(g)
                        .sub(hat.mul(gHat)).mul(r);
                (add ? d.add(FloatVector.fromArray(F, dx, dxo + at)) : d).intoArray(dx, dxo + at);
            }
        }
    }
}
