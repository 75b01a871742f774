package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * Average pooling over blocks of 16 lanes, whatever the windows: the plain op says where they lie and what they are divided by.
 * Global pooling is the window that spans the image.
 */
final class AvgPool2dVector implements Lanewise {
    private final Shape x;
    private final Shape y;
    private final Span h;
    private final Span w;
    private final IntBinaryOperator count;

    /** Where the windows of one axis begin and end. */
    private record Span(int[] from, int[] to) {
        static Span of(int outputs, IntUnaryOperator from, IntUnaryOperator to) {
            return new Span(IntStream.range(0, outputs).map(from).toArray(), IntStream.range(0, outputs).map(to).toArray());
        }

        static Span of(Window.Axis a, int outputs, int in) {
            return of(outputs, p -> Math.max(0, a.at(p, 0)), p -> Math.min(in, a.at(p, a.kernel())));
        }

        int length(int p) {
            return to[p] - from[p];
        }
    }

    private AvgPool2dVector(Shape x, Shape y, Span h, Span w, IntBinaryOperator count) {
        this.x = x;
        this.y = y;
        this.h = h;
        this.w = w;
        this.count = count;
    }

    AvgPool2dVector(AvgPool2d op, Shape x) {
        this(x, op.output(x), Span.of(op.window().h(), op.output(x).h(), x.h()), Span.of(op.window().w(), op.output(x).w(), x.w()),
                (p, q) -> op.count(p, q, x));
    }

    /** As evenly as the sizes allow. */
    static AvgPool2dVector adaptive(AdaptiveAvgPool2d op, Shape x) {
        Span h = Span.of(op.h(), p -> AdaptiveAvgPool2d.from(p, op.h(), x.h()), p -> AdaptiveAvgPool2d.to(p, op.h(), x.h()));
        Span w = Span.of(op.w(), q -> AdaptiveAvgPool2d.from(q, op.w(), x.w()), q -> AdaptiveAvgPool2d.to(q, op.w(), x.w()));
        return new AvgPool2dVector(x, op.output(x), h, w, (p, q) -> h.length(p) * w.length(q));
    }

    /** Pools whole images. */
    static AvgPool2dVector global(Shape x) {
        return adaptive(new AdaptiveAvgPool2d(1, 1), x);
    }

    @Override
    public void forward(Operands o) {
        each(o.x().floats(), o.x().offset(), o.y().floats(), o.y().offset(), false);
    }

    @Override
    public void backward(Operands o) {
        if (o.dx().isEmpty()) {
            return;
        }
        Tensor dx = o.dx().get();
        if (!o.accumulates(0)) {
            Arrays.fill(dx.floats(), dx.offset(), dx.offset() + dx.length(), 0);
        }
        each(dx.floats(), dx.offset(), o.dy().floats(), o.dy().offset(), true);
    }

    /** Walks the outputs: takes each window's mean, or spreads each output's gradient over its window. */
    private void each(float[] x, int xo, float[] y, int yo, boolean spread) {
        for (int c = 0; c < this.x.c(); c++) {
            int plane = xo + c * this.x.h() * this.x.w() * WIDTH;
            for (int p = 0; p < this.y.h(); p++) {
                for (int q = 0; q < this.y.w(); q++, yo += WIDTH) {
                    for (int lane = 0; lane < WIDTH; lane += V) {
                        if (spread) {
                            spread(x, plane + lane, y, yo + lane, p, q);
                        } else {
                            mean(x, plane + lane, y, yo + lane, p, q);
                        }
                    }
                }
            }
        }
    }

    private void mean(float[] x, int plane, float[] y, int yo, int p, int q) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = h.from[p]; i < h.to[p]; i++) {
            for (int j = w.from[q]; j < w.to[q]; j++) {
                sum = sum.add(FloatVector.fromArray(F, x, plane + (i * this.x.w() + j) * WIDTH));
            }
        }
        sum.div(count.applyAsInt(p, q)).intoArray(y, yo);
    }

    private void spread(float[] dx, int plane, float[] dy, int dyo, int p, int q) {
        FloatVector share = FloatVector.fromArray(F, dy, dyo).div(count.applyAsInt(p, q));
        for (int i = h.from[p]; i < h.to[p]; i++) {
            for (int j = w.from[q]; j < w.to[q]; j++) {
                int at = plane + (i * x.w() + j) * WIDTH;
                FloatVector.fromArray(F, dx, at).add(share).intoArray(dx, at);
            }
        }
    }
}
