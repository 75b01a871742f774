package cortado.simd;

import static cortado.simd.Lanes.F;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** The register tiles of {@link Taps}. This class is a pattern: it is loaded once for each number of filters, as a hidden class. */
final class TapLoops implements Taps.Loops {
    private static final int ROWS = Lanes.known(MethodHandles.lookup(), Integer.class);

    @Override
    public void run(Taps t, float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo) {
        for (int p = 0; p < t.rows; p++) {
            for (int q = 0; q < t.columns; q += 4) {
                int at = Math.min(q, t.columns - 4);
                tile(t, y, yo + p * t.yRow + at * t.yStep, x, xo + p * t.xRow + at * t.xStep, w, wo, b, bo, p);
            }
        }
    }

    private static void tile(Taps tile, float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] b, int bo, int p) {
        int[] taps = tile.taps;
        int xStep = tile.xStep, wFilter = tile.wFilter, wTap = tile.wTap;
        FloatVector a00 = Taps.start(b, bo), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = ROWS > 1 ? Taps.start(b, bo + 1) : a00, a11 = a10, a12 = a10, a13 = a10;
        FloatVector a20 = ROWS > 1 ? Taps.start(b, bo + 2) : a00, a21 = a20, a22 = a20, a23 = a20;
        FloatVector a30 = ROWS > 1 ? Taps.start(b, bo + 3) : a00, a31 = a30, a32 = a30, a33 = a30;
        FloatVector a40 = ROWS > 4 ? Taps.start(b, bo + 4) : a00, a41 = a40, a42 = a40, a43 = a40;
        FloatVector a50 = ROWS > 4 ? Taps.start(b, bo + 5) : a00, a51 = a50, a52 = a50, a53 = a50;
        int end = tile.to[p];
        wo += tile.from[p] * wTap;
        for (int t = tile.from[p]; t < end; t++, wo += wTap) {
            int o = xo + taps[t];
            FloatVector x0 = FloatVector.fromArray(F, x, o);
            FloatVector x1 = FloatVector.fromArray(F, x, o + xStep);
            FloatVector x2 = FloatVector.fromArray(F, x, o + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(F, x, o + 3 * xStep);
            FloatVector f = FloatVector.broadcast(F, w[wo]);
            a00 = f.fma(x0, a00);
            a01 = f.fma(x1, a01);
            a02 = f.fma(x2, a02);
            a03 = f.fma(x3, a03);
            if (ROWS > 1) {
                f = FloatVector.broadcast(F, w[wo + wFilter]);
                a10 = f.fma(x0, a10);
                a11 = f.fma(x1, a11);
                a12 = f.fma(x2, a12);
                a13 = f.fma(x3, a13);
                f = FloatVector.broadcast(F, w[wo + 2 * wFilter]);
                a20 = f.fma(x0, a20);
                a21 = f.fma(x1, a21);
                a22 = f.fma(x2, a22);
                a23 = f.fma(x3, a23);
                f = FloatVector.broadcast(F, w[wo + 3 * wFilter]);
                a30 = f.fma(x0, a30);
                a31 = f.fma(x1, a31);
                a32 = f.fma(x2, a32);
                a33 = f.fma(x3, a33);
            }
            if (ROWS > 4) {
                f = FloatVector.broadcast(F, w[wo + 4 * wFilter]);
                a40 = f.fma(x0, a40);
                a41 = f.fma(x1, a41);
                a42 = f.fma(x2, a42);
                a43 = f.fma(x3, a43);
                f = FloatVector.broadcast(F, w[wo + 5 * wFilter]);
                a50 = f.fma(x0, a50);
                a51 = f.fma(x1, a51);
                a52 = f.fma(x2, a52);
                a53 = f.fma(x3, a53);
            }
        }
        int yFilter = tile.yFilter, yStep = tile.yStep;
        a00.intoArray(y, yo);
        a01.intoArray(y, yo + yStep);
        a02.intoArray(y, yo + 2 * yStep);
        a03.intoArray(y, yo + 3 * yStep);
        if (ROWS > 1) {
            a10.intoArray(y, yo + yFilter);
            a11.intoArray(y, yo + yFilter + yStep);
            a12.intoArray(y, yo + yFilter + 2 * yStep);
            a13.intoArray(y, yo + yFilter + 3 * yStep);
            a20.intoArray(y, yo + 2 * yFilter);
            a21.intoArray(y, yo + 2 * yFilter + yStep);
            a22.intoArray(y, yo + 2 * yFilter + 2 * yStep);
            a23.intoArray(y, yo + 2 * yFilter + 3 * yStep);
            a30.intoArray(y, yo + 3 * yFilter);
            a31.intoArray(y, yo + 3 * yFilter + yStep);
            a32.intoArray(y, yo + 3 * yFilter + 2 * yStep);
            a33.intoArray(y, yo + 3 * yFilter + 3 * yStep);
        }
        if (ROWS > 4) {
            a40.intoArray(y, yo + 4 * yFilter);
            a41.intoArray(y, yo + 4 * yFilter + yStep);
            a42.intoArray(y, yo + 4 * yFilter + 2 * yStep);
            a43.intoArray(y, yo + 4 * yFilter + 3 * yStep);
            a50.intoArray(y, yo + 5 * yFilter);
            a51.intoArray(y, yo + 5 * yFilter + yStep);
            a52.intoArray(y, yo + 5 * yFilter + 2 * yStep);
            a53.intoArray(y, yo + 5 * yFilter + 3 * yStep);
        }
    }
}
