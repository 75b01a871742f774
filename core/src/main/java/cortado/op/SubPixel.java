package cortado.op;

import cortado.op.Correlation.Axis;
import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of x of a strided convolution over few channels, such as the 7×7 over an RGB image that networks begin with. Cut by
 * place modulo the stride it would be s·s correlations that fill C of 16 lanes each. Here the places of a cell of m·s by m·s inputs are
 * channels of one correlation with stride m, which reads dy once,
 *
 * <pre>
 * z[n, (φ, ψ, c), i, j] = Σ_k,r,s dy[n, k, i·m − r, j·m − s] · w[k, c, φ + r·stride, ψ + s·stride]        w is 0 past the window
 * dx[n, c, i·m·stride + φ − pad, j·m·stride + ψ − pad] = z[n, (φ, ψ, c), i, j]        r, s from 1 − m on
 * </pre>
 *
 * and whose result is shuffled into place: the sub-pixel convolution of Shi et al., CVPR 2016, section 3, where m is 1. A larger cell
 * has more zeros among its weights, but may fill its blocks: 3 channels with stride 2 are 12 lanes of 16 with m = 1, and 48 with m = 2.
 */
final class SubPixel {
    /** Cells of so many strides at most. */
    private static final int MOST = 3;

    private final Shape x;
    private final Window.Axis h;
    private final Window.Axis w;
    private final int filters;
    /** Rows and columns of a cell, and taps along either. */
    private final int high;
    private final int wide;
    private final int r;
    private final int s;
    private final Shape z;
    private final Side shuffled;
    private final Correlation places;

    SubPixel(Shape x, Shape y, Window window) {
        this.x = x;
        h = window.h();
        w = window.w();
        filters = y.c();
        int m = IntStream.rangeClosed(1, MOST).boxed().min(Comparator.comparingDouble(i -> cost(x.c(), h, w, i))).orElseThrow();
        high = m * h.stride();
        wide = m * w.stride();
        r = taps(h, m);
        s = taps(w, m);
        z = Shape.of(x.n(), x.c() * high * wide, Math.ceilDiv(x.h() + h.before(), high), Math.ceilDiv(x.w() + w.before(), wide));
        shuffled = Side.of(z, Layout.CHANNELS);
        places = new Correlation(Side.of(y, Layout.CHANNELS), shuffled, x.n(), 1, List.of(axis(r, z.h(), m)),
                List.of(axis(s, z.w(), m)), new Packed.Weights(filters * r * s, r * s, s, 0));
    }

    private static int taps(Window.Axis a, int m) {
        return Math.ceilDiv(a.kernel(), a.stride()) + m - 1;
    }

    private static Axis axis(int taps, int count, int m) {
        int[] at = IntStream.range(0, taps).toArray();
        return new Axis(0, 1, count, m, at, Arrays.stream(at).map(t -> m - 1 - t).toArray());
    }

    /** Multiplications of blocks for each cell of m = 1. A tile of one block loads as often as it multiplies, and takes half as long again. */
    private static double cost(int c, Window.Axis h, Window.Axis w, int m) {
        int blocks = blocks(c * m * h.stride() * m * w.stride());
        return (blocks == 1 ? 1.5 : blocks) * taps(h, m) * taps(w, m) / (m * m);
    }

    /** Whether it multiplies clearly less, empty lanes and zeros counted. */
    static boolean fits(Shape x, Window window, int groups) {
        Window.Axis h = window.h();
        Window.Axis w = window.w();
        if (x.rank() != 4 || groups > 1 || h.dilation() * w.dilation() > 1 || h.stride() * w.stride() == 1) {
            return false;
        }
        return 4L * blocks(x.c() * h.stride() * w.stride()) * taps(h, 1) * taps(w, 1) < 3L * blocks(x.c()) * window.size();
    }

    private static int blocks(int channels) {
        return Math.ceilDiv(channels, Lanes.WIDTH);
    }

    int room() {
        return places.room();
    }

    int scratch() {
        return z.n() * shuffled.image() + places.packed().length() + z.c() * filters * r * s;
    }

    List<Phase> phases(Operands o, List<Tensor> room) {
        Tensor result = o.scratch().view(0, z, Layout.CHANNELS);
        int packed = z.n() * shuffled.image();
        Tensor panels = o.scratch().view(packed, Shape.of(places.packed().length()), Layout.ROWS);
        Tensor spread = o.scratch().view(packed + panels.length(), Shape.of(z.c(), filters, r, s), Layout.ROWS);
        return List.of(
                Phase.of(z::c, (place, _) -> spread(spread, o.w(), place)),
                Phase.of(places.packed().panels()::size, (p, _) -> places.packed().pack(places.packed().panels().get(p), spread.floats(),
                        spread.offset(), Conv2dChannels.NO_BIAS, 0, panels.floats(), panels.offset())),
                Conv2dChannels.run(places, o, result, o.dy(), panels, false, 0, room),
                Phase.of(() -> o.n() * z.h(), (row, _) -> shuffle(o.dx().get(), result, row / z.h(), row % z.h(), o.accumulates(0))));
    }

    /** The weights that one channel of z sees. */
    private void spread(Tensor to, Tensor from, int place) {
        int c = place % x.c();
        int phi = place / x.c() / wide - (high - h.stride());
        int psi = place / x.c() % wide - (wide - w.stride());
        for (int k = 0; k < filters; k++) {
            for (int i = 0; i < r; i++) {
                for (int j = 0; j < s; j++) {
                    int row = phi + i * h.stride();
                    int column = psi + j * w.stride();
                    boolean inside = 0 <= row && row < h.kernel() && 0 <= column && column < w.kernel();
                    to.floats()[to.offset() + ((place * filters + k) * r + i) * s + j] = inside
                            ? from.floats()[from.offset() + ((k * x.c() + c) * h.kernel() + row) * w.kernel() + column]
                            : 0;
                }
            }
        }
    }

    /** Row i of z becomes the rows of a cell in dx. Lanes past the channels are zero. */
    private void shuffle(Tensor dx, Tensor z, int n, int i, boolean add) {
        Side to = Side.of(x, Layout.CHANNELS);
        float[] a = dx.floats();
        float[] b = z.floats();
        int top = i * high - h.before();
        for (int phi = Math.max(0, -top); phi < Math.min(high, x.h() - top); phi++) {
            int line = dx.offset() + n * to.image() + (top + phi) * to.row();
            for (int block = 0; !add && block < to.blocks(); block++) {
                Arrays.fill(a, line + block * to.block(), line + block * to.block() + to.row(), 0);
            }
            for (int place = 0; place < wide * x.c(); place++) {
                int left = place / x.c() - w.before();
                int from = z.offset() + n * shuffled.image() + i * shuffled.row() + shuffled.channel(phi * wide * x.c() + place);
                int at = line + to.channel(place % x.c());
                for (int j = Math.max(0, Math.ceilDiv(-left, wide)); left + j * wide < x.w(); j++) {
                    a[at + (left + j * wide) * to.pixel()] += b[from + j * shuffled.pixel()];
                }
            }
        }
    }
}
