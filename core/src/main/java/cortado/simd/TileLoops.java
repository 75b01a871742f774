package cortado.simd;

import static cortado.simd.Lanes.F;

import cortado.simd.Tile.Distance;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of {@link Tile}. This class is a pattern: it is loaded once for each {@link Distance}, as a hidden class, so that
 * distances are constants for the compiler. Rows are then offsets of one address with one bounds check instead of as many as there are
 * rows, which makes a tile a quarter to a half faster.
 */
final class TileLoops implements Tile.Loops {
    private static final Distance KNOWN = Lanes.known(MethodHandles.lookup(), Distance.class);
    private static final int ROW = KNOWN.row();
    private static final int W_BLOCK = KNOWN.wBlock();

    @Override
    public float run(Tile t, int blocks, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w,
            int wo, int wStep, float[] s, int so, int sRow, int sBlock, int ahead,
            int aheadStep) {
        return switch (blocks) {
            case 4 -> tile6x4(t, y, yo, x, xo, row, last, from, to, w, wo, wStep, s, so, sRow, sBlock, ahead, aheadStep);
            case 3 -> tile8x3(t, y, yo, x, xo, row, last, from, to, w, wo, wStep, s, so, sRow, sBlock, ahead, aheadStep);
            case 2 -> tile12x2(t, y, yo, x, xo, row, last, from, to, w, wo, wStep, s, so, sRow, sBlock, ahead, aheadStep);
            default -> tile16x1(t, y, yo, x, xo, row, last, from, to, w, wo, wStep, s, so, sRow, sBlock);
        };
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }

    /** How far a row lies from the tile's first in x. */
    private static int x(int[] place, int first, int row, int last) {
        return ROW == 0 ? at(place, first + row, last) - place[first] : row * ROW;
    }

    /** From tap to tap in w: known where blocks lie side by side. */
    private static int step(int blocks, int wStep) {
        return ROW > 0 && W_BLOCK == Lanes.WIDTH ? blocks * Lanes.WIDTH : wStep;
    }

    private static int at(int[] place, int row, int last) {
        return place[Math.min(row, last)];
    }

    private static float tile6x4(Tile tile, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w,
            int wo, int wStep, float[] s, int so, int sRow, int sBlock, int ahead,
            int aheadStep) {
        float seen = 0;
        int[] taps = tile.taps, xAt = tile.xAt, yAt = tile.yAt;
        int yBlock = tile.yBlock, wBlock = W_BLOCK == 0 ? tile.wBlock : W_BLOCK;
        int x0 = xo + xAt[row], x1 = x(xAt, row, 1, last), x2 = x(xAt, row, 2, last), x3 = x(xAt, row, 3, last);
        int x4 = x(xAt, row, 4, last), x5 = x(xAt, row, 5, last);
        int y0 = yo + yAt[row], y1 = yo + at(yAt, row + 1, last), y2 = yo + at(yAt, row + 2, last);
        int y3 = yo + at(yAt, row + 3, last), y4 = yo + at(yAt, row + 4, last), y5 = yo + at(yAt, row + 5, last);
        int s0 = so + sRow * (y0 - yo), s1 = so + sRow * (y1 - yo), s2 = so + sRow * (y2 - yo), s3 = so + sRow * (y3 - yo),
                s4 = so + sRow * (y4 - yo), s5 = so + sRow * (y5 - yo);
        FloatVector a00 = load(s, s0), a01 = load(s, s0 + sBlock), a02 = load(s, s0 + 2 * sBlock), a03 = load(s, s0 + 3 * sBlock);
        FloatVector a10 = load(s, s1), a11 = load(s, s1 + sBlock), a12 = load(s, s1 + 2 * sBlock), a13 = load(s, s1 + 3 * sBlock);
        FloatVector a20 = load(s, s2), a21 = load(s, s2 + sBlock), a22 = load(s, s2 + 2 * sBlock), a23 = load(s, s2 + 3 * sBlock);
        FloatVector a30 = load(s, s3), a31 = load(s, s3 + sBlock), a32 = load(s, s3 + 2 * sBlock), a33 = load(s, s3 + 3 * sBlock);
        FloatVector a40 = load(s, s4), a41 = load(s, s4 + sBlock), a42 = load(s, s4 + 2 * sBlock), a43 = load(s, s4 + 3 * sBlock);
        FloatVector a50 = load(s, s5), a51 = load(s, s5 + sBlock), a52 = load(s, s5 + 2 * sBlock), a53 = load(s, s5 + 3 * sBlock);
        int step = step(4, wStep);
        for (int t = from, v = wo + from * step; t < to; t++, v += step) {
            int o = x0 + taps[t];
            seen += w[ahead + (t - from) * aheadStep];
            FloatVector w0 = load(w, v), w1 = load(w, v + wBlock), w2 = load(w, v + 2 * wBlock), w3 = load(w, v + 3 * wBlock);
            FloatVector f = FloatVector.broadcast(F, x[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            a03 = f.fma(w3, a03);
            f = FloatVector.broadcast(F, x[o + x1]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            a13 = f.fma(w3, a13);
            f = FloatVector.broadcast(F, x[o + x2]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            a23 = f.fma(w3, a23);
            f = FloatVector.broadcast(F, x[o + x3]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            a33 = f.fma(w3, a33);
            f = FloatVector.broadcast(F, x[o + x4]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            a43 = f.fma(w3, a43);
            f = FloatVector.broadcast(F, x[o + x5]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            a52 = f.fma(w2, a52);
            a53 = f.fma(w3, a53);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + yBlock);
        a02.intoArray(y, y0 + 2 * yBlock);
        a03.intoArray(y, y0 + 3 * yBlock);
        a10.intoArray(y, y1);
        a11.intoArray(y, y1 + yBlock);
        a12.intoArray(y, y1 + 2 * yBlock);
        a13.intoArray(y, y1 + 3 * yBlock);
        a20.intoArray(y, y2);
        a21.intoArray(y, y2 + yBlock);
        a22.intoArray(y, y2 + 2 * yBlock);
        a23.intoArray(y, y2 + 3 * yBlock);
        a30.intoArray(y, y3);
        a31.intoArray(y, y3 + yBlock);
        a32.intoArray(y, y3 + 2 * yBlock);
        a33.intoArray(y, y3 + 3 * yBlock);
        a40.intoArray(y, y4);
        a41.intoArray(y, y4 + yBlock);
        a42.intoArray(y, y4 + 2 * yBlock);
        a43.intoArray(y, y4 + 3 * yBlock);
        a50.intoArray(y, y5);
        a51.intoArray(y, y5 + yBlock);
        a52.intoArray(y, y5 + 2 * yBlock);
        a53.intoArray(y, y5 + 3 * yBlock);
        return seen;
    }

    private static float tile8x3(Tile tile, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w,
            int wo, int wStep, float[] s, int so, int sRow, int sBlock, int ahead,
            int aheadStep) {
        float seen = 0;
        int[] taps = tile.taps, xAt = tile.xAt, yAt = tile.yAt;
        int yBlock = tile.yBlock, wBlock = W_BLOCK == 0 ? tile.wBlock : W_BLOCK;
        int x0 = xo + xAt[row], x1 = x(xAt, row, 1, last), x2 = x(xAt, row, 2, last), x3 = x(xAt, row, 3, last);
        int x4 = x(xAt, row, 4, last), x5 = x(xAt, row, 5, last), x6 = x(xAt, row, 6, last), x7 = x(xAt, row, 7, last);
        int y0 = yo + yAt[row], y1 = yo + at(yAt, row + 1, last), y2 = yo + at(yAt, row + 2, last);
        int y3 = yo + at(yAt, row + 3, last), y4 = yo + at(yAt, row + 4, last), y5 = yo + at(yAt, row + 5, last);
        int y6 = yo + at(yAt, row + 6, last), y7 = yo + at(yAt, row + 7, last);
        int s0 = so + sRow * (y0 - yo), s1 = so + sRow * (y1 - yo), s2 = so + sRow * (y2 - yo), s3 = so + sRow * (y3 - yo),
                s4 = so + sRow * (y4 - yo), s5 = so + sRow * (y5 - yo);
        int s6 = so + sRow * (y6 - yo), s7 = so + sRow * (y7 - yo);
        FloatVector a00 = load(s, s0), a01 = load(s, s0 + sBlock), a02 = load(s, s0 + 2 * sBlock);
        FloatVector a10 = load(s, s1), a11 = load(s, s1 + sBlock), a12 = load(s, s1 + 2 * sBlock);
        FloatVector a20 = load(s, s2), a21 = load(s, s2 + sBlock), a22 = load(s, s2 + 2 * sBlock);
        FloatVector a30 = load(s, s3), a31 = load(s, s3 + sBlock), a32 = load(s, s3 + 2 * sBlock);
        FloatVector a40 = load(s, s4), a41 = load(s, s4 + sBlock), a42 = load(s, s4 + 2 * sBlock);
        FloatVector a50 = load(s, s5), a51 = load(s, s5 + sBlock), a52 = load(s, s5 + 2 * sBlock);
        FloatVector a60 = load(s, s6), a61 = load(s, s6 + sBlock), a62 = load(s, s6 + 2 * sBlock);
        FloatVector a70 = load(s, s7), a71 = load(s, s7 + sBlock), a72 = load(s, s7 + 2 * sBlock);
        int step = step(3, wStep);
        for (int t = from, v = wo + from * step; t < to; t++, v += step) {
            int o = x0 + taps[t];
            seen += w[ahead + (t - from) * aheadStep];
            FloatVector w0 = load(w, v), w1 = load(w, v + wBlock), w2 = load(w, v + 2 * wBlock);
            FloatVector f = FloatVector.broadcast(F, x[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            f = FloatVector.broadcast(F, x[o + x1]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            f = FloatVector.broadcast(F, x[o + x2]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            f = FloatVector.broadcast(F, x[o + x3]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            f = FloatVector.broadcast(F, x[o + x4]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            f = FloatVector.broadcast(F, x[o + x5]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            a52 = f.fma(w2, a52);
            f = FloatVector.broadcast(F, x[o + x6]);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            a62 = f.fma(w2, a62);
            f = FloatVector.broadcast(F, x[o + x7]);
            a70 = f.fma(w0, a70);
            a71 = f.fma(w1, a71);
            a72 = f.fma(w2, a72);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + yBlock);
        a02.intoArray(y, y0 + 2 * yBlock);
        a10.intoArray(y, y1);
        a11.intoArray(y, y1 + yBlock);
        a12.intoArray(y, y1 + 2 * yBlock);
        a20.intoArray(y, y2);
        a21.intoArray(y, y2 + yBlock);
        a22.intoArray(y, y2 + 2 * yBlock);
        a30.intoArray(y, y3);
        a31.intoArray(y, y3 + yBlock);
        a32.intoArray(y, y3 + 2 * yBlock);
        a40.intoArray(y, y4);
        a41.intoArray(y, y4 + yBlock);
        a42.intoArray(y, y4 + 2 * yBlock);
        a50.intoArray(y, y5);
        a51.intoArray(y, y5 + yBlock);
        a52.intoArray(y, y5 + 2 * yBlock);
        a60.intoArray(y, y6);
        a61.intoArray(y, y6 + yBlock);
        a62.intoArray(y, y6 + 2 * yBlock);
        a70.intoArray(y, y7);
        a71.intoArray(y, y7 + yBlock);
        a72.intoArray(y, y7 + 2 * yBlock);
        return seen;
    }

    private static float tile12x2(Tile tile, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w,
            int wo, int wStep, float[] s, int so, int sRow, int sBlock, int ahead,
            int aheadStep) {
        float seen = 0;
        int[] taps = tile.taps, xAt = tile.xAt, yAt = tile.yAt;
        int yBlock = tile.yBlock, wBlock = W_BLOCK == 0 ? tile.wBlock : W_BLOCK;
        int x0 = xo + xAt[row], x1 = x(xAt, row, 1, last), x2 = x(xAt, row, 2, last), x3 = x(xAt, row, 3, last);
        int x4 = x(xAt, row, 4, last), x5 = x(xAt, row, 5, last), x6 = x(xAt, row, 6, last), x7 = x(xAt, row, 7, last);
        int x8 = x(xAt, row, 8, last), x9 = x(xAt, row, 9, last), x10 = x(xAt, row, 10, last), x11 = x(xAt, row, 11, last);
        int y0 = yo + yAt[row], y1 = yo + at(yAt, row + 1, last), y2 = yo + at(yAt, row + 2, last);
        int y3 = yo + at(yAt, row + 3, last), y4 = yo + at(yAt, row + 4, last), y5 = yo + at(yAt, row + 5, last);
        int y6 = yo + at(yAt, row + 6, last), y7 = yo + at(yAt, row + 7, last), y8 = yo + at(yAt, row + 8, last);
        int y9 = yo + at(yAt, row + 9, last), y10 = yo + at(yAt, row + 10, last), y11 = yo + at(yAt, row + 11, last);
        int s0 = so + sRow * (y0 - yo), s1 = so + sRow * (y1 - yo), s2 = so + sRow * (y2 - yo), s3 = so + sRow * (y3 - yo),
                s4 = so + sRow * (y4 - yo), s5 = so + sRow * (y5 - yo);
        int s6 = so + sRow * (y6 - yo), s7 = so + sRow * (y7 - yo), s8 = so + sRow * (y8 - yo), s9 = so + sRow * (y9 - yo);
        int s10 = so + sRow * (y10 - yo), s11 = so + sRow * (y11 - yo);
        FloatVector a00 = load(s, s0), a01 = load(s, s0 + sBlock), a10 = load(s, s1), a11 = load(s, s1 + sBlock);
        FloatVector a20 = load(s, s2), a21 = load(s, s2 + sBlock), a30 = load(s, s3), a31 = load(s, s3 + sBlock);
        FloatVector a40 = load(s, s4), a41 = load(s, s4 + sBlock), a50 = load(s, s5), a51 = load(s, s5 + sBlock);
        FloatVector a60 = load(s, s6), a61 = load(s, s6 + sBlock), a70 = load(s, s7), a71 = load(s, s7 + sBlock);
        FloatVector a80 = load(s, s8), a81 = load(s, s8 + sBlock), a90 = load(s, s9), a91 = load(s, s9 + sBlock);
        FloatVector a100 = load(s, s10), a101 = load(s, s10 + sBlock), a110 = load(s, s11), a111 = load(s, s11 + sBlock);
        int step = step(2, wStep);
        for (int t = from, v = wo + from * step; t < to; t++, v += step) {
            int o = x0 + taps[t];
            seen += w[ahead + (t - from) * aheadStep];
            FloatVector w0 = load(w, v), w1 = load(w, v + wBlock);
            FloatVector f = FloatVector.broadcast(F, x[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            f = FloatVector.broadcast(F, x[o + x1]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            f = FloatVector.broadcast(F, x[o + x2]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            f = FloatVector.broadcast(F, x[o + x3]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            f = FloatVector.broadcast(F, x[o + x4]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            f = FloatVector.broadcast(F, x[o + x5]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            f = FloatVector.broadcast(F, x[o + x6]);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            f = FloatVector.broadcast(F, x[o + x7]);
            a70 = f.fma(w0, a70);
            a71 = f.fma(w1, a71);
            f = FloatVector.broadcast(F, x[o + x8]);
            a80 = f.fma(w0, a80);
            a81 = f.fma(w1, a81);
            f = FloatVector.broadcast(F, x[o + x9]);
            a90 = f.fma(w0, a90);
            a91 = f.fma(w1, a91);
            f = FloatVector.broadcast(F, x[o + x10]);
            a100 = f.fma(w0, a100);
            a101 = f.fma(w1, a101);
            f = FloatVector.broadcast(F, x[o + x11]);
            a110 = f.fma(w0, a110);
            a111 = f.fma(w1, a111);
        }
        a00.intoArray(y, y0);
        a01.intoArray(y, y0 + yBlock);
        a10.intoArray(y, y1);
        a11.intoArray(y, y1 + yBlock);
        a20.intoArray(y, y2);
        a21.intoArray(y, y2 + yBlock);
        a30.intoArray(y, y3);
        a31.intoArray(y, y3 + yBlock);
        a40.intoArray(y, y4);
        a41.intoArray(y, y4 + yBlock);
        a50.intoArray(y, y5);
        a51.intoArray(y, y5 + yBlock);
        a60.intoArray(y, y6);
        a61.intoArray(y, y6 + yBlock);
        a70.intoArray(y, y7);
        a71.intoArray(y, y7 + yBlock);
        a80.intoArray(y, y8);
        a81.intoArray(y, y8 + yBlock);
        a90.intoArray(y, y9);
        a91.intoArray(y, y9 + yBlock);
        a100.intoArray(y, y10);
        a101.intoArray(y, y10 + yBlock);
        a110.intoArray(y, y11);
        a111.intoArray(y, y11 + yBlock);
        return seen;
    }

    private static float tile16x1(Tile tile, float[] y, int yo, float[] x, int xo, int row, int last, int from, int to, float[] w,
            int wo, int wStep, float[] s, int so, int sRow, int sBlock) {
        int[] taps = tile.taps, xAt = tile.xAt, yAt = tile.yAt;
        int x0 = xo + xAt[row], x1 = x(xAt, row, 1, last), x2 = x(xAt, row, 2, last), x3 = x(xAt, row, 3, last);
        int x4 = x(xAt, row, 4, last), x5 = x(xAt, row, 5, last), x6 = x(xAt, row, 6, last), x7 = x(xAt, row, 7, last);
        int x8 = x(xAt, row, 8, last), x9 = x(xAt, row, 9, last), x10 = x(xAt, row, 10, last), x11 = x(xAt, row, 11, last);
        int x12 = x(xAt, row, 12, last), x13 = x(xAt, row, 13, last), x14 = x(xAt, row, 14, last), x15 = x(xAt, row, 15, last);
        int y0 = yo + yAt[row], y1 = yo + at(yAt, row + 1, last), y2 = yo + at(yAt, row + 2, last), y3 = yo + at(yAt, row + 3, last);
        int y4 = yo + at(yAt, row + 4, last), y5 = yo + at(yAt, row + 5, last), y6 = yo + at(yAt, row + 6, last), y7 = yo + at(yAt, row + 7, last);
        int y8 = yo + at(yAt, row + 8, last), y9 = yo + at(yAt, row + 9, last), y10 = yo + at(yAt, row + 10, last), y11 = yo + at(yAt, row + 11, last);
        int y12 = yo + at(yAt, row + 12, last), y13 = yo + at(yAt, row + 13, last), y14 = yo + at(yAt, row + 14, last), y15 = yo + at(yAt, row + 15, last);
        int s0 = so + sRow * (y0 - yo), s1 = so + sRow * (y1 - yo), s2 = so + sRow * (y2 - yo), s3 = so + sRow * (y3 - yo);
        int s4 = so + sRow * (y4 - yo), s5 = so + sRow * (y5 - yo), s6 = so + sRow * (y6 - yo), s7 = so + sRow * (y7 - yo);
        int s8 = so + sRow * (y8 - yo), s9 = so + sRow * (y9 - yo), s10 = so + sRow * (y10 - yo), s11 = so + sRow * (y11 - yo);
        int s12 = so + sRow * (y12 - yo), s13 = so + sRow * (y13 - yo), s14 = so + sRow * (y14 - yo), s15 = so + sRow * (y15 - yo);
        FloatVector a0 = load(s, s0), a1 = load(s, s1), a2 = load(s, s2), a3 = load(s, s3);
        FloatVector a4 = load(s, s4), a5 = load(s, s5), a6 = load(s, s6), a7 = load(s, s7);
        FloatVector a8 = load(s, s8), a9 = load(s, s9), a10 = load(s, s10), a11 = load(s, s11);
        FloatVector a12 = load(s, s12), a13 = load(s, s13), a14 = load(s, s14), a15 = load(s, s15);
        int step = step(1, wStep);
        for (int t = from, v = wo + from * step; t < to; t++, v += step) {
            int o = x0 + taps[t];
            FloatVector w0 = load(w, v);
            a0 = FloatVector.broadcast(F, x[o]).fma(w0, a0);
            a1 = FloatVector.broadcast(F, x[o + x1]).fma(w0, a1);
            a2 = FloatVector.broadcast(F, x[o + x2]).fma(w0, a2);
            a3 = FloatVector.broadcast(F, x[o + x3]).fma(w0, a3);
            a4 = FloatVector.broadcast(F, x[o + x4]).fma(w0, a4);
            a5 = FloatVector.broadcast(F, x[o + x5]).fma(w0, a5);
            a6 = FloatVector.broadcast(F, x[o + x6]).fma(w0, a6);
            a7 = FloatVector.broadcast(F, x[o + x7]).fma(w0, a7);
            a8 = FloatVector.broadcast(F, x[o + x8]).fma(w0, a8);
            a9 = FloatVector.broadcast(F, x[o + x9]).fma(w0, a9);
            a10 = FloatVector.broadcast(F, x[o + x10]).fma(w0, a10);
            a11 = FloatVector.broadcast(F, x[o + x11]).fma(w0, a11);
            a12 = FloatVector.broadcast(F, x[o + x12]).fma(w0, a12);
            a13 = FloatVector.broadcast(F, x[o + x13]).fma(w0, a13);
            a14 = FloatVector.broadcast(F, x[o + x14]).fma(w0, a14);
            a15 = FloatVector.broadcast(F, x[o + x15]).fma(w0, a15);
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y1);
        a2.intoArray(y, y2);
        a3.intoArray(y, y3);
        a4.intoArray(y, y4);
        a5.intoArray(y, y5);
        a6.intoArray(y, y6);
        a7.intoArray(y, y7);
        a8.intoArray(y, y8);
        a9.intoArray(y, y9);
        a10.intoArray(y, y10);
        a11.intoArray(y, y11);
        a12.intoArray(y, y12);
        a13.intoArray(y, y13);
        a14.intoArray(y, y14);
        a15.intoArray(y, y15);
        return 0;
    }
}
