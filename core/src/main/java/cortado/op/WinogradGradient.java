package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.simd.Winograd;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of w of {@link Conv2dWinogradChannels}: {@code du[ξ, c, k] = Σ v[ξ, tile, c] · d[ξ, tile, k]} over all tiles, and a
 * transform back.
 *
 * <p>Parts are up to four blocks of channels × up to four blocks of filters × slots. So du and the transformed tiles of a part stay
 * in the second cache; other parts transform the same tiles again, which costs about a fifth. A slot takes its share of the tiles,
 * transforms its sum back, nine floats for 36, and keeps it; slots are few, as shapes say, and added up in order.
 */
final class WinogradGradient {
    /** Floats of transformed tiles that a part has at a time, about. */
    private static final int ROOM = 1 << 18;
    private static final int ZEROS = Tile.BLOCKS * Lanes.WIDTH;
    /** Nine blocks: 16 filters of one channel. */
    private static final int NINE = 9 * Lanes.WIDTH;

    private final Side x;
    private final Side y;
    private final WinogradTiles f;
    private final int slots;
    private final int cuts;
    private final int panels;
    private final int tiles;
    private final int lanesV;
    private final int lanesD;
    private final int xiV;
    private final int xiD;
    /** By blocks of a panel. */
    private final Tile[] products;

    WinogradGradient(WinogradTiles f, Side x, Side y, int n) {
        this.f = f;
        this.x = x;
        this.y = y;
        cuts = Math.ceilDiv(x.blocks(), Tile.BLOCKS);
        panels = f.panels();
        lanesV = Math.ceilDiv(x.blocks(), cuts) * Lanes.WIDTH;
        lanesD = Math.ceilDiv(y.blocks(), panels) * Lanes.WIDTH;
        tiles = Math.clamp(ROOM / Winograd.XI / (lanesV + lanesD), 1, 96);
        xiV = tiles * lanesV + Lanes.WIDTH; // one block more, so that the 36 do not fall into one set of the cache
        xiD = tiles * lanesD + Lanes.WIDTH;
        slots = Math.clamp(Math.ceilDiv(Cuts.PARTS, cuts * panels), 1, Math.ceilDiv(f.tiles(n), tiles));
        products = new Tile[Tile.BLOCKS + 1];
        for (int b = 1; b <= Tile.BLOCKS; b++) {
            int lanes = b * Lanes.WIDTH;
            products[b] = new Tile(IntStream.range(0, tiles).map(t -> t * lanesV).toArray(), IntStream.range(0, lanesV).toArray(),
                    IntStream.range(0, lanesV).map(c -> c * lanes).toArray(), Lanes.WIDTH, Lanes.WIDTH);
        }
    }

    /** {@return elements of room that a part needs} */
    int room() {
        return 2 * Winograd.ROOM + ZEROS + Winograd.XI * (xiV + xiD + lanesV * lanesD);
    }

    private int slot() {
        return x.blocks() * Lanes.WIDTH * y.blocks() * NINE;
    }

    /** {@return elements of scratch: the sums of all slots} */
    int scratch() {
        return slots * slot();
    }

    /** Sums, then adds them to dw. */
    List<Phase> phases(Operands o, List<Tensor> room) {
        return List.of(Phase.of(() -> cuts * panels * slots, (part, worker) -> sum(part, o, room.get(worker))),
                Phase.of(() -> x.blocks() * y.blocks(), (part, worker) -> weights(part, o, room.get(worker))));
    }

    private static int first(int i, int count, int blocks) {
        return i * blocks / count;
    }

    private void sum(int part, Operands o, Tensor room) {
        int cut = part % cuts;
        int panel = part / cuts % panels;
        int slot = part / cuts / panels;
        int c = first(cut, cuts, x.blocks());
        int k = first(panel, panels, y.blocks());
        int many = first(cut + 1, cuts, x.blocks()) - c;
        int blocks = first(panel + 1, panels, y.blocks()) - k;
        float[] r = room.floats();
        int zeros = room.offset() + 2 * Winograd.ROOM;
        int v = zeros + ZEROS;
        int d = v + Winograd.XI * xiV;
        int du = d + Winograd.XI * xiD;
        int length = many * blocks * Lanes.WIDTH * Lanes.WIDTH;
        Arrays.fill(r, zeros, v, 0);
        int all = f.tiles(o.n());
        int begin = (int) ((long) slot * all / slots);
        int end = (int) ((long) (slot + 1) * all / slots);
        if (begin == end) {
            Arrays.fill(r, du, du + Winograd.XI * length, 0);
        }
        for (int first = begin; first < end; first += tiles) {
            int count = Math.min(tiles, end - first);
            for (int b = 0; b < many; b++) {
                f.input(first, count, c + b, o.x(), r, v + b * Lanes.WIDTH, lanesV, xiV, r, room.offset());
            }
            for (int b = 0; b < blocks; b++) {
                f.gradient(first, count, k + b, o.dy(), r, d + b * Lanes.WIDTH, lanesD, xiD, r, room.offset());
            }
            for (int i = 0; i < Winograd.XI; i++) {
                products[blocks].run(blocks, r, du + i * length, 0, many * Lanes.WIDTH, r, v + i * xiV, 0, count, r, d + i * xiD,
                        lanesD,
                        r, zeros, first > begin, -1);
            }
        }
        float[] sums = o.scratch().floats();
        for (int row = 0; row < many * Lanes.WIDTH; row++) {
            for (int b = 0; b < blocks; b++) {
                Winograd.nine(r, du + (row * blocks + b) * Lanes.WIDTH, length, sums,
                        o.scratch().offset() + slot * slot() + at(c * Lanes.WIDTH + row, k + b), r, room.offset());
            }
        }
    }

    /** Where the sums of a channel and 16 filters lie in a slot: a part of {@link #weights} has its own stretch. */
    private int at(int c, int block) {
        return ((block * x.blocks() + c / Lanes.WIDTH) * Lanes.WIDTH + c % Lanes.WIDTH) * NINE;
    }

    /** 16 channels and 16 filters. */
    private void weights(int part, Operands o, Tensor room) {
        int k = part / x.blocks() * Lanes.WIDTH;
        int c = part % x.blocks() * Lanes.WIDTH;
        int channels = Math.min(Lanes.WIDTH, x.c() - c);
        float[] sums = o.scratch().floats();
        int at = o.scratch().offset() + at(c, part / x.blocks());
        for (int s = 1; s < slots; s++) {
            Blocks.add(sums, at, sums, at + s * slot(), channels * NINE);
        }
        Tensor dw = o.dw().orElseThrow();
        for (int l = 0; l < Math.min(Lanes.WIDTH, y.c() - k); l++) {
            int to = dw.offset() + ((k + l) * x.c() + c) * 9;
            for (int i = 0; i < channels * 9; i++) {
                dw.floats()[to + i] += sums[at + i * Lanes.WIDTH + l];
            }
        }
    }
}
