package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The transforms of Winograd's minimal filtering F(4×4, 3×3): a tile of 4×4 outputs costs 36 multiplications per channel instead
 * of 144. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), section 4.3, points 0, ±1, ±2, ∞.
 *
 * <pre>
 * y  = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ x B) ] A          forward, and the gradient of x with turned w
 * dw = Gᵀ [ (A dy Aᵀ) ⊙ (Bᵀ x B) ] G         summed over tiles and images
 * </pre>
 *
 * Every transform is applied to columns, then to rows, the input's the other way about, which spares bounds checks; each element is a block of 16 lanes. The 36 products ξ of a tile lie
 * {@code xi} floats apart, so that the sum over channels is one small matrix product per ξ.
 */
public final class Winograd {
    /** Products per tile. */
    public static final int XI = 36;
    /** Floats of room that a transform needs. */
    public static final int ROOM = XI * WIDTH;

    private Winograd() {
    }

    /**
     * Bᵀ x B of one 6×6 tile.
     *
     * @param x    input memory, padded
     * @param xo   the tile's first element
     * @param row  floats from row to row
     * @param v    transformed tile
     * @param vo   its first element
     * @param xi   floats from product to product
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void input(float[] x, int xo, int row, float[] v, int vo, int xi, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int i = 0; i < 6; i++) {
                bt(x, xo + lane + i * row, WIDTH, room, ro + lane + 6 * i * WIDTH, WIDTH);
            }
            for (int j = 0; j < 6; j++) {
                bt(room, ro + lane + j * WIDTH, 6 * WIDTH, v, vo + lane + j * xi, 6 * xi);
            }
        }
    }

    /**
     * Copies a tile that reaches over the image's edge, with zeros around.
     *
     * @param x    a channel block of an image
     * @param xo   its first element
     * @param h    rows of the image
     * @param w    columns of the image
     * @param top  the tile's first row, may be outside
     * @param left the tile's first column, may be outside
     * @param size rows and columns of the tile
     * @param to   receives {@code size·size} blocks
     * @param o    the first
     */
    public static void edge(float[] x, int xo, int h, int w, int top, int left, int size, float[] to, int o) {
        int from = Math.clamp(-left, 0, size) * WIDTH;
        int end = Math.clamp(w - left, 0, size) * WIDTH;
        for (int r = 0, at = o; r < size; r++, at += size * WIDTH) {
            boolean inside = top + r >= 0 && top + r < h && from < end;
            zero(to, at, inside ? from : size * WIDTH);
            if (inside) {
                int line = xo + ((top + r) * w + left) * WIDTH;
                for (int i = from; i < end; i += V) {
                    FloatVector.fromArray(F, x, line + i).intoArray(to, at + i);
                }
                zero(to, at + end, size * WIDTH - end);
            }
        }
    }

    private static void zero(float[] to, int o, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector.zero(F).intoArray(to, o + i);
        }
    }

    private static void bt(float[] x, int xo, int xs, float[] y, int yo, int ys) {
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
        FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
        FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
        FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
        FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
        FloatVector four = FloatVector.broadcast(F, 4f);
        FloatVector two = FloatVector.broadcast(F, 2f);
        FloatVector minus5 = FloatVector.broadcast(F, -5f);
        FloatVector minus4 = FloatVector.broadcast(F, -4f);
        FloatVector e = x2.fma(minus4, x4);
        FloatVector o = x1.fma(minus4, x3);
        FloatVector f = x4.sub(x2);
        FloatVector g = x3.sub(x1).mul(two);
        x0.fma(four, x2.fma(minus5, x4)).intoArray(y, yo);
        e.add(o).intoArray(y, yo + ys);
        e.sub(o).intoArray(y, yo + 2 * ys);
        f.add(g).intoArray(y, yo + 3 * ys);
        f.sub(g).intoArray(y, yo + 4 * ys);
        x1.fma(four, x3.fma(minus5, x5)).intoArray(y, yo + 5 * ys);
    }

    /**
     * Aᵀ m A of one tile plus a bias, of which only what lies inside the image is written.
     *
     * @param m    products
     * @param mo   the first
     * @param xi   floats from product to product
     * @param y    output memory
     * @param yo   the tile's first element
     * @param row  floats from row to row
     * @param rows rows inside the image, 1 … 4
     * @param cols columns inside the image, 1 … 4
     * @param bias added to each element
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void output(float[] m, int mo, int xi, float[] y, int yo, int row, int rows, int cols, float bias, float[] room,
            int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int j = 0; j < 6; j++) {
                at(m, mo + lane + j * xi, 6 * xi, room, ro + lane + j * WIDTH, 6 * WIDTH, FloatVector.zero(F));
            }
            for (int i = 0; i < rows; i++) {
                if (cols == 4) {
                    at(room, ro + lane + 6 * i * WIDTH, WIDTH, y, yo + lane + i * row, WIDTH, FloatVector.broadcast(F, bias));
                } else {
                    at(room, ro + lane + 6 * i * WIDTH, WIDTH, room, ro + lane + 24 * WIDTH, WIDTH, FloatVector.broadcast(F, bias));
                    for (int j = 0; j < cols; j++) {
                        FloatVector.fromArray(F, room, ro + lane + (24 + j) * WIDTH).intoArray(y, yo + lane + i * row + j * WIDTH);
                    }
                }
            }
        }
    }

    /**
     * Aᵀ m A of one tile whose lanes are channels, with a bias for each.
     *
     * @param m    products
     * @param mo   the first
     * @param xi   floats from product to product
     * @param y    output memory
     * @param yo   the tile's first element
     * @param row  floats from row to row
     * @param rows rows inside the image, 1 … 4
     * @param cols columns inside the image, 1 … 4
     * @param b    16 biases
     * @param bo   the first
     * @param add  whether z is added
     * @param z    memory that lies as y does, maybe y itself
     * @param zo   the tile's first element
     * @param most results below 0 become 0 and those above this become this, as ReLU (infinite) and ReLU6 do; 0 for neither
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void output(float[] m, int mo, int xi, float[] y, int yo, int row, int rows, int cols, float[] b, int bo,
            boolean add, float[] z, int zo, float most, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int j = 0; j < 6; j++) {
                at(m, mo + lane + j * xi, 6 * xi, room, ro + lane + j * WIDTH, 6 * WIDTH, FloatVector.zero(F));
            }
            FloatVector bias = FloatVector.fromArray(F, b, bo + lane);
            for (int i = 0; i < rows; i++) {
                if (cols == 4 && !add && most == 0) {
                    at(room, ro + lane + 6 * i * WIDTH, WIDTH, y, yo + lane + i * row, WIDTH, bias);
                    continue;
                }
                at(room, ro + lane + 6 * i * WIDTH, WIDTH, room, ro + lane + 24 * WIDTH, WIDTH, bias);
                for (int j = 0; j < cols; j++) {
                    int to = lane + i * row + j * WIDTH;
                    FloatVector v = FloatVector.fromArray(F, room, ro + lane + (24 + j) * WIDTH);
                    v = add ? v.add(FloatVector.fromArray(F, z, zo + to)) : v;
                    v = most > 0 ? v.blend(0f, v.compare(VectorOperators.LE, 0f)).blend(most, v.compare(VectorOperators.GT, most))
                            : v;
                    v.intoArray(y, yo + to);
                }
            }
        }
    }

    private static void at(float[] m, int mo, int ms, float[] y, int yo, int ys, FloatVector b) {
        FloatVector m0 = FloatVector.fromArray(F, m, mo);
        FloatVector m1 = FloatVector.fromArray(F, m, mo + ms);
        FloatVector m2 = FloatVector.fromArray(F, m, mo + 2 * ms);
        FloatVector m3 = FloatVector.fromArray(F, m, mo + 3 * ms);
        FloatVector m4 = FloatVector.fromArray(F, m, mo + 4 * ms);
        FloatVector m5 = FloatVector.fromArray(F, m, mo + 5 * ms);
        FloatVector p = m1.add(m2);
        FloatVector q = m1.sub(m2);
        FloatVector r = m3.add(m4);
        FloatVector s = m3.sub(m4);
        m0.add(p).add(r).add(b).intoArray(y, yo);
        s.fma(FloatVector.broadcast(F, 2f), q).add(b).intoArray(y, yo + ys);
        r.fma(FloatVector.broadcast(F, 4f), p).add(b).intoArray(y, yo + 2 * ys);
        s.fma(FloatVector.broadcast(F, 8f), q).add(m5).add(b).intoArray(y, yo + 3 * ys);
    }

    /**
     * A dy Aᵀ of one 4×4 tile of the output's gradient.
     *
     * @param dy   gradient, padded to whole tiles
     * @param dyo  the tile's first element
     * @param row  floats from row to row
     * @param d    transformed tile
     * @param to   its first element
     * @param xi   floats from product to product
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void gradient(float[] dy, int dyo, int row, float[] d, int to, int xi, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int j = 0; j < 4; j++) {
                a(dy, dyo + lane + j * WIDTH, row, room, ro + lane + j * WIDTH, 6 * WIDTH);
            }
            for (int i = 0; i < 6; i++) {
                a(room, ro + lane + 6 * i * WIDTH, WIDTH, d, to + lane + 6 * i * xi, xi);
            }
        }
    }

    private static void a(float[] x, int xo, int xs, float[] y, int yo, int ys) {
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
        FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
        FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
        FloatVector e = x0.add(x2);
        FloatVector o = x1.add(x3);
        FloatVector e2 = x2.fma(FloatVector.broadcast(F, 4f), x0);
        FloatVector o2 = x3.fma(FloatVector.broadcast(F, 4f), x1).mul(FloatVector.broadcast(F, 2f));
        x0.intoArray(y, yo);
        e.add(o).intoArray(y, yo + ys);
        e.sub(o).intoArray(y, yo + 2 * ys);
        e2.add(o2).intoArray(y, yo + 3 * ys);
        e2.sub(o2).intoArray(y, yo + 4 * ys);
        x3.intoArray(y, yo + 5 * ys);
    }

    /**
     * G w Gᵀ of all filters: {@code u[ξ, o, i]} from {@code w[o, i, 3, 3]}.
     *
     * @param w      weights
     * @param wo     the first
     * @param outer  count of o
     * @param inner  count of i
     * @param oStep  floats from outer to outer in w
     * @param iStep  floats from inner to inner in w
     * @param turned whether each 3×3 filter is turned by 180°
     * @param u      transformed filters, rows of {@code row} floats
     * @param uo     the first
     * @param row    floats from outer to outer, a multiple of 16
     * @param xi     floats from product to product
     * @param room   {@link #ROOM} floats
     * @param ro     where they begin
     */
    public static void filters(float[] w, int wo, int outer, int inner, int oStep, int iStep, boolean turned, float[] u, int uo,
            int row, int xi, float[] room, int ro) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i += WIDTH) {
                for (int lane = 0; lane < WIDTH; lane++) {
                    int from = wo + o * oStep + Math.min(i + lane, inner - 1) * iStep;
                    for (int t = 0; t < 9; t++) {
                        room[ro + t * WIDTH + lane] = w[from + (turned ? 8 - t : t)];
                    }
                }
                for (int lane = 0; lane < WIDTH; lane += V) {
                    for (int s = 0; s < 3; s++) {
                        g(room, ro + lane + s * WIDTH, 3 * WIDTH, room, ro + lane + (9 + s) * WIDTH, 3 * WIDTH);
                    }
                    for (int r = 0; r < 6; r++) {
                        g(room, ro + lane + (9 + 3 * r) * WIDTH, WIDTH, u, uo + lane + o * row + i + 6 * r * xi, xi);
                    }
                }
            }
        }
    }

    private static void g(float[] x, int xo, int xs, float[] y, int yo, int ys) {
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
        FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
        FloatVector e = x0.add(x2).mul(FloatVector.broadcast(F, -1 / 6f));
        FloatVector o = x1.mul(FloatVector.broadcast(F, -1 / 6f));
        FloatVector f = x2.fma(FloatVector.broadcast(F, 4f), x0).mul(FloatVector.broadcast(F, 1 / 24f));
        FloatVector h = x1.mul(FloatVector.broadcast(F, 1 / 12f));
        x0.mul(FloatVector.broadcast(F, 0.25f)).intoArray(y, yo);
        e.add(o).intoArray(y, yo + ys);
        e.sub(o).intoArray(y, yo + 2 * ys);
        f.add(h).intoArray(y, yo + 3 * ys);
        f.sub(h).intoArray(y, yo + 4 * ys);
        x2.intoArray(y, yo + 5 * ys);
    }

    /**
     * Gᵀ u G of all filters: {@code dw[n, 3, 3]} from {@code u[ξ, n]}.
     *
     * @param u    gradients of the transformed filters
     * @param uo   the first
     * @param n    filters times channels, a multiple of 16
     * @param dw   gradients of the weights
     * @param dwo  the first
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void weights(float[] u, int uo, int n, float[] dw, int dwo, float[] room, int ro) {
        for (int i = 0; i < n; i += WIDTH) {
            for (int lane = 0; lane < WIDTH; lane += V) {
                for (int j = 0; j < 6; j++) {
                    gt(u, uo + lane + i + j * n, 6 * n, room, ro + lane + j * WIDTH, 6 * WIDTH);
                }
                for (int r = 0; r < 3; r++) {
                    gt(room, ro + lane + 6 * r * WIDTH, WIDTH, room, ro + lane + (18 + 3 * r) * WIDTH, WIDTH);
                }
            }
            for (int lane = 0; lane < WIDTH; lane++) {
                for (int t = 0; t < 9; t++) {
                    dw[dwo + (i + lane) * 9 + t] = room[ro + (18 + t) * WIDTH + lane];
                }
            }
        }
    }

    /**
     * Gᵀ u G of one channel and 16 filters side by side: nine blocks of 16.
     *
     * @param u    gradients of the transformed filters
     * @param uo   the first
     * @param xi   floats from product to product
     * @param dw   gradients of the weights
     * @param dwo  the first
     * @param room {@link #ROOM} floats
     * @param ro   where they begin
     */
    public static void nine(float[] u, int uo, int xi, float[] dw, int dwo, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int j = 0; j < 6; j++) {
                gt(u, uo + lane + j * xi, 6 * xi, room, ro + lane + j * WIDTH, 6 * WIDTH);
            }
            for (int r = 0; r < 3; r++) {
                gt(room, ro + lane + 6 * r * WIDTH, WIDTH, dw, dwo + lane + 3 * r * WIDTH, WIDTH);
            }
        }
    }

    private static void gt(float[] x, int xo, int xs, float[] y, int yo, int ys) {
        FloatVector x0 = FloatVector.fromArray(F, x, xo);
        FloatVector x1 = FloatVector.fromArray(F, x, xo + xs);
        FloatVector x2 = FloatVector.fromArray(F, x, xo + 2 * xs);
        FloatVector x3 = FloatVector.fromArray(F, x, xo + 3 * xs);
        FloatVector x4 = FloatVector.fromArray(F, x, xo + 4 * xs);
        FloatVector x5 = FloatVector.fromArray(F, x, xo + 5 * xs);
        FloatVector p = x1.add(x2).mul(FloatVector.broadcast(F, -1 / 6f));
        FloatVector q = x2.sub(x1).mul(FloatVector.broadcast(F, 1 / 6f));
        FloatVector r = x3.add(x4);
        FloatVector s = x3.sub(x4).mul(FloatVector.broadcast(F, 1 / 12f));
        x0.fma(FloatVector.broadcast(F, 0.25f), p).add(r.mul(FloatVector.broadcast(F, 1 / 24f))).intoArray(y, yo);
        q.add(s).intoArray(y, yo + ys);
        p.add(r.mul(FloatVector.broadcast(F, 1 / 6f))).add(x5).intoArray(y, yo + 2 * ys);
    }
}
