package cortado.op;

import cortado.op.Correlation.Axis;
import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Direct convolution with channels in blocks, for any window, stride, dilation and groups, and for linear layers, whose batch is
 * an image of N rows.
 *
 * <p>Strategies: forward is a {@link Correlation} of x, vectors along the filters. The gradient of x is one of dy with the turned
 * weights, vectors along the channels; a stride of s splits it into s×s, one for the inputs at each place modulo s, so that no
 * zero of a dilated dy is multiplied, or over few channels into one {@link SubPixel}. The gradient of w is a {@link WeightGradient}, that of a 1×1
 * convolution or a linear layer a {@link ProductGradient}. A residual sum and a ReLU behind are taken on the way.
 */
final class Conv2dChannels implements Wide {
    static final float[] NO_BIAS = {};

    private final Shape x;
    private final Shape y;
    private final int groups;
    private final Window window;
    private final float most;
    final Correlation forward;
    final Correlation input;
    /** Whether this is a product of two matrices, pixels by channels and channels by filters; with a stride, of some pixels only. */
    private final boolean product;
    private final WeightGradient weights;
    /** The gradient of x where it is strided and has few channels. */
    private final Optional<SubPixel> few;

    Conv2dChannels(Conv2d op, Shape x, float most) {
        this(x, op.output(x), op.window(), op.groups(), most);
    }

    Conv2dChannels(Linear op, Shape x, float most) {
        this(x, op.output(x), Window.of(1), 1, most);
    }

    Conv2dChannels(Shape x, Shape y, Window window, int groups, float most) {
        this.x = x;
        this.y = y;
        this.window = window;
        this.groups = groups;
        this.most = most;
        product = groups == 1 && window.size() == 1 && Stream.of(window.h(), window.w()).allMatch(a -> a.before() + a.after() == 0);
        forward = forward(Layout.CHANNELS);
        weights = new WeightGradient(forward, x.n());
        int cg = x.dim(1) / groups;
        int rs = window.size();
        Side in = side(y, Layout.CHANNELS);
        Side out = side(x, Layout.CHANNELS);
        input = new Correlation(in, out, x.n(), groups, backward(window.h(), out.h()), backward(window.w(), out.w()),
                new Packed.Weights(rs, cg * rs, window.w().kernel(), y.dim(1) / groups * cg * rs));
        few = SubPixel.fits(x, window, groups) ? Optional.of(new SubPixel(x, y, window)) : Optional.empty();
    }

    private Correlation forward(Layout layout) {
        int cg = x.dim(1) / groups;
        int rs = window.size();
        Side in = side(x, layout);
        Side out = side(y, Layout.CHANNELS);
        return new Correlation(in, out, x.n(), groups, List.of(forward(window.h(), out.h())), List.of(forward(window.w(), out.w())),
                new Packed.Weights(cg * rs, rs, window.w().kernel(), y.dim(1) / groups * cg * rs));
    }

    /** A product of all pixels knows no rows: it sees an image as one column, which is cut at any pixel. */
    private Side side(Shape s, Layout layout) {
        Side side = Side.of(s, layout);
        return product && window.equals(Window.of(1)) && !side.vectors() ? side.column() : side;
    }

    private static Axis forward(Window.Axis a, int out) {
        int[] at = IntStream.range(0, a.kernel()).toArray();
        return new Axis(0, 1, out, a.stride(), at, IntStream.of(at).map(r -> a.at(0, r)).toArray());
    }

    /** For each place modulo the stride: the window positions that meet such inputs, and the first output they meet. */
    private static List<Axis> backward(Window.Axis a, int in) {
        List<Axis> all = new ArrayList<>();
        for (int p = 0; p < Math.min(a.stride(), in); p++) {
            int place = p + a.before();
            int[] at = IntStream.range(0, a.kernel()).filter(r -> Math.floorMod(place - r * a.dilation(), a.stride()) == 0)
                    .toArray();
            int[] offset = IntStream.of(at).map(r -> Math.floorDiv(place - r * a.dilation(), a.stride())).toArray();
            all.add(new Axis(p, a.stride(), Math.ceilDiv(in - p, a.stride()), 1, at, offset));
        }
        return all;
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public int scratch() {
        return Math.max(few.map(SubPixel::scratch).orElse(input.packed().length()), gradientScratch());
    }

    @Override
    public int prepared() {
        return forward.packed().length();
    }

    @Override
    public int room() {
        int own = product ? product(Layout.CHANNELS).room() : Lanes.WIDTH;
        return Math.max(Math.max(own, few.map(SubPixel::room).orElse(0)), Math.max(forward.room(), input.room()));
    }

    /** {@return elements of scratch for the gradient of w} */
    int gradientScratch() {
        return Math.max(weights.scratch(), product ? product(Layout.CHANNELS).scratch() : 0);
    }

    private ProductGradient product(Layout layout) {
        return new ProductGradient(Side.of(x, layout), Side.of(y, Layout.CHANNELS), x.n(), window, forward.packed());
    }

    /** The phases that add to the gradient of w. */
    List<Phase> gradient(Operands o, List<Tensor> room) {
        Layout layout = o.x().layout();
        if (product && (layout == Layout.CHANNELS || x.rank() == 2)) {
            return product(layout).phases(o, room);
        }
        return (layout == Layout.CHANNELS ? weights : new WeightGradient(reading(o), x.n())).phases(o, room);
    }

    @Override
    public List<Phase> prepare(Operands o, List<Tensor> room) {
        return List.of(pack(reading(o), o, biases(o), o.b().isPresent() ? o.b().get().offset() : 0, o.prepared()));
    }

    static float[] biases(Operands o) {
        return o.b().isPresent() ? o.b().get().floats() : NO_BIAS;
    }

    private Correlation reading(Operands o) {
        return o.x().layout() == Layout.CHANNELS ? forward : forward(o.x().layout());
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        Correlation c = reading(o);
        Optional<Tensor> plus = residual(o);
        return List.of(Phase.of(() -> c.parts(o.n()),
                (part, worker) -> c.run(part, o.n(), o.y(), o.x(), o.prepared(), false, plus, most, room.get(worker))));
    }

    static Phase pack(Correlation c, Operands o, float[] b, int bo, Tensor to) {
        return Phase.of(c.packed().panels()::size,
                (p, _) -> c.packed().pack(c.packed().panels().get(p), o.w().floats(), o.w().offset(), b, bo, to.floats(),
                        to.offset()));
    }

    static Phase run(Correlation c, Operands o, Tensor y, Tensor x, Tensor w, boolean add, float most, List<Tensor> room) {
        return Phase.of(() -> c.parts(o.n()),
                (part, worker) -> c.run(part, o.n(), y, x, w, add, Optional.empty(), most, room.get(worker)));
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        List<Phase> phases = new ArrayList<>();
        if (most > 0) {
            phases.add(mask(o, most));
        }
        phases.addAll(residualGradient(o));
        if (o.dw().isPresent()) {
            phases.addAll(gradient(o, room));
        }
        if (o.db().isPresent()) {
            phases.add(bias(o, room));
        }
        if (o.dx().isPresent() && few.isPresent()) {
            phases.addAll(few.get().phases(o, room));
        } else if (o.dx().isPresent()) {
            phases.add(pack(input, o, NO_BIAS, 0, o.scratch()));
            phases.add(run(input, o, o.dx().get(), o.dy(), o.scratch(), o.accumulates(0), 0, room));
        }
        return phases;
    }

    /** Sets dy to zero, in place, where a ReLU's output is not positive or a ReLU6's not below 6. */
    static Phase mask(Operands o, float most) {
        Tensor dy = o.dy();
        int image = dy.length() / dy.shape().n();
        return Phase.of(o::n, (n, _) -> {
            int at = dy.offset() + n * image;
            Blocks.mask(dy.floats(), at, dy.floats(), at, o.y().floats(), o.y().offset() + n * image, image, false);
            if (most < Float.POSITIVE_INFINITY) {
                Blocks.below(dy.floats(), at, o.y().floats(), o.y().offset() + n * image, image, most);
            }
        });
    }

    /** {@return what is added to the convolution, of {@link ConvAdd}} */
    static Optional<Tensor> residual(Operands o) {
        return o.inputs() > 1 ? Optional.of(o.x(1)) : Optional.empty();
    }

    /** dr (+)= dy. */
    static List<Phase> residualGradient(Operands o) {
        if (o.inputs() == 1 || o.dx(1).isEmpty()) {
            return List.of();
        }
        Tensor dr = o.dx(1).get();
        int image = dr.length() / dr.shape().n();
        return List.of(Phase.of(o::n, (n, _) -> {
            int to = dr.offset() + n * image;
            int from = o.dy().offset() + n * image;
            if (o.accumulates(1)) {
                Blocks.add(dr.floats(), to, o.dy().floats(), from, image);
            } else {
                System.arraycopy(o.dy().floats(), from, dr.floats(), to, image);
            }
        }));
    }

    /** db = Σ dy. */
    static Phase bias(Operands o, List<Tensor> room) {
        Tensor db = o.db().orElseThrow();
        Side s = Side.of(o.dy().shape(), Layout.CHANNELS);
        return Phase.of(s::blocks, (block, worker) -> {
            Tensor sums = room.get(worker);
            for (int l = 0; l < Lanes.WIDTH; l++) {
                sums.floats()[sums.offset() + l] = 0;
            }
            int images = s.image() == 0 ? 1 : o.n();
            for (int n = 0; n < images; n++) {
                Blocks.addLanes(sums.floats(), sums.offset(), o.dy().floats(), o.dy().offset() + n * s.image() + block * s.block(),
                        s.image() == 0 ? o.n() : s.h() * s.w(), s.pixel());
            }
            for (int l = 0; l < Math.min(Lanes.WIDTH, s.c() - block * Lanes.WIDTH); l++) {
                db.floats()[db.offset() + block * Lanes.WIDTH + l] += sums.floats()[sums.offset() + l];
            }
        });
    }
}
