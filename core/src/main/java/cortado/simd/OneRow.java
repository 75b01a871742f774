package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * A {@link Tile} of one row, as a linear layer has for a single image: four blocks side by side or one, so that nothing is computed
 * twice and weights come as fast as the cache delivers them. The same chains of fma.
 */
final class OneRow {
    private OneRow() {
    }

    static void run(int blocks, float[] y, int yo, int yBlock, float[] x, int xo, int[] taps, int from, int to, float[] w, int wo,
            int wStep, int wBlock, float[] s, int so, int sBlock) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            int j = 0;
            for (; j + 4 <= blocks; j += 4) {
                four(y, yo + lane + j * yBlock, yBlock, x, xo, taps, from, to, w, wo + lane + j * wBlock, wStep, wBlock, s,
                        so + lane + j * sBlock, sBlock);
            }
            for (; j < blocks; j++) {
                one(y, yo + lane + j * yBlock, x, xo, taps, from, to, w, wo + lane + j * wBlock, wStep, s, so + lane + j * sBlock);
            }
        }
    }

    private static void four(float[] y, int yo, int yBlock, float[] x, int xo, int[] taps, int from, int to, float[] w, int wo,
            int wStep, int wBlock, float[] s, int so, int sBlock) {
        FloatVector a0 = load(s, so), a1 = load(s, so + sBlock), a2 = load(s, so + 2 * sBlock), a3 = load(s, so + 3 * sBlock);
        for (int t = from, v = wo + from * wStep; t < to; t++, v += wStep) {
            FloatVector f = FloatVector.broadcast(F, x[xo + taps[t]]);
            a0 = f.fma(load(w, v), a0);
            a1 = f.fma(load(w, v + wBlock), a1);
            a2 = f.fma(load(w, v + 2 * wBlock), a2);
            a3 = f.fma(load(w, v + 3 * wBlock), a3);
        }
        a0.intoArray(y, yo);
        a1.intoArray(y, yo + yBlock);
        a2.intoArray(y, yo + 2 * yBlock);
        a3.intoArray(y, yo + 3 * yBlock);
    }

    private static void one(float[] y, int yo, float[] x, int xo, int[] taps, int from, int to, float[] w, int wo, int wStep,
            float[] s, int so) {
        FloatVector a = load(s, so);
        for (int t = from, v = wo + from * wStep; t < to; t++, v += wStep) {
            a = FloatVector.broadcast(F, x[xo + taps[t]]).fma(load(w, v), a);
        }
        a.intoArray(y, yo);
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }
}
