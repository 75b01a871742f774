package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Dense;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.simd.Winograd;
import cortado.tensor.Tensor;
import java.util.Optional;

/**
 * One correlation of {@link Conv2dWinogradChannels}, forward or the gradient of x, cut into parts: some tiles of 4×4 outputs,
 * counted through all images, × some panels of outputs.
 *
 * <p>A part transforms its tiles to {@code v[ξ, block of inputs, tile]}, multiplies ξ by ξ with the transformed filters
 * {@code u[panel, ξ, input]} to {@code m[ξ, block of outputs, tile]}, and transforms back. Its tiles are as many as leave v and m in
 * the second cache, or nearly, and keep fetching u cheap.
 */
final class WinogradTiles {
    /** Floats of v and m that a part may have. */
    private static final int ROOM = 1 << 20;

    private final Side x;
    private final Side y;
    private final int top;
    private final int left;
    private final int high;
    private final int wide;
    private final int tiles;
    private final int splits;
    private final int panels;
    private final int xiV;
    private final int xiM;
    /** Floats from block to block of v and m. */
    private final int block;

    WinogradTiles(Side x, Side y, int n, int top, int left) {
        this.x = x;
        this.y = y;
        this.top = top;
        this.left = left;
        high = Math.ceilDiv(y.h(), 4);
        wide = Math.ceilDiv(y.w(), 4);
        panels = Math.ceilDiv(y.blocks(), Tile.BLOCKS);
        int all = n * high * wide;
        int fit = Math.clamp(ROOM / Winograd.XI / (Lanes.WIDTH * (x.blocks() + y.blocks())) / 12 * 12, 24, 48);
        int least = panels == 1 ? 12 : 24; // several panels are parts of their own, and their filters not in the second cache
        int groups = Math.ceilDiv(all, Math.clamp(all / Cuts.PARTS / 6 * 6, least, fit));
        tiles = Math.ceilDiv(Math.ceilDiv(all, groups), 6) * 6;
        splits = Math.clamp(8 / Math.ceilDiv(all, tiles), 1, panels);
        block = Math.ceilDiv(tiles, Dense.ROWS) * Dense.ROWS * Lanes.WIDTH;
        xiV = x.blocks() * block + Lanes.WIDTH; // 16 more, so that the 36 do not fall into one set of the cache
        xiM = y.blocks() * block + Lanes.WIDTH;
    }

    /** {@return elements of room that a part needs} */
    int room() {
        return 2 * Winograd.ROOM + Winograd.XI * (xiV + xiM);
    }

    int parts(int n) {
        return Math.ceilDiv(tiles(n), tiles) * splits;
    }

    /** {@return elements of transformed filters, begun by what outputs begin with} */
    int prepared() {
        return y.blocks() * Lanes.WIDTH * (1 + Winograd.XI * x.c());
    }

    int panels() {
        return panels;
    }

    private int first(int panel) {
        return panel * y.blocks() / panels;
    }

    private int filtersAt(int panel) {
        return y.blocks() * Lanes.WIDTH + first(panel) * Lanes.WIDTH * Winograd.XI * x.c();
    }

    /** {@return parts of the filters' transform: 16 inputs of a panel each} */
    int preparations() {
        return panels * x.blocks();
    }

    /** Transforms one part of the filters; {@code out} and {@code in} say how far outputs and inputs lie apart in w. */
    void prepare(int part, Tensor w, int out, int in, boolean turned, float[] b, int bo, Tensor to, Tensor room) {
        float[] u = to.floats();
        int panel = part / x.blocks();
        int c = part % x.blocks() * Lanes.WIDTH;
        int lanes = (first(panel + 1) - first(panel)) * Lanes.WIDTH;
        int k = first(panel) * Lanes.WIDTH;
        for (int l = k; c == 0 && l < k + lanes; l++) {
            u[to.offset() + l] = b.length > 0 && l < y.c() ? b[bo + l] : 0;
        }
        Winograd.filters(w.floats(), w.offset() + k * out + c * in, Math.min(Lanes.WIDTH, x.c() - c), Math.min(lanes, y.c() - k), in,
                out, turned, u, to.offset() + filtersAt(panel) + c * lanes, lanes, x.c() * lanes, room.floats(), room.offset());
    }

    /** Computes one part of y, with another tensor added where there is one, from x and transformed filters {@code u}. */
    void run(int part, int n, Tensor y, Tensor x, Tensor u, Optional<Tensor> plus, float most, Tensor room) {
        int groups = Math.ceilDiv(tiles(n), tiles);
        int first = part % groups * tiles;
        int count = Math.min(tiles, tiles(n) - first);
        int from = part / groups * panels / splits;
        int to = (part / groups + 1) * panels / splits;
        int v = room.offset() + 2 * Winograd.ROOM;
        int m = v + Winograd.XI * xiV;
        for (int b = 0; b < this.x.blocks(); b++) {
            input(first, count, b, x, room.floats(), v + b * block, Lanes.WIDTH, xiV, room.floats(), room.offset());
        }
        for (int xi = 0; xi < Winograd.XI; xi++) {
            for (int p = from; p < to; p++) {
                int blocks = first(p + 1) - first(p);
                Dense.ZERO.run(blocks, count, room.floats(), v + xi * xiV, block, this.x.c(), u.floats(),
                        u.offset() + filtersAt(p) + xi * this.x.c() * blocks * Lanes.WIDTH, room.floats(),
                        m + xi * xiM + first(p) * block, block, room.floats(), 0, 0, 0, 0, 0);
            }
        }
        for (int b = first(from); b < first(to); b++) {
            output(first, count, b, room, m + b * block, y, u, plus, most);
        }
    }

    private void output(int first, int count, int block, Tensor room, int m, Tensor y, Tensor u, Optional<Tensor> plus,
            float most) {
        Tensor z = plus.orElse(y);
        fetch(first, count, block, this.y, y, room.floats(), room.offset());
        for (int t = 0; t < count; t++) {
            int tile = (first + t) % (high * wide);
            int h = tile / wide * 4;
            int w = tile % wide * 4;
            int at = (first + t) / (high * wide) * this.y.image() + block * this.y.block() + h * this.y.row() + w * Lanes.WIDTH;
            Winograd.output(room.floats(), m + t * Lanes.WIDTH, xiM, y.floats(), y.offset() + at, this.y.row(),
                    Math.min(4, this.y.h() - h),
                    Math.min(4, this.y.w() - w), u.floats(), u.offset() + block * Lanes.WIDTH, plus.isPresent(), z.floats(),
                    z.offset() + at, most, room.floats(),
                    room.offset());
        }
    }

    /** Transforms one block of inputs of some tiles, {@code step} and {@code xi} apart; as room, an edge and a transform's. */
    void input(int first, int count, int block, Tensor x, float[] v, int vo, int step, int xi, float[] room, int ro) {
        fetch(first, count, block, this.x, x, room, ro);
        for (int t = 0; t < count; t++) {
            int tile = (first + t) % (high * wide);
            int at = x.offset() + (first + t) / (high * wide) * this.x.image() + block * this.x.block();
            int h = tile / wide * 4 - top;
            int w = tile % wide * 4 - left;
            if (h < 0 || w < 0 || h + 6 > this.x.h() || w + 6 > this.x.w()) {
                Winograd.edge(x.floats(), at, this.x.h(), this.x.w(), h, w, 6, room, ro);
                Winograd.input(room, ro, 6 * Lanes.WIDTH, v, vo + t * step, xi, room, ro + Winograd.ROOM);
            } else {
                Winograd.input(x.floats(), at + h * this.x.row() + w * Lanes.WIDTH, this.x.row(), v, vo + t * step, xi, room,
                        ro + Winograd.ROOM);
            }
        }
    }

    /** The same for the output's gradient. */
    void gradient(int first, int count, int block, Tensor dy, float[] d, int to, int step, int xi, float[] room, int ro) {
        fetch(first, count, block, y, dy, room, ro);
        for (int t = 0; t < count; t++) {
            int tile = (first + t) % (high * wide);
            int at = dy.offset() + (first + t) / (high * wide) * y.image() + block * y.block();
            int h = tile / wide * 4;
            int w = tile % wide * 4;
            if (h + 4 > y.h() || w + 4 > y.w()) {
                Winograd.edge(dy.floats(), at, y.h(), y.w(), h, w, 4, room, ro);
                Winograd.gradient(room, ro, 4 * Lanes.WIDTH, d, to + t * step, xi, room, ro + Winograd.ROOM);
            } else {
                Winograd.gradient(dy.floats(), at + h * y.row() + w * Lanes.WIDTH, y.row(), d, to + t * step, xi, room,
                        ro + Winograd.ROOM);
            }
        }
    }

    /**
     * Reads what some tiles lie on into the cache, in the order of memory: so it comes several times as fast as in pieces of four or six
     * blocks, for writing too.
     */
    private void fetch(int first, int count, int block, Side s, Tensor t, float[] room, int ro) {
        int each = high * wide;
        for (int n = first / each; n * each < first + count; n++) {
            int top = Math.max(0, first - n * each) / wide * 4;
            int end = Math.min(s.h(), (Math.min(each, first + count - n * each) - 1) / wide * 4 + 5);
            room[ro] = Blocks.fetch(t.floats(), t.offset() + n * s.image() + block * s.block() + top * s.row(), (end - top) * s.w(),
                    s.pixel());
        }
    }

    /** {@return tiles of n images} */
    int tiles(int n) {
        return n * high * wide;
    }
}
