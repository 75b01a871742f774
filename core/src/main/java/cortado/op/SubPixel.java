package cortado.op;

import cortado.op.Correlation.Axis;
import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient of x of a strided convolution over few channels, such as the 7×7 over an RGB image that networks begin with. Cut by
 * place modulo the stride it would be s·s correlations that fill C of 16 lanes each. Here the s·s places are channels of one correlation,
 * which reads dy once,
 *
 * <pre>
 * z[n, (φ, ψ, c), i, j] = Σ_k,r,s dy[n, k, i − r, j − s] · w[k, c, φ + r·stride, ψ + s·stride]        w is 0 past the window
 * dx[n, c, i·stride + φ − pad, j·stride + ψ − pad] = z[n, (φ, ψ, c), i, j]
 * </pre>
 *
 * and whose result is shuffled into place: the sub-pixel convolution of Shi et al., CVPR 2016, section 3.
 */
final class SubPixel {
    private final Shape x;
    private final Window.Axis h;
    private final Window.Axis w;
    private final int filters;
    /** Taps of a place along either axis. */
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
        r = Math.ceilDiv(h.kernel(), h.stride());
        s = Math.ceilDiv(w.kernel(), w.stride());
        z = Shape.of(x.n(), x.c() * h.stride() * w.stride(), Math.ceilDiv(x.h() + h.before(), h.stride()),
                Math.ceilDiv(x.w() + w.before(), w.stride()));
        shuffled = Side.of(z, Layout.CHANNELS);
        places = new Correlation(Side.of(y, Layout.CHANNELS), shuffled, x.n(), 1, List.of(axis(r, z.h())), List.of(axis(s, z.w())),
                new Packed.Weights(filters * r * s, r * s, s, 0));
    }

    private static Axis axis(int taps, int count) {
        int[] at = IntStream.range(0, taps).toArray();
        return new Axis(0, 1, count, 1, at, Arrays.stream(at).map(t -> -t).toArray());
    }

    /** Whether it multiplies clearly less, empty lanes and zeros counted. */
    static boolean fits(Shape x, Window window, int groups) {
        Window.Axis h = window.h();
        Window.Axis w = window.w();
        if (x.rank() != 4 || groups > 1 || h.dilation() * w.dilation() > 1 || h.stride() * w.stride() == 1) {
            return false;
        }
        int taps = Math.ceilDiv(h.kernel(), h.stride()) * Math.ceilDiv(w.kernel(), w.stride());
        return 4L * blocks(x.c() * h.stride() * w.stride()) * taps < 3L * blocks(x.c()) * window.size();
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
        int phi = place / x.c() / w.stride();
        int psi = place / x.c() % w.stride();
        for (int k = 0; k < filters; k++) {
            for (int i = 0; i < r; i++) {
                for (int j = 0; j < s; j++) {
                    int row = phi + i * h.stride();
                    int column = psi + j * w.stride();
                    to.floats()[to.offset() + ((place * filters + k) * r + i) * s + j] = row < h.kernel() && column < w.kernel()
                            ? from.floats()[from.offset() + ((k * x.c() + c) * h.kernel() + row) * w.kernel() + column]
                            : 0;
                }
            }
        }
    }

    /** Row i of z becomes up to stride rows of dx. Lanes past the channels are zero. */
    private void shuffle(Tensor dx, Tensor z, int n, int i, boolean add) {
        Side to = Side.of(x, Layout.CHANNELS);
        float[] a = dx.floats();
        float[] b = z.floats();
        for (int phi = Math.max(0, h.before() - i * h.stride()); phi < Math.min(h.stride(), x.h() + h.before() - i * h.stride()); phi++) {
            int line = dx.offset() + n * to.image() + (i * h.stride() + phi - h.before()) * to.row();
            for (int block = 0; !add && block < to.blocks(); block++) {
                Arrays.fill(a, line + block * to.block(), line + block * to.block() + to.row(), 0);
            }
            for (int v = 0; v < x.w(); v++) {
                int j = (v + w.before()) / w.stride();
                int psi = (v + w.before()) % w.stride();
                int from = z.offset() + n * shuffled.image() + i * shuffled.row() + j * shuffled.pixel();
                for (int c = 0; c < x.c(); c++) {
                    a[line + v * to.pixel() + to.channel(c)] += b[from + shuffled.channel((phi * w.stride() + psi) * x.c() + c)];
                }
            }
        }
    }
}
