package cortado.op;

import cortado.op.Cuts.Stretch;
import cortado.op.Packed.Panel;
import cortado.simd.Blocks;
import cortado.simd.Depthwise;
import cortado.simd.Lanes;
import cortado.simd.Product;
import cortado.simd.Tile;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A correlation of a whole batch with channels in blocks, cut into parts for threads: what forward and the gradient of x have in
 * common, and whose tables the gradient of w shares. Outputs that lie a constant step apart and meet the same window positions are
 * a {@link Sub}; forward is one, the gradient of x one for each place modulo the stride.
 *
 * <p>A part takes a stretch of the batch, some images or a band of rows, and some panels of outputs; the cuts follow from shapes.
 * It copies its inputs into a border of zeros where the window leaves the image, and reads them in place where it does not. Taps
 * go by in chunks whose weights stay in the second cache; y is summed up over chunks.
 */
final class Correlation {
    /** Taps in a chunk, at most. */
    private static final int CHUNK = 512;

    /** One axis: outputs {@code first + i·step} meet window position {@code at[j]} at input {@code i·stride + offset[j]}. */
    record Axis(int first, int step, int count, int stride, int[] at, int[] offset) {
        int low() {
            return Math.max(0, -Arrays.stream(offset).min().orElse(0));
        }

        /** One past the last input that the last of some outputs meets. */
        int reach(int outputs) {
            return offset.length == 0 ? 0 : (outputs - 1) * stride + Arrays.stream(offset).max().orElse(0) + 1;
        }
    }

    /** Outputs that share window positions; {@code products} per group where groups do not begin with a block of x, else one. */
    private record Sub(Axis h, Axis w, int taps, int[] yAt, Product[] products) {
    }

    private final Side x;
    /** How x lies where it is read: as it is, but depthwise always in blocks. */
    private final Side read;
    private final Side y;
    /** Each channel by itself: a group is then a block of 16, of which an output sees one lane. */
    private final boolean depthwise;
    private final int groups;
    /** Inputs and outputs of a group. */
    private final int in;
    private final int out;
    private final Packed packed;
    private final List<Sub> subs = new ArrayList<>();
    private final int above;
    private final int left;
    private final boolean padded;
    /** Distances in what is read: x itself, or the padded copy of a stretch. */
    private final int row;
    private final int block;
    private final int image;
    private final int stride;
    private final int columns;
    final Cuts cuts;

    Correlation(Side x, Side y, int n, int groups, List<Axis> hs, List<Axis> ws, Packed.Weights weights) {
        this.x = x;
        this.y = y;
        depthwise = groups > 1 && groups == x.c() && groups == y.c();
        read = depthwise && !x.lanes() ? x.inBlocks() : x;
        this.groups = depthwise ? y.blocks() : groups;
        in = x.c() / groups;
        out = depthwise ? Lanes.WIDTH : y.c() / groups;
        packed = new Packed(this.groups, in, out, y.c(), x.unit(), depthwise ? weights.sideBySide() : weights);
        stride = hs.getFirst().stride;
        above = hs.stream().mapToInt(Axis::low).max().orElse(0);
        left = ws.stream().mapToInt(Axis::low).max().orElse(0);
        int high = hs.stream().mapToInt(Axis::count).max().orElse(0);
        columns = ws.stream().mapToInt(Axis::count).max().orElse(0);
        int right = Math.max(x.w(), ws.stream().mapToInt(a -> a.reach(a.count)).max().orElse(0));
        padded = depthwise || above > 0 || left > 0 || right > x.w() || hs.stream().anyMatch(a -> a.reach(a.count) > x.h());
        int panels = packed.panels().size();
        int tile = columns == 1 && !x.vectors() ? Tile.rows(packed.panels().getFirst().blocks()) : 1; // a column is cut between tiles
        cuts = new Cuts(x.vectors() ? 1 : n, high, columns, panels, apart() ? 1 : panels, tile, x.vectors());
        row = padded ? (left + right) * read.pixel() : x.row();
        block = padded ? (above + hs.stream().mapToInt(a -> a.reach(cuts.band)).max().orElse(0)) * row : x.block();
        image = padded ? read.blocks() * block : x.image();
        for (Axis h : hs) {
            for (Axis w : ws) {
                packed.add(h.at, w.at);
                subs.add(sub(h, w));
            }
        }
    }

    /** Whether a group's outputs do not begin and end with a block: they are then computed apart and copied lane by lane. */
    private boolean apart() {
        return groups > 1 && out % Lanes.WIDTH != 0;
    }

    private Sub sub(Axis h, Axis w) {
        int rows = Math.min(cuts.band, h.count);
        int[] xAt = new int[cuts.together * rows * w.count];
        int[] yAt = new int[xAt.length];
        for (int r = 0; r < xAt.length; r++) {
            int i = r / w.count % rows;
            int j = r % w.count;
            int m = r / w.count / rows;
            xAt[r] = m * image + i * h.stride * row + j * w.stride * read.pixel();
            yAt[r] = m * y.image() + (h.first + i * h.step) * y.row() + (w.first + j * w.step) * y.pixel();
        }
        Product[] products = new Product[read.lanes() && in % Lanes.WIDTH != 0 && !depthwise ? groups : 1];
        for (int g = 0; g < products.length; g++) {
            int[] taps = taps(h, w, g * in);
            products[g] = depthwise ? new Depthwise(taps, xAt, yAt)
                    : apart()
                            ? new Tile(taps, xAt, IntStream.range(0, yAt.length).map(r -> r * Lanes.WIDTH).toArray(), apartBlock(),
                                    Lanes.WIDTH)
                    : new Tile(taps, xAt, yAt, y.block(), Lanes.WIDTH);
        }
        return new Sub(h, w, in * h.at.length * w.at.length, yAt, products);
    }

    /** In the order of {@link Packed}, so that 16 taps in one cache line follow each other. */
    private int[] taps(Axis h, Axis w, int first) {
        int[] taps = new int[in * h.at.length * w.at.length];
        int t = 0;
        for (int c = 0; c < in; c += read.unit()) {
            for (int r : h.offset) {
                for (int s : w.offset) {
                    for (int i = first + c; i < first + Math.min(in, c + read.unit()); i++) {
                        taps[t++] = channel(i) + i % read.unit() + (r + above) * row + (s + left) * read.pixel();
                    }
                }
            }
        }
        return taps;
    }

    /** Where the block of a channel begins in what is read. */
    private int channel(int c) {
        return c / read.unit() * block;
    }

    /** Where taps of a panel's group are relative to. */
    private int base(Panel p) {
        return depthwise ? p.group() * block : subs.getFirst().products.length > 1 ? 0 : channel(p.group() * in);
    }

    private int apartBlock() {
        return cuts.together * cuts.band * columns * Lanes.WIDTH;
    }

    private int padding() {
        return padded ? cuts.together * image : 0;
    }

    Packed packed() {
        return packed;
    }

    /** {@return elements of room that a part needs} */
    int room() {
        return padding() + (apart() ? packed.blocks() * apartBlock() : 0);
    }

    /** {@return parts of the correlation of n images} */
    int parts(int n) {
        return cuts.stretches(n) * cuts.splits;
    }

    /** Copies a stretch's inputs into a border of zeros where that is needed; blocks {@code from … to−1}. */
    private void pad(Stretch s, int from, int to, Tensor x, Tensor room) {
        int top = s.top() * stride - above;
        for (int m = 0; padded && m < s.images(); m++) {
            for (int b = from; b < to; b++) {
                int at = x.offset() + (s.first() + m) * this.x.image();
                int copy = room.offset() + m * image + b * block;
                if (read == this.x) {
                    Blocks.pad(room.floats(), copy, block / row, row, x.floats(), at + b * this.x.block(), this.x.h(), this.x.row(),
                            top,
                            left * read.pixel());
                    continue;
                }
                Arrays.fill(room.floats(), copy, copy + block, 0);
                for (int c = b * Lanes.WIDTH; c < Math.min(this.x.c(), (b + 1) * Lanes.WIDTH); c++) {
                    Blocks.interleave(room.floats(), copy + c % Lanes.WIDTH, block / row, row, x.floats(), at + c * this.x.block(),
                            this.x.h(), this.x.w(), top, left);
                }
            }
        }
    }

    private int inPlace(Stretch s) {
        return s.first() * x.image() + s.top() * stride * x.row();
    }

    /** Computes one part of y, with another tensor added where there is one, from x and packed weights {@code w}. */
    void run(int part, int n, Tensor y, Tensor x, Tensor w, boolean add, Optional<Tensor> plus, float most, Tensor room) {
        Stretch s = cuts.stretch(part % cuts.stretches(n), n);
        int split = part / cuts.stretches(n); // a thread takes neighbouring parts: it should keep its weights, not its pixels
        List<Panel> panels = packed.panels();
        List<Panel> mine = panels.subList(split * panels.size() / cuts.splits, (split + 1) * panels.size() / cuts.splits);
        pad(s, depthwise ? mine.getFirst().group() : 0, depthwise ? mine.getLast().group() + 1 : read.blocks(), x, room);
        Tensor source = padded ? room : x;
        int from = padded ? room.offset() : x.offset() + inPlace(s);
        boolean finished = plus.isPresent() || most > 0;
        for (int i = 0; i < subs.size(); i++) {
            int taps = subs.get(i).taps;
            int chunks = apart() ? 1 : Math.ceilDiv(taps, CHUNK);
            int chunk = chunks == 1 ? taps : Math.ceilDiv(taps, Lanes.WIDTH * Math.max(1, chunks)) * Lanes.WIDTH; // as equal as possible
            int t = 0;
            do { // without taps y is what it begins with
                int end = Math.min(taps, t + chunk);
                fetch(s, t, end, taps, x, room);
                for (int k = 0; k < mine.size(); k++) {
                    Panel p = mine.get(k);
                    Panel next = mine.get((k + 1) % mine.size()); // behind a panel's last taps lies the next one, which the next part may take
                    int ahead = w.offset() + packed.at(i, next) + (k + 1 < mine.size() ? t : end) * next.lanes();
                    chunk(i, t, end, p, s, y, source, from, w, ahead, add, room);
                    if (finished && i == subs.size() - 1 && end == taps && (!apart() || p == mine.getLast())) {
                        finish(p, y, s, plus, most);
                    }
                }
                t = end;
            } while (t < taps);
        }
    }

    /** Reads the blocks of x that some taps meet, where they are read in place: in the order of memory it comes several times as fast. */
    private void fetch(Stretch s, int t, int end, int taps, Tensor x, Tensor room) {
        if (padded || groups > 1 || !read.lanes() || this.x.vectors()) {
            return;
        }
        int places = taps / in;
        int down = places == 1 ? stride : 1; // a window of one place skips what lies between
        int right = places == 1 ? subs.getFirst().w.stride : 1;
        int rows = Math.min((s.rows() - 1) * stride + 1, this.x.h() - s.top() * stride);
        int run = down == 1 ? rows : 1;
        for (int b = 0; b < read.blocks(); b++) {
            int first = b * Lanes.WIDTH * places;
            for (int m = 0; first >= t && first < end && m < s.images(); m++) {
                int at = x.offset() + inPlace(s) + m * this.x.image() + b * this.x.block();
                for (int r = 0; r < rows; r += run * down) {
                    room.floats()[room.offset()] = Blocks.fetch(x.floats(), at + r * row, Math.ceilDiv(run * this.x.w(), right),
                            right * this.x.pixel());
                }
            }
        }
    }

    /** Some taps of a panel's outputs at the places of a sub. */
    private void chunk(int i, int t, int end, Panel p, Stretch s, Tensor y, Tensor x, int from, Tensor w, int ahead, boolean add,
            Tensor room) {
        Sub sub = subs.get(i);
        Product product = sub.products[sub.products.length > 1 ? p.group() : 0];
        int at = from + base(p);
        int rows = Math.clamp(sub.h.count - s.top(), 0, s.rows()) * sub.w.count * s.images();
        int to = y.offset() + s.first() * this.y.image() + s.top() * sub.h.step * this.y.row();
        int aside = room.offset() + padding();
        int wo = w.offset() + packed.at(i, p);
        int start = w.offset() + packed.start(p);
        if (apart()) {
            product.run(p.blocks(), room.floats(), aside, 0, rows, x.floats(), at, t, end, w.floats(), wo, p.lanes(), w.floats(), start,
                    false, -1);
            copy(sub, p, rows, y.floats(), to, room.floats(), aside, add);
        } else {
            product.run(p.blocks(), y.floats(), to + this.y.channel(p.group() * out) + p.first() * this.y.block(), 0, rows, x.floats(),
                    at, t, end, w.floats(), wo, p.lanes(), w.floats(), start, add || t > 0, ahead);
        }
    }

    private void copy(Sub s, Panel p, int rows, float[] y, int yo, float[] aside, int ao, boolean add) {
        for (int l = 0; l < Math.min(p.lanes(), out - p.first() * Lanes.WIDTH); l++) {
            int to = yo + this.y.channel(p.group() * out + p.first() * Lanes.WIDTH + l);
            int from = ao + l / Lanes.WIDTH * apartBlock() + l % Lanes.WIDTH;
            for (int r = 0; r < rows; r++) {
                float v = aside[from + r * Lanes.WIDTH];
                y[to + s.yAt[r]] = add ? y[to + s.yAt[r]] + v : v;
            }
        }
    }

    /** y + plus, then min(max(y, 0), most) unless most is 0, of the blocks that a panel fills, while they are in cache; apart, of all. */
    private void finish(Panel p, Tensor y, Stretch s, Optional<Tensor> plus, float most) {
        int from = apart() ? 0 : p.group() * out / Lanes.WIDTH + p.first();
        for (int b = from; b < (apart() ? this.y.blocks() : from + p.blocks()); b++) {
            for (int m = s.first(); m < s.first() + s.images(); m++) {
                this.y.finish(y, m * this.y.image() + b * this.y.block(), s.top(), s.rows(), plus, most);
            }
        }
    }

    /** {@return taps of a panel} */
    int taps() {
        return subs.getFirst().taps;
    }

    /** {@return how often the taps of a panel can be cut, at blocks of x} */
    int tapCuts() {
        return groups > 1 ? 1 : read.blocks();
    }

    /** {@return taps before some block of x} */
    int tapsBefore(int block) {
        return Math.min(taps(), taps() / in * read.unit() * block);
    }

    /** The tables with their roles changed: rows are taps, taps are pixels, y is a packed gradient. */
    Product transposed(Panel p) {
        Product[] products = subs.getFirst().products;
        return products[products.length > 1 ? p.group() : 0].transposed(p.lanes(), Lanes.WIDTH, apart() ? apartBlock() : y.block());
    }

    /**
     * Adds what one stretch gives to the packed gradient of a panel: of the taps of the blocks {@code from … to−1} of x, all of them
     * where there are groups.
     */
    void gradient(int number, int n, Product product, Panel p, int from, int to, float[] sums, int so, Tensor x, Tensor dy,
            Tensor room) {
        Stretch s = cuts.stretch(number, n);
        int first = depthwise ? p.group() : groups > 1 ? 0 : from;
        pad(s, first, depthwise ? first + 1 : groups > 1 ? read.blocks() : to, x, room);
        float[] source = padded ? room.floats() : x.floats();
        int at = (padded ? room.offset() : x.offset() + inPlace(s)) + base(p);
        int row = groups > 1 ? 0 : tapsBefore(from);
        int end = groups > 1 ? taps() : tapsBefore(to);
        int pixels = s.rows() * columns;
        for (int m = 0; m < s.images(); m++) {
            int d = dy.offset() + (s.first() + m) * y.image() + s.top() * y.row();
            if (apart()) {
                lanes(p, pixels, dy.floats(), d, room.floats(), room.offset() + padding());
                d = room.offset() + padding();
            } else {
                d += y.channel(p.group() * out) + p.first() * y.block();
            }
            int step = apart() ? Lanes.WIDTH : y.pixel();
            product.run(p.blocks(), sums, so, row, end, source, at, m * pixels, (m + 1) * pixels, (apart() ? room : dy).floats(),
                    d - m * pixels * step, step, sums, so, true, -1);
        }
    }

    /** Copies a panel's channels of dy, which do not begin with a block, into blocks. */
    private void lanes(Panel p, int pixels, float[] dy, int from, float[] room, int ro) {
        for (int l = 0; l < p.lanes(); l++) {
            int k = p.first() * Lanes.WIDTH + l;
            int to = ro + l / Lanes.WIDTH * apartBlock() + l % Lanes.WIDTH;
            int at = from + y.channel(p.group() * out + Math.min(k, out - 1));
            for (int q = 0; q < pixels; q++) {
                room[to + q * Lanes.WIDTH] = k < out ? dy[at + q * Lanes.WIDTH] : 0;
            }
        }
    }
}
