package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Dots;
import cortado.simd.Lanes;
import cortado.simd.Taps;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Direct convolution over a block of 16 images, for any window, stride, dilation and groups.
 *
 * <p>Strategies: forward is one correlation of the padded x ({@link Taps}). The gradient of x is a correlation of the padded dy
 * with the turned weights; a stride of s splits it into s×s such correlations, one for the inputs at each place modulo s, so
 * that no zero of a dilated dy is ever multiplied, and a row takes only the taps that meet dy. The gradient of w is a dot product per weight ({@link Dots}).
 */
final class Conv2dVector implements Kernel {
    private static final float[] NO_BIAS = {};

    private final Conv2d op;
    private final int groups;
    private final int[] xSize;
    private final int[] xBorder;
    private final int[] dySize;
    private final int[] dyBorder;
    private final int[] wSize;
    private final Taps forward;
    private final Dots weights;
    private final List<Phase> phases = new ArrayList<>();
    private final int xPadded;
    private final int dyPadded;
    private final int turned;
    private final int xLength;
    private final int pixels;

    /**
     * Inputs at one place modulo the stride.
     *
     * @param at   first element in dx
     * @param rows window rows that meet them
     * @param cols window columns that meet them
     * @param taps the correlation
     */
    private record Phase(int at, int[] rows, int[] cols, Taps taps) {
    }

    Conv2dVector(Conv2d op, Shape x) {
        Shape y = op.output(x);
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        this.op = op;
        groups = op.groups();
        int c = x.c() / groups;
        int k = y.c() / groups;
        xSize = new int[] {x.c(), x.h(), x.w()};
        xBorder = new int[] {h.before(), w.before(), h.after(), w.after()};
        dySize = new int[] {y.c(), y.h(), y.w()};
        dyBorder = new int[] {0, low(w), 0, high(w, x.w(), y.w())};
        wSize = new int[] {k, c, h.kernel(), w.kernel()};
        int wide = (x.w() + w.before() + w.after()) * Lanes.WIDTH;
        int plane = (x.h() + h.before() + h.after()) * wide;
        int[] taps = new int[c * h.kernel() * w.kernel()];
        for (int i = 0; i < taps.length; i++) {
            int s = i % w.kernel();
            int r = i / w.kernel() % h.kernel();
            taps[i] = i / w.kernel() / h.kernel() * plane + r * h.dilation() * wide + s * w.dilation() * Lanes.WIDTH;
        }
        pixels = y.h() * y.w();
        int[] yStep = {pixels * Lanes.WIDTH, y.w() * Lanes.WIDTH, Lanes.WIDTH};
        int[] xStep = {h.stride() * wide, w.stride() * Lanes.WIDTH};
        forward = new Taps(taps, k, y.h(), y.w(), yStep, xStep, new int[] {taps.length, 1});
        weights = new Dots(taps, k, y.h(), y.w(), yStep, xStep);
        for (int a = 0; a < Math.min(h.stride(), x.h()); a++) {
            for (int b = 0; b < Math.min(w.stride(), x.w()); b++) {
                phases.add(phase(a, b, x, k, c));
            }
        }
        xPadded = sum(xBorder) == 0 ? 0 : x.c() * plane;
        dyPadded = sum(dyBorder) == 0 ? 0 : y.c() * y.h() * (y.w() + dyBorder[1] + dyBorder[3]) * Lanes.WIDTH;
        turned = c * k * h.kernel() * w.kernel();
        xLength = x.c() * x.h() * x.w() * Lanes.WIDTH;
    }

    private static int sum(int[] v) {
        return v[0] + v[1] + v[2] + v[3];
    }

    /** Columns of dy before the first that some input's taps reach: ⌈(extent − 1 − before) / stride⌉. */
    private static int low(Window.Axis a) {
        return Math.max(0, Math.ceilDiv(a.extent() - 1 - a.before(), a.stride()));
    }

    private static int high(Window.Axis a, int in, int out) {
        return Math.max(0, (in - 1 + a.before()) / a.stride() - (out - 1));
    }

    private Phase phase(int a, int b, Shape x, int k, int c) {
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        int[] rows = meeting(h, a);
        int[] cols = meeting(w, b);
        int wide = (dySize[2] + dyBorder[1] + dyBorder[3]) * Lanes.WIDTH;
        int[] taps = new int[rows.length * k * cols.length];
        int t = 0;
        for (int r : rows) {
            for (int j = 0; j < k; j++) {
                for (int s : cols) {
                    taps[t++] = j * dySize[1] * wide + first(h, a, r) * wide + (first(w, b, s) + dyBorder[1]) * Lanes.WIDTH;
                }
            }
        }
        int high = Math.ceilDiv(x.h() - a, h.stride());
        int[] from = new int[high];
        int[] to = new int[high];
        for (int i = 0; i < high; i++) { // the later a window row, the earlier the row of dy: those inside dy stand together
            int row = i;
            from[i] = (int) IntStream.of(rows).filter(r -> first(h, a, r) + row >= dySize[1]).count() * k * cols.length;
            to[i] = (int) IntStream.of(rows).filter(r -> first(h, a, r) + row >= 0).count() * k * cols.length;
        }
        int[] out = {x.h() * x.w() * Lanes.WIDTH, h.stride() * x.w() * Lanes.WIDTH, w.stride() * Lanes.WIDTH};
        Taps correlation = new Taps(taps, c, high, Math.ceilDiv(x.w() - b, w.stride()), out, new int[] {wide, Lanes.WIDTH},
                new int[] {taps.length, 1}, from, to);
        return new Phase((a * x.w() + b) * Lanes.WIDTH, rows, cols, correlation);
    }

    /** Window positions r for which an output p with {@code p·stride = at + before − r·dilation} can exist. */
    private static int[] meeting(Window.Axis axis, int at) {
        return IntStream.range(0, axis.kernel())
                .filter(r -> Math.floorMod(at + axis.before() - r * axis.dilation(), axis.stride()) == 0).toArray();
    }

    private static int first(Window.Axis axis, int at, int r) {
        return Math.floorDiv(at + axis.before() - r * axis.dilation(), axis.stride());
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public int scratch() {
        return xPadded + dyPadded + turned + xLength + Dots.SUMS;
    }

    @Override
    public void forward(Operands o) {
        Tensor x = o.x();
        Tensor y = o.y();
        Tensor w = o.w();
        float[] room = o.scratch().floats();
        float[] in = padded(x, room, o.scratch().offset(), xPadded, xSize, xBorder);
        int at = xPadded == 0 ? x.offset() : o.scratch().offset();
        float[] b = o.b().isPresent() ? o.b().get().floats() : NO_BIAS;
        int bo = o.b().isPresent() ? o.b().get().offset() : 0;
        for (int g = 0; g < groups; g++) {
            forward.run(y.floats(), y.offset() + g * wSize[0] * pixels * Lanes.WIDTH, in, at + g * plane(xSize, xBorder) * wSize[1],
                    w.floats(), w.offset() + g * turned, b, bo + g * wSize[0]);
        }
    }

    private static int plane(int[] size, int[] border) {
        return (size[1] + border[0] + border[2]) * (size[2] + border[1] + border[3]) * Lanes.WIDTH;
    }

    private static float[] padded(Tensor x, float[] room, int ro, int length, int[] size, int[] border) {
        if (length == 0) {
            return x.floats();
        }
        Blocks.pad(room, ro, x.floats(), x.offset(), size, border);
        return room;
    }

    @Override
    public void backward(Operands o) {
        if (o.dw().isPresent()) {
            weights(o.dw().get(), o);
        }
        if (o.db().isPresent()) {
            Tensor db = o.db().get();
            for (int k = 0; k < dySize[0]; k++) {
                db.floats()[db.offset() + k] = Blocks.sum(o.dy().floats(), o.dy().offset() + k * pixels * Lanes.WIDTH, pixels,
                        o.scratch().floats(), o.scratch().offset());
            }
        }
        if (o.dx().isPresent()) {
            input(o.dx().get(), o);
        }
    }

    private void weights(Tensor dw, Operands o) {
        float[] room = o.scratch().floats();
        int ro = o.scratch().offset();
        float[] in = padded(o.x(), room, ro, xPadded, xSize, xBorder);
        int at = xPadded == 0 ? o.x().offset() : ro;
        for (int g = 0; g < groups; g++) {
            weights.run(dw.floats(), dw.offset() + g * turned, false, o.dy().floats(),
                    o.dy().offset() + g * wSize[0] * pixels * Lanes.WIDTH,
                    in, at + g * plane(xSize, xBorder) * wSize[1], room, ro + xPadded);
        }
    }

    private void input(Tensor dx, Operands o) {
        float[] room = o.scratch().floats();
        int ro = o.scratch().offset();
        float[] in = padded(o.dy(), room, ro, dyPadded, dySize, dyBorder);
        int at = dyPadded == 0 ? o.dy().offset() : ro;
        boolean add = o.accumulates(0);
        float[] out = add ? room : dx.floats();
        int to = add ? ro + dyPadded + turned : dx.offset();
        int channel = xSize[1] * xSize[2] * Lanes.WIDTH;
        for (int g = 0; g < groups; g++) {
            for (Phase f : phases) {
                turn(room, ro + dyPadded, o.w().floats(), o.w().offset() + g * turned, f);
                f.taps.run(out, to + g * wSize[1] * channel + f.at, in, at + g * plane(dySize, dyBorder) * wSize[0], room,
                        ro + dyPadded,
                        NO_BIAS, 0);
            }
        }
        if (add) {
            Blocks.add(dx.floats(), dx.offset(), out, to, xLength);
        }
    }

    /** Lays the weights of a phase out by input channel: {@code t[c, (r, k, s)] = w[k, c, r, s]}. */
    private void turn(float[] t, int to, float[] w, int wo, Phase f) {
        for (int c = 0; c < wSize[1]; c++) {
            for (int r : f.rows) {
                for (int k = 0; k < wSize[0]; k++) {
                    for (int s : f.cols) {
                        t[to++] = w[wo + ((k * wSize[1] + c) * wSize[2] + r) * wSize[3] + s];
                    }
                }
            }
        }
    }
}
