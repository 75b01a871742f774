package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * The weight gradient of a linear layer over a block of 16 lanes: a sum of sixteen outer products.
 *
 * <pre>
 * dw[k, c] = Σ_lane dy[k, lane] · x[c, lane]
 * </pre>
 *
 * <p>Strategy: x is transposed once, so that vectors run along c and no sum crosses lanes; a tile of 4 rows × 4 vectors is held
 * in registers. The last tiles are moved back to fit. Every weight is the lanes in order by fma.
 */
public final class Outer {
    private Outer() {
    }

    /**
     * Sets dw.
     *
     * @param dw  {@code K C} in rows
     * @param dwo its first element
     * @param dy  {@code K 16}
     * @param dyo its first element
     * @param x   {@code C 16}
     * @param xo  its first element
     * @param k   K
     * @param c   C
     * @param t   room for 16·C floats
     * @param to  where it begins
     */
    public static void run(float[] dw, int dwo, float[] dy, int dyo, float[] x, int xo, int k, int c, float[] t, int to) {
        for (int i = 0; i < c; i++) {
            for (int lane = 0; lane < WIDTH; lane++) {
                t[to + lane * c + i] = x[xo + i * WIDTH + lane];
            }
        }
        int width = c >= 4 * V ? 4 * V : c >= V ? V : 1;
        int height = width == 4 * V && k >= 4 ? 4 : 1;
        for (int j = 0; j < k; j += height) {
            int row = Math.min(j, k - height);
            int from = dwo + row * c;
            for (int i = 0; i < c; i += width) {
                int column = Math.min(i, c - width);
                if (height == 4) {
                    tile4x4(dw, from + column, dy, dyo + row * WIDTH, t, to + column, c);
                } else if (width > 1) {
                    for (int v = 0; v < width; v += V) {
                        tile1x1(dw, from + column + v, dy, dyo + row * WIDTH, t, to + column + v, c);
                    }
                } else {
                    float sum = 0;
                    for (int lane = 0; lane < WIDTH; lane++) {
                        sum = Math.fma(dy[dyo + row * WIDTH + lane], t[to + lane * c + column], sum);
                    }
                    dw[from + column] = sum;
                }
            }
        }
    }

    private static void tile4x4(float[] dw, int dwo, float[] dy, int dyo, float[] t, int to, int c) {
        FloatVector a00 = FloatVector.zero(F), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = a00, a11 = a00, a12 = a00, a13 = a00;
        FloatVector a20 = a00, a21 = a00, a22 = a00, a23 = a00;
        FloatVector a30 = a00, a31 = a00, a32 = a00, a33 = a00;
        for (int lane = 0; lane < WIDTH; lane++, to += c) {
            FloatVector x0 = FloatVector.fromArray(F, t, to);
            FloatVector x1 = FloatVector.fromArray(F, t, to + V);
            FloatVector x2 = FloatVector.fromArray(F, t, to + 2 * V);
            FloatVector x3 = FloatVector.fromArray(F, t, to + 3 * V);
            FloatVector f = FloatVector.broadcast(F, dy[dyo + lane]);
            a00 = f.fma(x0, a00);
            a01 = f.fma(x1, a01);
            a02 = f.fma(x2, a02);
            a03 = f.fma(x3, a03);
            f = FloatVector.broadcast(F, dy[dyo + WIDTH + lane]);
            a10 = f.fma(x0, a10);
            a11 = f.fma(x1, a11);
            a12 = f.fma(x2, a12);
            a13 = f.fma(x3, a13);
            f = FloatVector.broadcast(F, dy[dyo + 2 * WIDTH + lane]);
            a20 = f.fma(x0, a20);
            a21 = f.fma(x1, a21);
            a22 = f.fma(x2, a22);
            a23 = f.fma(x3, a23);
            f = FloatVector.broadcast(F, dy[dyo + 3 * WIDTH + lane]);
            a30 = f.fma(x0, a30);
            a31 = f.fma(x1, a31);
            a32 = f.fma(x2, a32);
            a33 = f.fma(x3, a33);
        }
        a00.intoArray(dw, dwo);
        a01.intoArray(dw, dwo + V);
        a02.intoArray(dw, dwo + 2 * V);
        a03.intoArray(dw, dwo + 3 * V);
        a10.intoArray(dw, dwo + c);
        a11.intoArray(dw, dwo + c + V);
        a12.intoArray(dw, dwo + c + 2 * V);
        a13.intoArray(dw, dwo + c + 3 * V);
        a20.intoArray(dw, dwo + 2 * c);
        a21.intoArray(dw, dwo + 2 * c + V);
        a22.intoArray(dw, dwo + 2 * c + 2 * V);
        a23.intoArray(dw, dwo + 2 * c + 3 * V);
        a30.intoArray(dw, dwo + 3 * c);
        a31.intoArray(dw, dwo + 3 * c + V);
        a32.intoArray(dw, dwo + 3 * c + 2 * V);
        a33.intoArray(dw, dwo + 3 * c + 3 * V);
    }

    private static void tile1x1(float[] dw, int dwo, float[] dy, int dyo, float[] t, int to, int c) {
        FloatVector a = FloatVector.zero(F);
        for (int lane = 0; lane < WIDTH; lane++, to += c) {
            a = FloatVector.broadcast(F, dy[dyo + lane]).fma(FloatVector.fromArray(F, t, to), a);
        }
        a.intoArray(dw, dwo);
    }
}
