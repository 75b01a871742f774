package cortado.op;

import cortado.simd.Winograd;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * 3×3 convolution with stride 1 by Winograd's F(4×4, 3×3) with channels in blocks: a quarter of the direct multiplications.
 *
 * <p>Strategies: tiles of the whole batch are transformed, multiplied and transformed back in parts that fit the second cache
 * ({@link WinogradTiles}), so that small maps of several images share a product. The gradient of x is the same with the filters
 * turned and their channels exchanged; that of w multiplies transformed tiles of x and dy ({@link WinogradGradient}). A network's
 * input, which lies in rows, goes the direct way.
 */
final class Conv2dWinogradChannels implements Wide {
    /** Tiles that are needed to make up for fetching four times as many weights. */
    private static final int TILES = 16;

    private final Conv2dChannels direct;
    private final int c;
    private final int k;
    private final float most;
    private final WinogradTiles forward;
    private final WinogradTiles input;
    private final WinogradGradient weights;

    Conv2dWinogradChannels(Conv2d op, Shape x, float most) {
        this.most = most;
        direct = new Conv2dChannels(op, x, most);
        c = x.c();
        k = op.filters();
        Side in = Side.of(x, Layout.CHANNELS);
        Side out = Side.of(op.output(x), Layout.CHANNELS);
        int top = op.window().h().before();
        int left = op.window().w().before();
        forward = new WinogradTiles(in, out, x.n(), top, left);
        input = new WinogradTiles(out, in, x.n(), 2 - top, 2 - left);
        weights = new WinogradGradient(forward, in, out, x.n());
    }

    /** Whether the op has this form, and enough channels and tiles to gain from it. */
    static boolean fits(Conv2d op, Shape x) {
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        Shape y = op.output(x);
        int tiles = Math.ceilDiv(y.h(), 4) * Math.ceilDiv(y.w(), 4);
        return h.kernel() == 3 && w.kernel() == 3 && h.stride() == 1 && w.stride() == 1 && h.dilation() == 1 && w.dilation() == 1
                && op.groups() == 1 && h.before() <= 2 && w.before() <= 2 && x.c() >= 16 && y.c() >= 16
                && 2 * tiles * Winograd.XI <= y.h() * y.w() * 9 && x.n() * tiles >= TILES;
    }

    @Override
    public String name() {
        return "winograd 4×4";
    }

    @Override
    public int room() {
        return Math.max(Math.max(direct.room(), weights.room()), Math.max(forward.room(), input.room()));
    }

    @Override
    public int prepared() {
        return Math.max(direct.prepared(), forward.prepared());
    }

    @Override
    public int scratch() {
        return Math.max(direct.scratch(), Math.max(input.prepared(), weights.scratch()));
    }

    @Override
    public List<Phase> prepare(Operands o, List<Tensor> room) {
        if (o.x().layout() == Layout.ROWS) {
            return direct.prepare(o, room);
        }
        float[] b = Conv2dChannels.biases(o);
        int bo = o.b().isPresent() ? o.b().get().offset() : 0;
        return List.of(Phase.of(forward::preparations,
                (p, worker) -> forward.prepare(p, o.w(), 9 * c, 9, false, b, bo, o.prepared(), room.get(worker))));
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() == Layout.ROWS) {
            return direct.forward(o, room);
        }
        Optional<Tensor> plus = Conv2dChannels.residual(o);
        return List.of(Phase.of(() -> forward.parts(o.n()),
                (part, worker) -> forward.run(part, o.n(), o.y(), o.x(), o.prepared(), plus, most, room.get(worker))));
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
        if (o.dw().isPresent()) {
            phases.addAll(weights.phases(o, room));
        }
        if (o.db().isPresent()) {
            phases.add(Conv2dChannels.bias(o, room));
        }
        if (o.dx().isPresent()) {
            Tensor dx = o.dx().get();
            Tensor u = o.scratch();
            Optional<Tensor> plus = o.accumulates(0) ? Optional.of(dx) : Optional.empty();
            phases.add(Phase.of(input::preparations,
                    (p, worker) -> input.prepare(p, o.w(), 9, 9 * c, true, Conv2dChannels.NO_BIAS, 0, u, room.get(worker))));
            phases.add(Phase.of(() -> input.parts(o.n()),
                    (part, worker) -> input.run(part, o.n(), dx, o.dy(), u, plus, 0, room.get(worker))));
        }
        return phases;
    }
}
