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
 * The gradient of w of {@link Conv2dWinogradChannels}: {@code du[ξ, c, k] = Σ v[ξ, tile, c] · d[ξ, tile, k]} over all tiles, and one
 * transform back.
 *
 * <p>Parts are up to four blocks of channels × up to four blocks of filters × slots. So du and the transformed tiles of a part stay
 * in the second cache; other parts transform the same tiles again, which costs about a fifth. A slot takes its share of the tiles
 * into a sum of its own; slots are few, as shapes say, and added up in order.
 */
final class WinogradGradient {
    private static final int TILES = 36;

    private final Side x;
    private final Side y;
    private final WinogradTiles f;
    private final int slots;
    private final int cuts;
    private final int panels;
    private final int xi;
    /** By blocks of a panel. */
    private final Tile[] products;

    WinogradGradient(WinogradTiles f, Side x, Side y, int n) {
        this.f = f;
        this.x = x;
        this.y = y;
        cuts = Math.ceilDiv(x.blocks(), Tile.BLOCKS);
        panels = f.panels();
        slots = Math.clamp(Math.ceilDiv(Correlation.PARTS, cuts * panels), 1, Math.ceilDiv(f.tiles(n), TILES));
        xi = (Tile.BLOCKS * TILES + 1) * Lanes.WIDTH;
        products = new Tile[Tile.BLOCKS + 1];
        int[] rows = IntStream.range(0, Tile.BLOCKS * Lanes.WIDTH)
                .map(c -> c / Lanes.WIDTH * TILES * Lanes.WIDTH + c % Lanes.WIDTH).toArray();
        for (int b = 1; b <= Tile.BLOCKS; b++) {
            int lanes = b * Lanes.WIDTH;
            products[b] = new Tile(WinogradTiles.places(TILES), rows, IntStream.range(0, rows.length).map(c -> c * lanes).toArray(),
                    Lanes.WIDTH, TILES * Lanes.WIDTH);
        }
    }

    /** {@return elements of room that a part needs} */
    int room() {
        return 2 * Winograd.ROOM + 2 * Winograd.XI * xi;
    }

    private int slot() {
        return Winograd.XI * x.blocks() * y.blocks() * Lanes.WIDTH * Lanes.WIDTH;
    }

    /** {@return elements of scratch: the sums of all slots} */
    int scratch() {
        return slots * slot();
    }

    /** Sums, then transforms them and adds them to dw. */
    List<Phase> phases(Operands o, List<Tensor> room) {
        return List.of(Phase.of(() -> cuts * panels * slots, (part, worker) -> sum(part, o, room.get(worker))),
                Phase.of(() -> cuts * panels, (part, worker) -> weights(part, o, room.get(worker))));
    }

    private int first(int i, int count, int blocks) {
        return i * blocks / count;
    }

    private int at(int cut, int panel) {
        int panelBlocks = first(panel + 1, panels, y.blocks()) - first(panel, panels, y.blocks());
        return Winograd.XI * Lanes.WIDTH * Lanes.WIDTH
                * (x.blocks() * first(panel, panels, y.blocks()) + panelBlocks * first(cut, cuts, x.blocks()));
    }

    private void sum(int part, Operands o, Tensor room) {
        int cut = part % cuts;
        int panel = part / cuts % panels;
        int slot = part / cuts / panels;
        int c = first(cut, cuts, x.blocks());
        int k = first(panel, panels, y.blocks());
        int many = first(cut + 1, cuts, x.blocks()) - c;
        int blocks = first(panel + 1, panels, y.blocks()) - k;
        int rows = many * Lanes.WIDTH;
        float[] sums = o.scratch().floats();
        int du = o.scratch().offset() + slot * slot() + at(cut, panel);
        int length = rows * blocks * Lanes.WIDTH;
        Arrays.fill(sums, du, du + Winograd.XI * length, 0);
        float[] r = room.floats();
        int v = room.offset() + 2 * Winograd.ROOM;
        int d = v + Winograd.XI * xi;
        int all = f.tiles(o.n());
        int end = (int) ((long) (slot + 1) * all / slots);
        for (int first = (int) ((long) slot * all / slots); first < end; first += TILES) {
            int count = Math.min(TILES, end - first);
            for (int b = 0; b < many; b++) {
                f.input(first, count, c + b, o.x(), r, v + b * TILES * Lanes.WIDTH, xi, r, room.offset());
            }
            for (int b = 0; b < blocks; b++) {
                f.gradient(first, count, k + b, o.dy(), r, d + b * TILES * Lanes.WIDTH, xi, r, room.offset());
            }
            for (int i = 0; i < Winograd.XI; i++) {
                products[blocks].run(blocks, sums, du + i * length, 0, rows, r, v + i * xi, 0, count, r, d + i * xi, Lanes.WIDTH,
                        sums, du,
                        true);
            }
        }
    }

    private void weights(int part, Operands o, Tensor room) {
        int cut = part % cuts;
        int panel = part / cuts;
        int c0 = first(cut, cuts, x.blocks()) * Lanes.WIDTH;
        int k0 = first(panel, panels, y.blocks());
        int rows = first(cut + 1, cuts, x.blocks()) * Lanes.WIDTH - c0;
        int blocks = first(panel + 1, panels, y.blocks()) - k0;
        int length = rows * blocks * Lanes.WIDTH;
        float[] sums = o.scratch().floats();
        int du = o.scratch().offset() + at(cut, panel);
        for (int s = 1; s < slots; s++) {
            Blocks.add(sums, du, sums, du + s * slot(), Winograd.XI * length);
        }
        Tensor dw = o.dw().orElseThrow();
        for (int b = 0; b < blocks; b++) {
            int k = (k0 + b) * Lanes.WIDTH;
            for (int c = c0; c < Math.min(c0 + rows, x.c()); c++) {
                Winograd.addWeights(sums, du + ((c - c0) * blocks + b) * Lanes.WIDTH, length, dw.floats(),
                        dw.offset() + (k * x.c() + c) * 9, 9 * x.c(), Math.min(Lanes.WIDTH, y.c() - k), room.floats(),
                        room.offset());
            }
        }
    }
}
