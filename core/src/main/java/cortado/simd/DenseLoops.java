package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of {@link Dense}. This class is a pattern: it is loaded twice, as a hidden class, for sums that begin with 0 and for
 * sums that begin with something.
 */
final class DenseLoops implements Dense {
    private static final boolean ZERO = Lanes.known(MethodHandles.lookup(), Boolean.class);

    @Override
    public float run(int blocks, int count, float[] v, int vo, int vBlock, int c, float[] u, int uo, float[] m, int mo, int mBlock,
            float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep) {
        int rows = Dense.rows(blocks);
        float seen = 0;
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int t = 0; t < count; t += rows) {
                int p = vo + t * WIDTH;
                int q = mo + t * WIDTH + lane;
                int b = so + t * sRow + lane;
                int next = ahead + t / rows * c * aheadStep;
                seen += switch (blocks) {
                    case 4 -> tile6x4(v, p, vBlock, c, u, uo + lane, m, q, mBlock, s, b, sRow, sBlock, next, aheadStep);
                    case 3 -> tile8x3(v, p, vBlock, c, u, uo + lane, m, q, mBlock, s, b, sRow, sBlock, next, aheadStep);
                    case 2 -> tile12x2(v, p, vBlock, c, u, uo + lane, m, q, mBlock, s, b, sRow, sBlock, next, aheadStep);
                    default -> tile12x1(v, p, vBlock, c, u, uo + lane, m, q, s, b, sRow);
                };
            }
        }
        return seen;
    }

    private static FloatVector start(float[] s, int o) {
        return ZERO ? FloatVector.zero(F) : FloatVector.fromArray(F, s, o);
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }

    private static int at(int c, int vBlock) {
        return c / WIDTH * vBlock + c % WIDTH;
    }

    private static float tile6x4(float[] v, int p, int vBlock, int channels, float[] u, int uo, float[] m, int q, int mBlock,
            float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep) {
        float seen = 0;
        FloatVector a00 = start(s, so), a01 = start(s, so + sBlock), a02 = start(s, so + 2 * sBlock), a03 = start(s, so + 3 * sBlock);
        FloatVector a10 = start(s, so + sRow), a11 = start(s, so + sRow + sBlock),
                a12 = start(s, so + sRow + 2 * sBlock), a13 = start(s, so + sRow + 3 * sBlock);
        FloatVector a20 = start(s, so + 2 * sRow), a21 = start(s, so + 2 * sRow + sBlock),
                a22 = start(s, so + 2 * sRow + 2 * sBlock), a23 = start(s, so + 2 * sRow + 3 * sBlock);
        FloatVector a30 = start(s, so + 3 * sRow), a31 = start(s, so + 3 * sRow + sBlock),
                a32 = start(s, so + 3 * sRow + 2 * sBlock), a33 = start(s, so + 3 * sRow + 3 * sBlock);
        FloatVector a40 = start(s, so + 4 * sRow), a41 = start(s, so + 4 * sRow + sBlock),
                a42 = start(s, so + 4 * sRow + 2 * sBlock), a43 = start(s, so + 4 * sRow + 3 * sBlock);
        FloatVector a50 = start(s, so + 5 * sRow), a51 = start(s, so + 5 * sRow + sBlock),
                a52 = start(s, so + 5 * sRow + 2 * sBlock), a53 = start(s, so + 5 * sRow + 3 * sBlock);
        for (int c = 0, k = uo; c < channels; c++, k += 4 * WIDTH) {
            int o = p + at(c, vBlock);
            seen += ZERO ? 0 : u[ahead + c * aheadStep];
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH), w2 = load(u, k + 2 * WIDTH), w3 = load(u, k + 3 * WIDTH);
            FloatVector f = FloatVector.broadcast(F, v[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            a03 = f.fma(w3, a03);
            f = FloatVector.broadcast(F, v[o + WIDTH]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            a13 = f.fma(w3, a13);
            f = FloatVector.broadcast(F, v[o + 2 * WIDTH]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            a23 = f.fma(w3, a23);
            f = FloatVector.broadcast(F, v[o + 3 * WIDTH]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            a33 = f.fma(w3, a33);
            f = FloatVector.broadcast(F, v[o + 4 * WIDTH]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            a43 = f.fma(w3, a43);
            f = FloatVector.broadcast(F, v[o + 5 * WIDTH]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            a52 = f.fma(w2, a52);
            a53 = f.fma(w3, a53);
        }
        a00.intoArray(m, q);
        a01.intoArray(m, q + mBlock);
        a02.intoArray(m, q + 2 * mBlock);
        a03.intoArray(m, q + 3 * mBlock);
        a10.intoArray(m, q + WIDTH);
        a11.intoArray(m, q + WIDTH + mBlock);
        a12.intoArray(m, q + WIDTH + 2 * mBlock);
        a13.intoArray(m, q + WIDTH + 3 * mBlock);
        a20.intoArray(m, q + 2 * WIDTH);
        a21.intoArray(m, q + 2 * WIDTH + mBlock);
        a22.intoArray(m, q + 2 * WIDTH + 2 * mBlock);
        a23.intoArray(m, q + 2 * WIDTH + 3 * mBlock);
        a30.intoArray(m, q + 3 * WIDTH);
        a31.intoArray(m, q + 3 * WIDTH + mBlock);
        a32.intoArray(m, q + 3 * WIDTH + 2 * mBlock);
        a33.intoArray(m, q + 3 * WIDTH + 3 * mBlock);
        a40.intoArray(m, q + 4 * WIDTH);
        a41.intoArray(m, q + 4 * WIDTH + mBlock);
        a42.intoArray(m, q + 4 * WIDTH + 2 * mBlock);
        a43.intoArray(m, q + 4 * WIDTH + 3 * mBlock);
        a50.intoArray(m, q + 5 * WIDTH);
        a51.intoArray(m, q + 5 * WIDTH + mBlock);
        a52.intoArray(m, q + 5 * WIDTH + 2 * mBlock);
        a53.intoArray(m, q + 5 * WIDTH + 3 * mBlock);
        return seen;
    }

    private static float tile8x3(float[] v, int p, int vBlock, int channels, float[] u, int uo, float[] m, int q, int mBlock,
            float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep) {
        float seen = 0;
        FloatVector a00 = start(s, so), a01 = start(s, so + sBlock), a02 = start(s, so + 2 * sBlock);
        FloatVector a10 = start(s, so + sRow), a11 = start(s, so + sRow + sBlock), a12 = start(s, so + sRow + 2 * sBlock);
        FloatVector a20 = start(s, so + 2 * sRow), a21 = start(s, so + 2 * sRow + sBlock), a22 = start(s, so + 2 * sRow + 2 * sBlock);
        FloatVector a30 = start(s, so + 3 * sRow), a31 = start(s, so + 3 * sRow + sBlock), a32 = start(s, so + 3 * sRow + 2 * sBlock);
        FloatVector a40 = start(s, so + 4 * sRow), a41 = start(s, so + 4 * sRow + sBlock), a42 = start(s, so + 4 * sRow + 2 * sBlock);
        FloatVector a50 = start(s, so + 5 * sRow), a51 = start(s, so + 5 * sRow + sBlock), a52 = start(s, so + 5 * sRow + 2 * sBlock);
        FloatVector a60 = start(s, so + 6 * sRow), a61 = start(s, so + 6 * sRow + sBlock), a62 = start(s, so + 6 * sRow + 2 * sBlock);
        FloatVector a70 = start(s, so + 7 * sRow), a71 = start(s, so + 7 * sRow + sBlock), a72 = start(s, so + 7 * sRow + 2 * sBlock);
        for (int c = 0, k = uo; c < channels; c++, k += 3 * WIDTH) {
            int o = p + at(c, vBlock);
            seen += ZERO ? 0 : u[ahead + c * aheadStep];
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH), w2 = load(u, k + 2 * WIDTH);
            FloatVector f = FloatVector.broadcast(F, v[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            f = FloatVector.broadcast(F, v[o + WIDTH]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            f = FloatVector.broadcast(F, v[o + 2 * WIDTH]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            f = FloatVector.broadcast(F, v[o + 3 * WIDTH]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            f = FloatVector.broadcast(F, v[o + 4 * WIDTH]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            f = FloatVector.broadcast(F, v[o + 5 * WIDTH]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            a52 = f.fma(w2, a52);
            f = FloatVector.broadcast(F, v[o + 6 * WIDTH]);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            a62 = f.fma(w2, a62);
            f = FloatVector.broadcast(F, v[o + 7 * WIDTH]);
            a70 = f.fma(w0, a70);
            a71 = f.fma(w1, a71);
            a72 = f.fma(w2, a72);
        }
        a00.intoArray(m, q);
        a01.intoArray(m, q + mBlock);
        a02.intoArray(m, q + 2 * mBlock);
        a10.intoArray(m, q + WIDTH);
        a11.intoArray(m, q + WIDTH + mBlock);
        a12.intoArray(m, q + WIDTH + 2 * mBlock);
        a20.intoArray(m, q + 2 * WIDTH);
        a21.intoArray(m, q + 2 * WIDTH + mBlock);
        a22.intoArray(m, q + 2 * WIDTH + 2 * mBlock);
        a30.intoArray(m, q + 3 * WIDTH);
        a31.intoArray(m, q + 3 * WIDTH + mBlock);
        a32.intoArray(m, q + 3 * WIDTH + 2 * mBlock);
        a40.intoArray(m, q + 4 * WIDTH);
        a41.intoArray(m, q + 4 * WIDTH + mBlock);
        a42.intoArray(m, q + 4 * WIDTH + 2 * mBlock);
        a50.intoArray(m, q + 5 * WIDTH);
        a51.intoArray(m, q + 5 * WIDTH + mBlock);
        a52.intoArray(m, q + 5 * WIDTH + 2 * mBlock);
        a60.intoArray(m, q + 6 * WIDTH);
        a61.intoArray(m, q + 6 * WIDTH + mBlock);
        a62.intoArray(m, q + 6 * WIDTH + 2 * mBlock);
        a70.intoArray(m, q + 7 * WIDTH);
        a71.intoArray(m, q + 7 * WIDTH + mBlock);
        a72.intoArray(m, q + 7 * WIDTH + 2 * mBlock);
        return seen;
    }

    private static float tile12x2(float[] v, int p, int vBlock, int channels, float[] u, int uo, float[] m, int q, int mBlock,
            float[] s, int so, int sRow, int sBlock, int ahead, int aheadStep) {
        float seen = 0;
        FloatVector a00 = start(s, so), a01 = start(s, so + sBlock), a10 = start(s, so + sRow), a11 = start(s, so + sRow + sBlock);
        FloatVector a20 = start(s, so + 2 * sRow), a21 = start(s, so + 2 * sRow + sBlock),
                a30 = start(s, so + 3 * sRow), a31 = start(s, so + 3 * sRow + sBlock);
        FloatVector a40 = start(s, so + 4 * sRow), a41 = start(s, so + 4 * sRow + sBlock),
                a50 = start(s, so + 5 * sRow), a51 = start(s, so + 5 * sRow + sBlock);
        FloatVector a60 = start(s, so + 6 * sRow), a61 = start(s, so + 6 * sRow + sBlock),
                a70 = start(s, so + 7 * sRow), a71 = start(s, so + 7 * sRow + sBlock);
        FloatVector a80 = start(s, so + 8 * sRow), a81 = start(s, so + 8 * sRow + sBlock),
                a90 = start(s, so + 9 * sRow), a91 = start(s, so + 9 * sRow + sBlock);
        FloatVector a100 = start(s, so + 10 * sRow), a101 = start(s, so + 10 * sRow + sBlock),
                a110 = start(s, so + 11 * sRow), a111 = start(s, so + 11 * sRow + sBlock);
        for (int c = 0, k = uo; c < channels; c++, k += 2 * WIDTH) {
            int o = p + at(c, vBlock);
            seen += ZERO ? 0 : u[ahead + c * aheadStep];
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH);
            FloatVector f = FloatVector.broadcast(F, v[o]);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            f = FloatVector.broadcast(F, v[o + WIDTH]);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            f = FloatVector.broadcast(F, v[o + 2 * WIDTH]);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            f = FloatVector.broadcast(F, v[o + 3 * WIDTH]);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            f = FloatVector.broadcast(F, v[o + 4 * WIDTH]);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            f = FloatVector.broadcast(F, v[o + 5 * WIDTH]);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            f = FloatVector.broadcast(F, v[o + 6 * WIDTH]);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            f = FloatVector.broadcast(F, v[o + 7 * WIDTH]);
            a70 = f.fma(w0, a70);
            a71 = f.fma(w1, a71);
            f = FloatVector.broadcast(F, v[o + 8 * WIDTH]);
            a80 = f.fma(w0, a80);
            a81 = f.fma(w1, a81);
            f = FloatVector.broadcast(F, v[o + 9 * WIDTH]);
            a90 = f.fma(w0, a90);
            a91 = f.fma(w1, a91);
            f = FloatVector.broadcast(F, v[o + 10 * WIDTH]);
            a100 = f.fma(w0, a100);
            a101 = f.fma(w1, a101);
            f = FloatVector.broadcast(F, v[o + 11 * WIDTH]);
            a110 = f.fma(w0, a110);
            a111 = f.fma(w1, a111);
        }
        a00.intoArray(m, q);
        a01.intoArray(m, q + mBlock);
        a10.intoArray(m, q + WIDTH);
        a11.intoArray(m, q + WIDTH + mBlock);
        a20.intoArray(m, q + 2 * WIDTH);
        a21.intoArray(m, q + 2 * WIDTH + mBlock);
        a30.intoArray(m, q + 3 * WIDTH);
        a31.intoArray(m, q + 3 * WIDTH + mBlock);
        a40.intoArray(m, q + 4 * WIDTH);
        a41.intoArray(m, q + 4 * WIDTH + mBlock);
        a50.intoArray(m, q + 5 * WIDTH);
        a51.intoArray(m, q + 5 * WIDTH + mBlock);
        a60.intoArray(m, q + 6 * WIDTH);
        a61.intoArray(m, q + 6 * WIDTH + mBlock);
        a70.intoArray(m, q + 7 * WIDTH);
        a71.intoArray(m, q + 7 * WIDTH + mBlock);
        a80.intoArray(m, q + 8 * WIDTH);
        a81.intoArray(m, q + 8 * WIDTH + mBlock);
        a90.intoArray(m, q + 9 * WIDTH);
        a91.intoArray(m, q + 9 * WIDTH + mBlock);
        a100.intoArray(m, q + 10 * WIDTH);
        a101.intoArray(m, q + 10 * WIDTH + mBlock);
        a110.intoArray(m, q + 11 * WIDTH);
        a111.intoArray(m, q + 11 * WIDTH + mBlock);
        return seen;
    }

    private static float tile12x1(float[] v, int p, int vBlock, int channels, float[] u, int uo,
            float[] m, int q, float[] s, int so, int sRow) {
        FloatVector a0 = start(s, so), a1 = start(s, so + sRow), a2 = start(s, so + 2 * sRow), a3 = start(s, so + 3 * sRow);
        FloatVector a4 = start(s, so + 4 * sRow), a5 = start(s, so + 5 * sRow),
                a6 = start(s, so + 6 * sRow), a7 = start(s, so + 7 * sRow);
        FloatVector a8 = start(s, so + 8 * sRow), a9 = start(s, so + 9 * sRow),
                a10 = start(s, so + 10 * sRow), a11 = start(s, so + 11 * sRow);
        for (int c = 0, k = uo; c < channels; c++, k += WIDTH) {
            int o = p + at(c, vBlock);
            FloatVector w0 = load(u, k);
            a0 = FloatVector.broadcast(F, v[o]).fma(w0, a0);
            a1 = FloatVector.broadcast(F, v[o + WIDTH]).fma(w0, a1);
            a2 = FloatVector.broadcast(F, v[o + 2 * WIDTH]).fma(w0, a2);
            a3 = FloatVector.broadcast(F, v[o + 3 * WIDTH]).fma(w0, a3);
            a4 = FloatVector.broadcast(F, v[o + 4 * WIDTH]).fma(w0, a4);
            a5 = FloatVector.broadcast(F, v[o + 5 * WIDTH]).fma(w0, a5);
            a6 = FloatVector.broadcast(F, v[o + 6 * WIDTH]).fma(w0, a6);
            a7 = FloatVector.broadcast(F, v[o + 7 * WIDTH]).fma(w0, a7);
            a8 = FloatVector.broadcast(F, v[o + 8 * WIDTH]).fma(w0, a8);
            a9 = FloatVector.broadcast(F, v[o + 9 * WIDTH]).fma(w0, a9);
            a10 = FloatVector.broadcast(F, v[o + 10 * WIDTH]).fma(w0, a10);
            a11 = FloatVector.broadcast(F, v[o + 11 * WIDTH]).fma(w0, a11);
        }
        a0.intoArray(m, q);
        a1.intoArray(m, q + WIDTH);
        a2.intoArray(m, q + 2 * WIDTH);
        a3.intoArray(m, q + 3 * WIDTH);
        a4.intoArray(m, q + 4 * WIDTH);
        a5.intoArray(m, q + 5 * WIDTH);
        a6.intoArray(m, q + 6 * WIDTH);
        a7.intoArray(m, q + 7 * WIDTH);
        a8.intoArray(m, q + 8 * WIDTH);
        a9.intoArray(m, q + 9 * WIDTH);
        a10.intoArray(m, q + 10 * WIDTH);
        a11.intoArray(m, q + 11 * WIDTH);
        return 0;
    }
}
