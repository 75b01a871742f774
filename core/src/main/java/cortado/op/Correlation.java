package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * A correlation of a whole batch with channels in blocks, cut into parts for threads: what forward and the gradient of x have in
 * common, and whose geometry the gradient of w shares. Outputs of one {@link Sub} lie a constant step apart and have the same
 * window positions; forward is one, the gradient of x one for each place modulo the stride.
 *
 * <p>A part takes some images, a band of rows and some panels of up to four blocks of outputs; cuts follow from shapes. It copies
 * its inputs into a border of zeros where the window leaves the image, and reads them in place where it does not. Taps go by in
 * chunks that keep a panel's weights in the second cache; y is summed up over chunks.
 */
final class Correlation {
    /** Outputs of a part, about: enough that fetching a panel of weights costs little. */
    private static final int PIXELS = 512;
    /** Parts that a batch is cut into at least, where there is enough to cut. */
    private static final int PARTS = 16;
    /** Taps in a row. */
    private static final int CHUNK = 576;

    /** Where a tensor's elements lie: distances in floats; {@code lanes} if 16 channels lie side by side, a block. */
    record Side(int c, int h, int w, boolean lanes, int image, int block, int row, int pixel) {
        static Side of(Shape s, Layout layout) {
            boolean lanes = layout == Layout.CHANNELS;
            if (s.rank() == 2) { // a batch of vectors as one image of N rows
                int row = lanes ? Math.ceilDiv(s.dim(1), Lanes.WIDTH) * Lanes.WIDTH : s.dim(1);
                return new Side(s.dim(1), s.n(), 1, lanes, 0, lanes ? Lanes.WIDTH : 1, row, row);
            }
            int unit = lanes ? Lanes.WIDTH : 1;
            int block = s.h() * s.w() * unit;
            return new Side(s.c(), s.h(), s.w(), lanes, (lanes ? Math.ceilDiv(s.c(), unit) : s.c()) * block, block, s.w() * unit, unit);
        }

        int channel(int c) {
            return lanes ? c / Lanes.WIDTH * block + c % Lanes.WIDTH : c * block;
        }

        int blocks() {
            return lanes ? Math.ceilDiv(c, Lanes.WIDTH) : c;
        }
    }

    /** One axis: outputs {@code first + i·step} meet window position {@code at[j]} at input {@code i·stride + offset[j]}. */
    record Axis(int first, int step, int count, int stride, int[] at, int[] offset) {
        int low() {
            return Math.max(0, -Arrays.stream(offset).min().orElse(0));
        }

        /** One past the last input. */
        int reach() {
            return offset.length == 0 ? 0 : (count - 1) * stride + Arrays.stream(offset).max().orElse(0) + 1;
        }
    }

    /** How weights lie: from output to output, from input to input, from row to row of the window, from group to group. */
    record Weights(int out, int in, int row, int group) {
    }

    /** Outputs that share window positions. */
    private record Sub(Axis h, Axis w, int[] taps, Tile[] tiles, int[] rows, int packed) {
        int count(int i0, int band, int images) {
            return Math.clamp(h.count - i0, 0, band) * w.count * images;
        }
    }

    final Side x;
    final Side y;
    final int groups;
    /** Inputs and outputs of a group. */
    final int in;
    final int out;
    final List<Panel> panels = new ArrayList<>();
    private final Weights weights;
    private final List<Sub> subs = new ArrayList<>();
    private final List<Axis> hs;
    private final List<Axis> ws;
    private final int top;
    private final int left;
    final boolean padded;
    /** Rows and columns of a part's inputs, and its distances. */
    private final int wide;
    final int row;
    final int block;
    final int image;
    final int rowStep;
    final int columns;
    final int high;
    final int together;
    final int band;
    final int bands;
    final int splits;
    private final int packed;

    /** Blocks of outputs that a register tile takes at once: of that group, from that block on. */
    record Panel(int group, int first, int blocks) {
    }

    Correlation(Side x, Side y, int n, int groups, List<Axis> hs, List<Axis> ws, Weights weights) {
        this.x = x;
        this.y = y;
        this.groups = groups;
        this.hs = hs;
        this.ws = ws;
        this.weights = weights;
        in = x.c / groups;
        out = y.c / groups;
        top = hs.stream().mapToInt(Axis::low).max().orElse(0);
        left = ws.stream().mapToInt(Axis::low).max().orElse(0);
        int reachH = hs.stream().mapToInt(Axis::reach).max().orElse(0);
        int reachW = ws.stream().mapToInt(Axis::reach).max().orElse(0);
        padded = top > 0 || left > 0 || reachH > x.h || reachW > x.w;
        high = hs.stream().mapToInt(Axis::count).max().orElse(0);
        columns = ws.stream().mapToInt(Axis::count).max().orElse(0);
        panels();
        int images = x.image == 0 ? 1 : n;
        int rows = Math.clamp(PIXELS / columns, 1, high);
        int most = high <= rows ? Math.clamp(PIXELS / (high * columns), 1, images) : 1;
        while (most > 1 && Math.ceilDiv(images, most) * panels.size() < PARTS) {
            most--;
        }
        while (rows > 1 && rows * columns > 2 * 12 && images * Math.ceilDiv(high, rows) * panels.size() < PARTS) {
            rows--;
        }
        together = most;
        bands = Math.ceilDiv(high, rows);
        band = Math.ceilDiv(high, bands);
        splits = out % Lanes.WIDTH == 0 || groups == 1
                ? Math.clamp(Math.ceilDiv(PARTS, Math.ceilDiv(images, together) * bands), 1, panels.size())
                : 1;
        rowStep = hs.getFirst().stride;
        int deep = (band - 1) * rowStep + top + hs.stream().mapToInt(a -> a.reach() - (a.count - 1) * a.stride).max().orElse(0);
        wide = left + Math.max(reachW, x.w);
        row = padded ? wide * x.pixel : x.row;
        block = padded ? deep * row : x.block;
        image = padded ? x.blocks() * block : x.image;
        int at = groups * blocks() * Lanes.WIDTH;
        for (Axis h : hs) {
            for (Axis w : ws) {
                Sub s = sub(h, w, at);
                subs.add(s);
                at += groups * s.taps.length * blocks() * Lanes.WIDTH;
            }
        }
        packed = at;
    }

    private void panels() {
        int count = Math.ceilDiv(blocks(), Tile.BLOCKS);
        for (int g = 0; g < groups; g++) {
            for (int p = 0; p < count; p++) {
                int first = p * blocks() / count;
                panels.add(new Panel(g, first, (p + 1) * blocks() / count - first));
            }
        }
    }

    /** Blocks of a group's outputs. */
    int blocks() {
        return Math.ceilDiv(out, Lanes.WIDTH);
    }

    /** Whether a group's outputs do not begin and end with a block: they are then computed apart and copied lane by lane. */
    boolean apart() {
        return groups > 1 && out % Lanes.WIDTH != 0;
    }

    private Sub sub(Axis h, Axis w, int at) {
        int rows = together * Math.min(band, h.count) * w.count;
        int[] xAt = new int[rows];
        int[] yAt = new int[rows];
        for (int r = 0; r < rows; r++) {
            int i = r / w.count % Math.min(band, h.count);
            int j = r % w.count;
            int m = r / w.count / Math.min(band, h.count);
            xAt[r] = m * image + i * h.stride * row + j * w.stride * x.pixel;
            yAt[r] = m * y.image + (h.first + i * h.step) * y.row + (w.first + j * w.step) * y.pixel;
        }
        Tile[] tiles = new Tile[x.lanes && in % Lanes.WIDTH != 0 ? groups : 1];
        int[] taps = {};
        for (int g = tiles.length - 1; g >= 0; g--) {
            taps = taps(h, w, g * in);
            tiles[g] = apart() ? new Tile(taps, xAt, apartAt(rows), rows * Lanes.WIDTH, Lanes.WIDTH)
                    : new Tile(taps, xAt, yAt, y.block, Lanes.WIDTH);
        }
        return new Sub(h, w, taps, tiles, apart() ? yAt : new int[0], at);
    }

    private static int[] apartAt(int rows) {
        int[] at = new int[rows];
        Arrays.setAll(at, r -> r * Lanes.WIDTH);
        return at;
    }

    /** Blocks of channels, window rows, columns, then the channels of the block: 16 taps in one cache line follow each other. */
    private int[] taps(Axis h, Axis w, int first) {
        int[] taps = new int[in * h.at.length * w.at.length];
        int t = 0;
        int unit = x.lanes ? Lanes.WIDTH : 1;
        for (int c = 0; c < in; c += unit) {
            for (int r : h.offset) {
                for (int s : w.offset) {
                    for (int l = c; l < Math.min(in, c + unit); l++) {
                        int place = x.lanes ? (first + l) / unit * block + (first + l) % unit : l * block;
                        taps[t++] = place + (r + top) * row + (s + left) * x.pixel;
                    }
                }
            }
        }
        return taps;
    }

    /** Taps of the first sub that belong to one block of inputs. */
    int tapsOfBlock() {
        return subs.getFirst().taps.length / in * (x.lanes ? Math.min(in, Lanes.WIDTH) : 1);
    }

    int taps() {
        return subs.getFirst().taps.length;
    }

    /** The gradient of w by the same tables: rows are taps, taps are pixels; y is laid out as packed weights are. */
    Tile transposed(int group, int blocks) {
        Sub s = subs.getFirst();
        return s.tiles[group % s.tiles.length].transposed(blocks * Lanes.WIDTH, Lanes.WIDTH,
                apart() ? pixels() * Lanes.WIDTH : y.block);
    }

    private int pixels() {
        return band * columns;
    }

    /** Bands of images that the batch is cut into. */
    int stretches(int n) {
        return x.image == 0 ? Math.ceilDiv(Math.min(n, high), band) : Math.ceilDiv(n, together) * bands;
    }

    /** Adds to packed gradients what one stretch gives, for some taps, whose blocks of x are {@code from … to−1}. */
    void transposed(int stretch, int n, Tile tile, Panel p, int row, int end, int from, int to, float[] sums, int so, Tensor x,
            Tensor dy, float[] room, int ro) {
        Part part = part(stretch, n);
        float[] source = x.floats();
        int at = x.offset() + part.first * this.x.image + part.i0 * rowStep * this.x.row;
        if (padded) {
            pad(room, ro, source, x.offset() + part.first * this.x.image, part.images, part.i0, from, to);
            source = room;
            at = ro;
        }
        at += subs.getFirst().tiles.length > 1 ? 0 : channel(p.group * in);
        int pixels = part.rows * columns;
        for (int m = 0; m < part.images; m++) {
            float[] d = dy.floats();
            int from0 = dy.offset() + (part.first + m) * y.image + part.i0 * y.row;
            int step = y.pixel;
            if (apart()) {
                lanes(p, pixels, d, from0, room, ro + padding());
                d = room;
                from0 = ro + padding();
                step = Lanes.WIDTH;
            } else {
                from0 += y.channel(p.group * out) + p.first * y.block;
            }
            tile.run(p.blocks, sums, so, row, end, source, at, m * pixels, (m + 1) * pixels, d, from0 - m * pixels * step, step, sums,
                    so, true);
        }
    }

    /** Copies a panel's channels of dy, which do not begin with a block, into blocks. */
    private void lanes(Panel p, int pixels, float[] dy, int from, float[] room, int ro) {
        for (int l = 0; l < p.blocks * Lanes.WIDTH; l++) {
            int k = p.first * Lanes.WIDTH + l;
            int to = ro + l / Lanes.WIDTH * pixels() * Lanes.WIDTH + l % Lanes.WIDTH;
            int at = from + y.channel(p.group * out + Math.min(k, out - 1));
            for (int q = 0; q < pixels; q++) {
                room[to + q * Lanes.WIDTH] = k < out ? dy[at + q * Lanes.WIDTH] : 0;
            }
        }
    }

    /** Elements of room that a part needs. */
    int room() {
        return padding() + (apart() ? together * band * columns * blocks() * Lanes.WIDTH : 0);
    }

    int padding() {
        return padded ? together * image : 0;
    }

    /** Elements of packed weights, begun by what outputs begin with. */
    int packed() {
        return packed;
    }

    int parts(int n) {
        return stretches(n) * splits;
    }

    /** A stretch of the batch: some rows of some images. */
    private record Part(int first, int images, int i0, int rows) {
    }

    private Part part(int stretch, int n) {
        if (x.image == 0) {
            return new Part(0, 1, stretch * band, Math.min(band, Math.min(n, high) - stretch * band));
        }
        int first = stretch / bands * together;
        int i0 = stretch % bands * band;
        return new Part(first, Math.min(together, n - first), i0, Math.min(band, high - i0));
    }

    /** Packs the weights of one panel: {@code [tap][block][lane]}; lanes past the outputs get zeros. */
    void pack(int panel, float[] w, int wo, float[] b, int bo, float[] to, int at) {
        Panel p = panels.get(panel);
        int start = at + (p.group * blocks() + p.first) * Lanes.WIDTH;
        int lanes = p.blocks * Lanes.WIDTH;
        for (int l = 0; l < lanes; l++) {
            int k = p.first * Lanes.WIDTH + l;
            to[start + l] = b.length > 0 && k < out ? b[bo + p.group * out + k] : 0;
        }
        for (Sub s : subs) {
            int base = at + at(s, p);
            int window = s.h.at.length * s.w.at.length;
            int unit = x.lanes ? Lanes.WIDTH : 1;
            for (int c = 0; c < in; c += unit) {
                int many = Math.min(unit, in - c);
                for (int l = 0; l < lanes; l++) {
                    int k = p.first * Lanes.WIDTH + l;
                    int from = wo + p.group * weights.group + k * weights.out + c * weights.in;
                    int t = base + c * window * lanes + l;
                    for (int r : s.h.at) {
                        for (int q : s.w.at) {
                            for (int i = 0; i < many; i++, t += lanes) {
                                to[t] = k < out ? w[from + i * weights.in + r * weights.row + q] : 0;
                            }
                        }
                    }
                }
            }
        }
    }

    /** The opposite of {@link #pack}, for one sub: adds packed gradients to those of the weights. */
    void unpack(int panel, float[] dw, int wo, float[] from, int at) {
        Panel p = panels.get(panel);
        Sub s = subs.getFirst();
        int base = at + at(s, p) - groups * blocks() * Lanes.WIDTH;
        int window = s.h.at.length * s.w.at.length;
        int unit = x.lanes ? Lanes.WIDTH : 1;
        int lanes = p.blocks * Lanes.WIDTH;
        for (int c = 0; c < in; c += unit) {
            int many = Math.min(unit, in - c);
            for (int l = 0; l < Math.min(lanes, out - p.first * Lanes.WIDTH); l++) {
                int to = wo + p.group * weights.group + (p.first * Lanes.WIDTH + l) * weights.out + c * weights.in;
                int t = base + c * window * lanes + l;
                for (int r : s.h.at) {
                    for (int q : s.w.at) {
                        for (int i = 0; i < many; i++, t += lanes) {
                            dw[to + i * weights.in + r * weights.row + q] += from[t];
                        }
                    }
                }
            }
        }
    }

    private int at(Sub s, Panel p) {
        return s.packed + s.taps.length * (p.group * blocks() + p.first) * Lanes.WIDTH;
    }

    /** Where a panel's packed gradients lie, without what outputs begin with. */
    int gradientAt(int panel) {
        return at(subs.getFirst(), panels.get(panel)) - groups * blocks() * Lanes.WIDTH;
    }

    /** Elements of packed gradients of the weights. */
    int gradients() {
        return packed - groups * blocks() * Lanes.WIDTH;
    }

    /** Copies the inputs of a band of some images into a border of zeros: blocks {@code from … to−1}. */
    void pad(float[] room, int ro, float[] x, int xo, int images, int i0, int from, int to) {
        int h0 = i0 * rowStep - top;
        int deep = block / row;
        for (int m = 0; m < images; m++) {
            for (int b = from; b < to; b++) {
                int source = xo + m * this.x.image + b * this.x.block;
                int target = ro + m * image + b * block;
                Blocks.pad(room, target, deep, row, x, source, this.x.h, this.x.row, h0, left * this.x.pixel);
            }
        }
    }

    /** One part of the batch. */
    void run(int number, int n, float[] y, int yo, float[] x, int xo, float[] packed, int po, boolean add, boolean relu, float[] room,
            int ro) {
        Part part = part(number / splits, n);
        int from = number % splits * panels.size() / splits;
        int to = (number % splits + 1) * panels.size() / splits;
        int images = xo + part.first * this.x.image;
        int at = padded ? ro : images + part.i0 * rowStep * this.x.row;
        if (padded) {
            pad(room, ro, x, images, part.images, part.i0, 0, this.x.blocks());
        }
        for (int i = from; i < to; i++) {
            Panel p = panels.get(i);
            int start = po + (p.group * blocks() + p.first) * Lanes.WIDTH;
            for (Sub s : subs) {
                int count = s.count(part.i0, part.rows, part.images);
                Tile tile = s.tiles[s.tiles.length > 1 ? p.group : 0];
                int source = at + (s.tiles.length > 1 ? 0 : channel(p.group * in));
                int place = yo + part.first * this.y.image + part.i0 * s.h.step * this.y.row;
                int target = apart() ? ro + padding() : place + this.y.channel(p.group * out) + p.first * this.y.block;
                product(tile, s.taps.length, p.blocks, apart() ? room : y, target, count, padded ? room : x, source, packed,
                        po + at(s, p), start, add && !apart());
                if (apart()) {
                    copy(s, p, count, y, place, room, target, add);
                }
            }
        }
        if (relu) {
            rectify(from, to, y, yo, part);
        }
    }

    private int channel(int c) {
        return x.lanes ? c / Lanes.WIDTH * block : c * block;
    }

    private static void product(Tile tile, int taps, int blocks, float[] y, int yo, int rows, float[] x, int xo, float[] packed, int w,
            int start, boolean add) {
        int t = 0;
        do {
            int end = Math.min(taps, t + CHUNK);
            tile.run(blocks, y, yo, 0, rows, x, xo, t, end, packed, w, blocks * Lanes.WIDTH, packed, start, add || t > 0);
            t = end;
        } while (t < taps);
    }

    private void copy(Sub s, Panel p, int rows, float[] y, int yo, float[] room, int ro, boolean add) {
        int all = s.rows.length * Lanes.WIDTH;
        for (int l = 0; l < Math.min(p.blocks * Lanes.WIDTH, out - p.first * Lanes.WIDTH); l++) {
            int to = yo + this.y.channel(p.group * out + p.first * Lanes.WIDTH + l);
            int from = ro + l / Lanes.WIDTH * all + l % Lanes.WIDTH;
            for (int r = 0; r < rows; r++) {
                float v = room[from + r * Lanes.WIDTH];
                y[to + s.rows[r]] = add ? y[to + s.rows[r]] + v : v;
            }
        }
    }

    /** max(y, 0) of the blocks that some panels of a part touch. */
    private void rectify(int from, int to, float[] y, int yo, Part part) {
        for (Panel p : panels.subList(from, to)) {
            int block = p.group * out / Lanes.WIDTH + p.first;
            int end = Math.min(this.y.blocks(), block + p.blocks + (apart() ? 1 : 0));
            for (int m = part.first; m < part.first + part.images; m++) {
                for (int b = block; b < end; b++) {
                    for (int r = part.i0; r < part.i0 + part.rows; r++) {
                        int at = yo + m * this.y.image + b * this.y.block + r * this.y.row;
                        Blocks.rectify(y, at, y, at, this.y.w * Lanes.WIDTH);
                    }
                }
            }
        }
    }

    /** A phase from two functions. */
    static Phase phase(IntSupplier parts, Task task) {
        return new Phase() {
            @Override
            public int parts() {
                return parts.getAsInt();
            }

            @Override
            public void run(int part, int worker) {
                task.run(part, worker);
            }
        };
    }

    /** One part of a phase. */
    interface Task {
        void run(int part, int worker);
    }
}
