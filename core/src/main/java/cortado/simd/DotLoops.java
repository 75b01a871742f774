package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.WIDTH;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** The register tile of {@link Dots}. This class is a pattern: it is loaded once for each number of filters, as a hidden class. */
final class DotLoops implements Dots.Loops {
    private static final int ROWS = Lanes.known(MethodHandles.lookup(), Integer.class);

    @Override
    public void run(Dots d, float[] dy, int dyo, float[] x, int xo, int t, float[] sums, int so) {
        int[] taps = d.taps;
        int dyFilter = d.dyFilter, xStep = d.xStep;
        int t0 = taps[t], t1 = taps[t + 1], t2 = taps[t + 2], t3 = taps[t + 3];
        FloatVector a00 = FloatVector.zero(F), a01 = a00, a02 = a00, a03 = a00;
        FloatVector a10 = a00, a11 = a00, a12 = a00, a13 = a00;
        FloatVector a20 = a00, a21 = a00, a22 = a00, a23 = a00;
        FloatVector a30 = a00, a31 = a00, a32 = a00, a33 = a00;
        FloatVector a40 = a00, a41 = a00, a42 = a00, a43 = a00;
        FloatVector a50 = a00, a51 = a00, a52 = a00, a53 = a00;
        for (int p = 0; p < d.rows; p++) {
            int at = dyo + p * d.dyRow;
            int o = xo + p * d.xRow;
            for (int q = 0; q < d.columns; q++, at += WIDTH, o += xStep) {
                FloatVector x0 = FloatVector.fromArray(F, x, o + t0);
                FloatVector x1 = FloatVector.fromArray(F, x, o + t1);
                FloatVector x2 = FloatVector.fromArray(F, x, o + t2);
                FloatVector x3 = FloatVector.fromArray(F, x, o + t3);
                FloatVector f = FloatVector.fromArray(F, dy, at);
                a00 = f.fma(x0, a00);
                a01 = f.fma(x1, a01);
                a02 = f.fma(x2, a02);
                a03 = f.fma(x3, a03);
                if (ROWS > 1) {
                    f = FloatVector.fromArray(F, dy, at + dyFilter);
                    a10 = f.fma(x0, a10);
                    a11 = f.fma(x1, a11);
                    a12 = f.fma(x2, a12);
                    a13 = f.fma(x3, a13);
                    f = FloatVector.fromArray(F, dy, at + 2 * dyFilter);
                    a20 = f.fma(x0, a20);
                    a21 = f.fma(x1, a21);
                    a22 = f.fma(x2, a22);
                    a23 = f.fma(x3, a23);
                    f = FloatVector.fromArray(F, dy, at + 3 * dyFilter);
                    a30 = f.fma(x0, a30);
                    a31 = f.fma(x1, a31);
                    a32 = f.fma(x2, a32);
                    a33 = f.fma(x3, a33);
                }
                if (ROWS > 4) {
                    f = FloatVector.fromArray(F, dy, at + 4 * dyFilter);
                    a40 = f.fma(x0, a40);
                    a41 = f.fma(x1, a41);
                    a42 = f.fma(x2, a42);
                    a43 = f.fma(x3, a43);
                    f = FloatVector.fromArray(F, dy, at + 5 * dyFilter);
                    a50 = f.fma(x0, a50);
                    a51 = f.fma(x1, a51);
                    a52 = f.fma(x2, a52);
                    a53 = f.fma(x3, a53);
                }
            }
        }
        a00.intoArray(sums, so);
        a01.intoArray(sums, so + WIDTH);
        a02.intoArray(sums, so + 2 * WIDTH);
        a03.intoArray(sums, so + 3 * WIDTH);
        if (ROWS > 1) {
            a10.intoArray(sums, so + 4 * WIDTH);
            a11.intoArray(sums, so + 5 * WIDTH);
            a12.intoArray(sums, so + 6 * WIDTH);
            a13.intoArray(sums, so + 7 * WIDTH);
            a20.intoArray(sums, so + 8 * WIDTH);
            a21.intoArray(sums, so + 9 * WIDTH);
            a22.intoArray(sums, so + 10 * WIDTH);
            a23.intoArray(sums, so + 11 * WIDTH);
            a30.intoArray(sums, so + 12 * WIDTH);
            a31.intoArray(sums, so + 13 * WIDTH);
            a32.intoArray(sums, so + 14 * WIDTH);
            a33.intoArray(sums, so + 15 * WIDTH);
        }
        if (ROWS > 4) {
            a40.intoArray(sums, so + 16 * WIDTH);
            a41.intoArray(sums, so + 17 * WIDTH);
            a42.intoArray(sums, so + 18 * WIDTH);
            a43.intoArray(sums, so + 19 * WIDTH);
            a50.intoArray(sums, so + 20 * WIDTH);
            a51.intoArray(sums, so + 21 * WIDTH);
            a52.intoArray(sums, so + 22 * WIDTH);
            a53.intoArray(sums, so + 23 * WIDTH);
        }
    }
}
