package cortado.op;

import cortado.op.Packed.Panel;
import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of w where the layer is a matrix product: a 1×1 convolution without border, which with a stride reads some of x's
 * pixels only, or a linear layer, whose batch is one image of N pixels.
 *
 * <pre>
 * dw[k, c] = Σ_p dy[p, k] · x[p, c]
 * </pre>
 *
 * <p>Strategy: some pixels at a time. Their dy of a panel is copied so that a pixel's channels follow each other; x is read in place,
 * which lets it come from memory while the tile multiplies, but vectors are copied, too, as they lie so far apart that they fall into
 * few sets of the cache. Rows of the register tile are channels of x, its blocks those of dy. Parts are cuts of x × groups of panels ×
 * slots. A slot takes its share of the batch into a sum of its own; slots are few, as shapes say, and are added up in order.
 */
final class ProductGradient {
    /** Pixels that go by at once, about. */
    private static final int PIXELS = 448;
    /** Blocks of x of a part, at most, and how far copied vectors lie apart. */
    private static final int BLOCKS = 16;
    private static final int STEP = (BLOCKS + 1) * Lanes.WIDTH;
    /** Panels of dy of a part, at most. */
    private static final int PANELS = 4;

    private final Side x;
    private final Side y;
    private final Packed packed;
    private final List<Panel> panels;
    private final int blocks;
    private final int cuts;
    private final int groups;
    private final int slots;
    /** Pixels of an image, the pieces that it is cut into, the pixels of one, and how many whole images go together. */
    private final int image;
    private final int pieces;
    private final int piece;
    private final int together;
    /** Distances in x between pixels that are neighbours in y. */
    private final int row;
    private final int pixel;
    /** By blocks of a panel. */
    private final List<Tile> tiles;

    ProductGradient(Side x, Side y, int n, Window window, Packed packed) {
        this.x = x;
        this.y = y;
        row = window.h().stride() * x.row();
        pixel = window.w().stride() * x.pixel();
        this.packed = packed;
        panels = packed.panels();
        blocks = Math.ceilDiv(x.c(), Lanes.WIDTH);
        cuts = Math.ceilDiv(blocks, BLOCKS);
        groups = Math.ceilDiv(panels.size(), PANELS);
        image = y.vectors() ? n : y.h() * y.w();
        int most = Math.ceilDiv(image, Math.ceilDiv(image, PIXELS));
        piece = even() ? most : Math.ceilDiv(most, y.w()) * y.w();
        pieces = Math.ceilDiv(image, piece);
        together = y.vectors() ? 1 : Math.clamp(PIXELS / image, 1, n);
        slots = Math.clamp(Math.ceilDiv(Cuts.PARTS, cuts * groups), 1, Math.ceilDiv(n, together) * pieces);
        int[] taps = IntStream.range(0, together * piece)
                .map(p -> y.vectors() ? p * STEP : p / piece * x.image() + place(p % piece)).toArray();
        int[] rows = IntStream.range(0, BLOCKS * Lanes.WIDTH)
                .map(c -> y.vectors() ? c : c / Lanes.WIDTH * x.block() + c % Lanes.WIDTH)
                .toArray();
        tiles = IntStream.rangeClosed(1, Tile.BLOCKS).mapToObj(b -> new Tile(taps, rows,
                IntStream.range(0, rows.length).map(r -> r * b * Lanes.WIDTH).toArray(), Lanes.WIDTH, Lanes.WIDTH)).toList();
    }

    /** Whether all pixels of an image are equally far apart in x; else a piece is some whole rows. */
    private boolean even() {
        return row == y.w() * pixel;
    }

    /** Where x has an image's pixel p, if this begins a row or all are equally far apart. */
    private int place(int p) {
        return p / y.w() * row + p % y.w() * pixel;
    }

    /** {@return elements of scratch: the sums of all slots} */
    int scratch() {
        return slots * packed.gradient();
    }

    /** {@return elements of room that a part needs} */
    int room() {
        return together * piece * (Tile.BLOCKS * Lanes.WIDTH + (x.vectors() ? STEP : 0));
    }

    /** Sums, then adds them to dw. */
    List<Phase> phases(Operands o, List<Tensor> room) {
        return List.of(Phase.of(() -> cuts * groups * slots, (part, worker) -> sum(part, o, room.get(worker))),
                Phase.of(panels::size, (panel, _) -> packed.addSlots(panels.get(panel), slots, o.scratch(), o.dw().orElseThrow())));
    }

    private void sum(int part, Operands o, Tensor room) {
        int cut = part % cuts;
        int group = part / cuts % groups;
        int slot = part / cuts / groups;
        int c = cut * blocks / cuts * Lanes.WIDTH;
        int end = Math.min(x.c(), (cut + 1) * blocks / cuts * Lanes.WIDTH);
        List<Panel> mine = panels.subList(group * panels.size() / groups, (group + 1) * panels.size() / groups);
        float[] sums = o.scratch().floats();
        int so = o.scratch().offset() + slot * packed.gradient();
        for (Panel p : mine) {
            int at = so + packed.gradientAt(p);
            Arrays.fill(sums, at + c * p.lanes(), at + end * p.lanes(), 0);
        }
        int all = (y.vectors() ? 1 : Math.ceilDiv(o.n(), together)) * pieces;
        for (int unit = slot * all / slots; unit < (slot + 1) * all / slots; unit++) {
            int m = unit / pieces * together;
            int first = unit % pieces * piece;
            int images = y.vectors() ? 1 : Math.min(together, o.n() - m);
            int count = Math.min(piece, (y.vectors() ? o.n() : image) - first);
            if (count > 0) {
                add(o, mine, c, end, m, images, first, count, sums, so, room);
            }
        }
    }

    /** Adds what some pixels of some images give to the sums of some panels. */
    private void add(Operands o, List<Panel> panels, int c, int end, int m, int images, int first, int count, float[] sums, int so,
            Tensor room) {
        float[] r = room.floats();
        int d = room.offset() + (x.vectors() ? piece * STEP : 0);
        int xo = o.x().offset() + m * x.image() + place(first) + x.channel(c);
        for (int p = 0; x.vectors() && p < count; p++) {
            System.arraycopy(o.x().floats(), xo + p * x.pixel(), r, room.offset() + p * STEP, end - c);
        }
        for (int i = 0; i < images && !x.vectors(); i++) {
            for (int at = 0; at < x.channel(end - c); at += x.block()) {
                int run = even() ? count : y.w();
                for (int p = 0; p < count; p += run) {
                    r[d] = Blocks.fetch(o.x().floats(), xo + i * x.image() + at + place(p), run, pixel);
                }
            }
        }
        for (Panel p : panels) {
            int at = o.dy().offset() + m * y.image() + first * y.pixel() + p.first() * y.block();
            for (int i = 0; i < images; i++) {
                for (int b = 0; b < p.blocks(); b++) {
                    Blocks.spread(r, d + i * count * p.lanes() + b * Lanes.WIDTH, p.lanes(), o.dy().floats(),
                            at + i * y.image() + b * y.block(), y.pixel(), count);
                }
            }
            tiles.get(p.blocks() - 1).run(p.blocks(), sums, so + packed.gradientAt(p) + c * p.lanes(), 0, end - c,
                    x.vectors() ? r : o.x().floats(), x.vectors() ? room.offset() : xo, 0, images * count, r, d, p.lanes(),
                    sums, so, true, -1);
        }
    }
}
