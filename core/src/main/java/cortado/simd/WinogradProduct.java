package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * One of the 36 products of {@link Winograd}: {@code m[k, tile] = Σ_c v[c, tile] · u[c, k]}, c and k in blocks of 16 lanes.
 *
 * <p>What {@link Tile} does for any places, with places that follow from the tile's number and sums that begin with 0. Nothing is looked
 * up, which counts where few channels make a short loop: for 16 channels the tables took half of the time, for 32 a quarter.
 */
public final class WinogradProduct {
    /** What the count of tiles is rounded up to in v and m: rows of every register tile. */
    public static final int ROWS = 24;

    private WinogradProduct() {
    }

    /**
     * The product of some tiles. Up to a multiple of {@link #ROWS} what lies behind is read and written too.
     *
     * @param blocks of outputs, 1 … 4
     * @param count  tiles, at least 1
     * @param v      transformed inputs: blocks of channels, {@code vBlock} floats apart, of tiles of 16 lanes
     * @param vo     the first
     * @param vBlock floats from block to block
     * @param c      channels
     * @param u      transformed filters: rows of {@code blocks} blocks, one per channel
     * @param uo     the first
     * @param m      receives blocks of outputs, {@code mBlock} floats apart, of tiles of 16 lanes
     * @param mo     the first
     * @param mBlock floats from block to block
     */
    public static void run(int blocks, int count, float[] v, int vo, int vBlock, int c, float[] u, int uo, float[] m, int mo,
            int mBlock) {
        int rows = blocks == 4 ? 6 : blocks == 3 ? 8 : 12;
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int t = 0; t < count; t += rows) {
                int p = vo + t * WIDTH;
                int q = mo + t * WIDTH + lane;
                switch (blocks) {
                    case 4 -> tile6x4(v, p, vBlock, c, u, uo + lane, m, q, mBlock);
                    case 3 -> tile8x3(v, p, vBlock, c, u, uo + lane, m, q, mBlock);
                    case 2 -> tile12x2(v, p, vBlock, c, u, uo + lane, m, q, mBlock);
                    default -> tile12x1(v, p, vBlock, c, u, uo + lane, m, q);
                }
            }
        }
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }

    private static FloatVector row(float[] v, int o, int row) {
        return FloatVector.broadcast(F, v[o + row * WIDTH]);
    }

    private static int at(int c, int vBlock) {
        return c / WIDTH * vBlock + c % WIDTH;
    }

    private static void tile6x4(float[] v, int p, int vBlock, int channels, float[] u, int uo,
            float[] m, int q, int mBlock) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero, a10 = zero, a11 = zero, a12 = zero, a13 = zero;
        FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero, a30 = zero, a31 = zero, a32 = zero, a33 = zero;
        FloatVector a40 = zero, a41 = zero, a42 = zero, a43 = zero, a50 = zero, a51 = zero, a52 = zero, a53 = zero;
        for (int c = 0, k = uo; c < channels; c++, k += 4 * WIDTH) {
            int o = p + at(c, vBlock);
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH), w2 = load(u, k + 2 * WIDTH), w3 = load(u, k + 3 * WIDTH);
            FloatVector f = row(v, o, 0);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            a03 = f.fma(w3, a03);
            f = row(v, o, 1);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            a13 = f.fma(w3, a13);
            f = row(v, o, 2);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            a23 = f.fma(w3, a23);
            f = row(v, o, 3);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            a33 = f.fma(w3, a33);
            f = row(v, o, 4);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            a43 = f.fma(w3, a43);
            f = row(v, o, 5);
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
    }

    private static void tile8x3(float[] v, int p, int vBlock, int channels, float[] u, int uo,
            float[] m, int q, int mBlock) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a10 = zero, a11 = zero, a12 = zero, a20 = zero, a21 = zero;
        FloatVector a22 = zero, a30 = zero, a31 = zero, a32 = zero, a40 = zero, a41 = zero, a42 = zero, a50 = zero;
        FloatVector a51 = zero, a52 = zero, a60 = zero, a61 = zero, a62 = zero, a70 = zero, a71 = zero, a72 = zero;
        for (int c = 0, k = uo; c < channels; c++, k += 3 * WIDTH) {
            int o = p + at(c, vBlock);
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH), w2 = load(u, k + 2 * WIDTH);
            FloatVector f = row(v, o, 0);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            a02 = f.fma(w2, a02);
            f = row(v, o, 1);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            a12 = f.fma(w2, a12);
            f = row(v, o, 2);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            a22 = f.fma(w2, a22);
            f = row(v, o, 3);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            a32 = f.fma(w2, a32);
            f = row(v, o, 4);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            a42 = f.fma(w2, a42);
            f = row(v, o, 5);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            a52 = f.fma(w2, a52);
            f = row(v, o, 6);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            a62 = f.fma(w2, a62);
            f = row(v, o, 7);
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
    }

    private static void tile12x2(float[] v, int p, int vBlock, int channels, float[] u, int uo,
            float[] m, int q, int mBlock) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
        FloatVector a40 = zero, a41 = zero, a50 = zero, a51 = zero, a60 = zero, a61 = zero, a70 = zero, a71 = zero;
        FloatVector a80 = zero, a81 = zero, a90 = zero, a91 = zero, a100 = zero, a101 = zero, a110 = zero, a111 = zero;
        for (int c = 0, k = uo; c < channels; c++, k += 2 * WIDTH) {
            int o = p + at(c, vBlock);
            FloatVector w0 = load(u, k), w1 = load(u, k + WIDTH);
            FloatVector f = row(v, o, 0);
            a00 = f.fma(w0, a00);
            a01 = f.fma(w1, a01);
            f = row(v, o, 1);
            a10 = f.fma(w0, a10);
            a11 = f.fma(w1, a11);
            f = row(v, o, 2);
            a20 = f.fma(w0, a20);
            a21 = f.fma(w1, a21);
            f = row(v, o, 3);
            a30 = f.fma(w0, a30);
            a31 = f.fma(w1, a31);
            f = row(v, o, 4);
            a40 = f.fma(w0, a40);
            a41 = f.fma(w1, a41);
            f = row(v, o, 5);
            a50 = f.fma(w0, a50);
            a51 = f.fma(w1, a51);
            f = row(v, o, 6);
            a60 = f.fma(w0, a60);
            a61 = f.fma(w1, a61);
            f = row(v, o, 7);
            a70 = f.fma(w0, a70);
            a71 = f.fma(w1, a71);
            f = row(v, o, 8);
            a80 = f.fma(w0, a80);
            a81 = f.fma(w1, a81);
            f = row(v, o, 9);
            a90 = f.fma(w0, a90);
            a91 = f.fma(w1, a91);
            f = row(v, o, 10);
            a100 = f.fma(w0, a100);
            a101 = f.fma(w1, a101);
            f = row(v, o, 11);
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
    }

    private static void tile12x1(float[] v, int p, int vBlock, int channels, float[] u, int uo,
            float[] m, int q) {
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector a8 = zero, a9 = zero, a10 = zero, a11 = zero;
        for (int c = 0, k = uo; c < channels; c++, k += WIDTH) {
            int o = p + at(c, vBlock);
            FloatVector w0 = load(u, k);
            a0 = row(v, o, 0).fma(w0, a0);
            a1 = row(v, o, 1).fma(w0, a1);
            a2 = row(v, o, 2).fma(w0, a2);
            a3 = row(v, o, 3).fma(w0, a3);
            a4 = row(v, o, 4).fma(w0, a4);
            a5 = row(v, o, 5).fma(w0, a5);
            a6 = row(v, o, 6).fma(w0, a6);
            a7 = row(v, o, 7).fma(w0, a7);
            a8 = row(v, o, 8).fma(w0, a8);
            a9 = row(v, o, 9).fma(w0, a9);
            a10 = row(v, o, 10).fma(w0, a10);
            a11 = row(v, o, 11).fma(w0, a11);
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
    }
}
