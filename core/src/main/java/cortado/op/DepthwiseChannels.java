package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.DepthwiseRow;
import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Depthwise convolution with a 3×3 window and channels in blocks. There is little to compute for each byte, so images are read in
 * place, row by row, once, and a ReLU behind is taken while the row is in the first cache.
 *
 * <p>Strategies: a part is a band of rows of one block of one image. The gradient of x is the same with the filter turned; that of w
 * sums dy too, for the bias, in a few slots of images which are added in order. Strides above 1 get the gradient of x, and a network's
 * input, which lies in rows, everything from {@link Conv2dChannels}.
 */
final class DepthwiseChannels implements Wide {
    private static final int R = 3;
    private static final int TAPS = R * DepthwiseRow.S;
    /** Floats of a block's filter, and of its gradient with that of the bias. */
    private static final int FILTER = (TAPS + 1) * Lanes.WIDTH;
    /** Floats of rows that are still in the first cache when a ReLU is taken. */
    private static final int CACHED = 4096;

    /** A correlation: what a row of outputs reads. */
    private record Rows(Side x, Side y, int stride, int top, DepthwiseRow row) {
        static Rows of(Side x, Side y, Window.Axis h, Window.Axis w) {
            return new Rows(x, y, h.stride(), h.before(), new DepthwiseRow(w.stride(), w.before(), x.w(), y.w()));
        }

        int first(int p) {
            return p * stride - top;
        }

        /** Window rows from which to which lie inside. */
        int from(int p) {
            return Math.clamp(-first(p), 0, R);
        }

        int count(int p) {
            return Math.max(0, Math.min(R, x.h() - first(p)) - from(p));
        }

        /** Where the first input row that is met begins; anywhere if none is. */
        int at(int p) {
            return count(p) == 0 ? 0 : (first(p) + from(p)) * x.row();
        }
    }

    private final Conv2dChannels direct;
    private final float most;
    private final int c;
    private final int blocks;
    private final Rows forward;
    private final Optional<Rows> input;
    private final int bands;
    private final int slots;

    DepthwiseChannels(Conv2d op, Shape x, float most) {
        direct = new Conv2dChannels(op, x, most);
        this.most = most;
        Side in = Side.of(x, Layout.CHANNELS);
        Side out = Side.of(op.output(x), Layout.CHANNELS);
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        c = x.c();
        blocks = in.blocks();
        forward = Rows.of(in, out, h, w);
        boolean turns = h.stride() == 1 && w.stride() == 1 && h.before() < R && w.before() < R;
        input = turns ? Optional.of(Rows.of(out, in, turned(h), turned(w))) : Optional.empty();
        bands = Math.clamp(Math.ceilDiv(Cuts.PARTS, x.n() * blocks), 1, out.h());
        slots = Math.ceilDiv(x.n(), Math.max(1, x.n() / Math.ceilDiv(Cuts.PARTS, blocks))); // as many images in each
    }

    private static Window.Axis turned(Window.Axis a) {
        return new Window.Axis(R, 1, R - 1 - a.before(), R - 1 - a.after(), 1);
    }

    /** Whether the op has this form. */
    static boolean fits(Conv2d op, Shape x) {
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        return op.groups() > 1 && op.groups() == x.c() && op.filters() == x.c() && h.kernel() == R && w.kernel() == R
                && h.dilation() == 1 && w.dilation() == 1 && h.after() < R && w.after() < R;
    }

    @Override
    public String name() {
        return "depthwise";
    }

    @Override
    public int room() {
        return direct.room();
    }

    @Override
    public int prepared() {
        return Math.max(direct.prepared(), blocks * FILTER);
    }

    @Override
    public int scratch() {
        return Math.max(direct.scratch(), slots * blocks * FILTER);
    }

    @Override
    public List<Phase> prepare(Operands o, List<Tensor> room) {
        return o.x().layout() == Layout.ROWS ? direct.prepare(o, room) : List.of(pack(o, o.prepared(), false, o.b()));
    }

    /** Filters by tap, then what outputs begin with, block by block. */
    private Phase pack(Operands o, Tensor to, boolean turned, Optional<Tensor> b) {
        return Phase.of(() -> 1, (_, _) -> {
            Arrays.fill(to.floats(), to.offset(), to.offset() + blocks * FILTER, 0);
            for (int k = 0; k < c; k++) {
                int at = to.offset() + k / Lanes.WIDTH * FILTER + k % Lanes.WIDTH;
                for (int t = 0; t < TAPS; t++) {
                    to.floats()[at + t * Lanes.WIDTH] = o.w().floats()[o.w().offset() + k * TAPS + (turned ? TAPS - 1 - t : t)];
                }
                if (b.isPresent()) {
                    to.floats()[at + TAPS * Lanes.WIDTH] = b.get().floats()[b.get().offset() + k];
                }
            }
        });
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() == Layout.ROWS) {
            return direct.forward(o, room);
        }
        Optional<Tensor> plus = Conv2dChannels.residual(o);
        return List.of(Phase.of(() -> o.n() * blocks * bands,
                (part, _) -> run(forward, part, o.y(), o.x(), o.prepared(), false, plus, most)));
    }

    /** A band of rows of one block of one image. */
    private void run(Rows rows, int part, Tensor y, Tensor x, Tensor w, boolean add, Optional<Tensor> plus, float most) {
        int band = part % bands;
        int block = part / bands % blocks;
        int image = part / bands / blocks;
        int high = rows.y.h();
        int xo = x.offset() + image * rows.x.image() + block * rows.x.block();
        int plane = image * rows.y.image() + block * rows.y.block();
        int wo = w.offset() + block * FILTER;
        int end = (band + 1) * high / bands;
        int done = band * high / bands;
        int together = Math.max(1, CACHED / rows.y.row());
        for (int p = done; p < end; p++) {
            int yo = y.offset() + plane + p * rows.y.row();
            rows.row.forward(y.floats(), yo, add ? y.floats() : w.floats(), add ? yo : wo + TAPS * Lanes.WIDTH,
                    add ? Lanes.WIDTH : 0,
                    x.floats(), xo + rows.at(p), rows.x.row(), rows.count(p), w.floats(),
                    wo + rows.from(p) * DepthwiseRow.S * Lanes.WIDTH);
            if ((plus.isPresent() || most > 0) && (p + 1 - done == together || p + 1 == end)) {
                rows.y.finish(y, plane, done, p + 1 - done, plus, most);
                done = p + 1;
            }
        }
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (o.x().layout() == Layout.ROWS) {
            return direct.backward(o, room);
        }
        List<Phase> phases = new ArrayList<>();
        if (most > 0) {
            phases.add(Conv2dChannels.mask(o, most));
        }
        phases.addAll(Conv2dChannels.residualGradient(o));
        if (o.dw().isPresent() || o.db().isPresent()) {
            phases.add(Phase.of(() -> blocks * slots, (part, _) -> sum(part, o)));
            phases.add(Phase.of(() -> 1, (_, _) -> add(o)));
        }
        if (o.dx().isPresent()) {
            Tensor dx = o.dx().get();
            if (input.isPresent()) {
                phases.add(pack(o, o.scratch(), true, Optional.empty()));
                phases.add(Phase.of(() -> o.n() * blocks * bands,
                        (part, _) -> run(input.get(), part, dx, o.dy(), o.scratch(), o.accumulates(0), Optional.empty(), 0)));
            } else {
                phases.add(Conv2dChannels.pack(direct.input, o, Conv2dChannels.NO_BIAS, 0, o.scratch()));
                phases.add(Conv2dChannels.run(direct.input, o, dx, o.dy(), o.scratch(), o.accumulates(0), 0, room));
            }
        }
        return phases;
    }

    /** dw and db of one block of some images, to a slot's sums. */
    private void sum(int part, Operands o) {
        int block = part % blocks;
        int slot = part / blocks;
        float[] sums = o.scratch().floats();
        int so = o.scratch().offset() + (slot * blocks + block) * FILTER;
        Arrays.fill(sums, so, so + FILTER, 0);
        Side x = forward.x;
        Side y = forward.y;
        for (int n = slot * o.n() / slots; n < (slot + 1) * o.n() / slots; n++) {
            int xo = o.x().offset() + n * x.image() + block * x.block();
            int dyo = o.dy().offset() + n * y.image() + block * y.block();
            for (int p = 0; p < y.h(); p++, dyo += y.row()) {
                forward.row.gradient(sums, so + forward.from(p) * DepthwiseRow.S * Lanes.WIDTH, o.dy().floats(), dyo,
                        o.x().floats(),
                        xo + forward.at(p), x.row(), forward.count(p));
                if (o.db().isPresent()) {
                    Blocks.addLanes(sums, so + TAPS * Lanes.WIDTH, o.dy().floats(), dyo, y.w(), Lanes.WIDTH);
                }
            }
        }
    }

    private void add(Operands o) {
        float[] sums = o.scratch().floats();
        int so = o.scratch().offset();
        for (int slot = 1; slot < slots; slot++) {
            Blocks.add(sums, so, sums, so + slot * blocks * FILTER, blocks * FILTER);
        }
        for (int k = 0; k < c; k++) {
            int at = so + k / Lanes.WIDTH * FILTER + k % Lanes.WIDTH;
            for (int t = 0; t < TAPS && o.dw().isPresent(); t++) {
                o.dw().get().floats()[o.dw().get().offset() + k * TAPS + t] += sums[at + t * Lanes.WIDTH];
            }
            if (o.db().isPresent()) {
                o.db().get().floats()[o.db().get().offset() + k] += sums[at + TAPS * Lanes.WIDTH];
            }
        }
    }
}
