package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of w of a {@link Correlation}, by its own tables with the roles changed: rows of the register tile are the taps,
 * blocks those of dy, and the sum runs over pixels, so that no sum across lanes is needed.
 *
 * <p>Parts are panels of dy × blocks of x × slots; a slot takes its share of the batch, image by image, into a sum of its own.
 * Slots are few, as shapes say, and added up in order.
 */
final class WeightGradient {
    private static final int PARTS = 16;
    /** Taps of a part at least: each reads all of dy's panel. */
    private static final int TAPS = 96;

    private final Correlation f;
    private final int splits;
    private final int slots;
    private final Tile[][] tiles;

    WeightGradient(Correlation f, int n) {
        this.f = f;
        int panels = f.panels.size();
        splits = f.groups > 1 ? 1 : Math.clamp(Math.min(f.x.blocks(), f.taps() / TAPS), 1, Math.ceilDiv(PARTS, panels));
        slots = Math.clamp(Math.ceilDiv(PARTS, panels * splits), 1, f.stretches(n));
        tiles = new Tile[f.groups][Tile.BLOCKS + 1];
        for (Correlation.Panel p : f.panels) {
            if (tiles[p.group()][p.blocks()] == null) {
                tiles[p.group()][p.blocks()] = f.transposed(p.group(), p.blocks());
            }
        }
    }

    /** Elements of scratch: the sums of all slots. */
    int scratch() {
        return slots * f.gradients();
    }

    /** Sums, then adds them to dw. */
    List<Phase> phases(Operands o, List<Tensor> room) {
        float[] sums = o.scratch().floats();
        int so = o.scratch().offset();
        Tensor dw = o.dw().get();
        return List.of(Correlation.phase(() -> f.panels.size() * splits * slots, (part, worker) -> {
            Tensor r = room.get(worker);
            sum(part, o.n(), sums, so, o.x(), o.dy(), r.floats(), r.offset());
        }), Correlation.phase(f.panels::size, (panel, _) -> {
            Correlation.Panel p = f.panels.get(panel);
            int at = so + f.gradientAt(panel);
            for (int s = 1; s < slots; s++) {
                Blocks.add(sums, at, sums, at + s * f.gradients(), f.taps() * p.blocks() * Lanes.WIDTH);
            }
            f.unpack(panel, dw.floats(), dw.offset(), sums, so);
        }));
    }

    private void sum(int part, int n, float[] sums, int so, Tensor x, Tensor dy, float[] room, int ro) {
        int panel = part % f.panels.size();
        int split = part / f.panels.size() % splits;
        int slot = part / f.panels.size() / splits;
        Correlation.Panel p = f.panels.get(panel);
        int from = split * f.x.blocks() / splits;
        int to = (split + 1) * f.x.blocks() / splits;
        int row = from * f.tapsOfBlock();
        int end = split == splits - 1 ? f.taps() : to * f.tapsOfBlock();
        int lanes = p.blocks() * Lanes.WIDTH;
        int at = so + slot * f.gradients() + f.gradientAt(panel);
        Arrays.fill(sums, at + row * lanes, at + end * lanes, 0);
        int all = f.stretches(n);
        int first = f.groups > 1 ? 0 : from;
        int last = f.groups > 1 ? f.x.blocks() : to;
        for (int s = slot * all / slots; s < (slot + 1) * all / slots; s++) {
            f.transposed(s, n, tiles[p.group()][p.blocks()], p, row, end, first, last, sums, at, x, dy, room, ro);
        }
    }
}
