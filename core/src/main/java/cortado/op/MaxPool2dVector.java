package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.I;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Max pooling over blocks of 16 lanes: each lane compares its own image, so ties and NaN resolve as in the plain op. Windows
 * that do not overlap write each input's gradient once instead of adding. Inference does not note where the largest stood.
 */
final class MaxPool2dVector implements Lanewise {
    private final Window window;
    private final Shape x;
    private final Shape y;
    private final boolean disjoint;
    /** Per column of the window, the outputs for which it lies inside the image: from, to. */
    private final int[] from;
    private final int[] to;

    MaxPool2dVector(MaxPool2d op, Shape x) {
        this.window = op.window();
        this.x = x;
        this.y = op.output(x);
        this.disjoint = window.h().stride() >= window.h().extent() && window.w().stride() >= window.w().extent();
        Window.Axis w = window.w();
        this.from = IntStream.range(0, w.kernel()).map(s -> Math.max(0, -Math.floorDiv(w.at(0, s), w.stride()))).toArray();
        this.to = IntStream.range(0, w.kernel()).map(s -> Math.min(y.w(), Math.ceilDiv(x.w() - w.at(0, s), w.stride()))).toArray();
    }

    @Override
    public void forward(Operands o) {
        if (o.training()) {
            withPlaces(o);
            return;
        }
        int yo = o.y().offset();
        for (int c = 0; c < x.c(); c++) {
            for (int p = 0; p < y.h(); p++, yo += y.w() * WIDTH) {
                row(o.x().floats(), o.x().offset() + c * x.h() * x.w() * WIDTH, p, o.y().floats(), yo);
            }
        }
    }

    /** One row of outputs, when nobody asks where the largest stood: window position by window position. */
    private void row(float[] in, int plane, int p, float[] out, int yo) {
        Arrays.fill(out, yo, yo + y.w() * WIDTH, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < window.h().kernel(); r++) {
            int h = window.h().at(p, r);
            for (int s = 0; s < window.w().kernel() && h >= 0 && h < x.h(); s++) {
                int step = window.w().stride() * WIDTH;
                int at = plane + (h * x.w() + window.w().at(from[s], s)) * WIDTH;
                for (int lane = 0; lane < WIDTH; lane += V) {
                    larger(in, at + lane, step, out, yo + from[s] * WIDTH + lane, to[s] - from[s]);
                }
            }
        }
    }

    private static void larger(float[] in, int xo, int step, float[] out, int yo, int n) {
        for (int i = 0; i < n; i++) {
            FloatVector v = FloatVector.fromArray(F, in, xo + i * step);
            FloatVector max = FloatVector.fromArray(F, out, yo + i * WIDTH);
            max.blend(v, v.compare(VectorOperators.GT, max).or(v.compare(VectorOperators.NE, v))).intoArray(out, yo + i * WIDTH);
        }
    }

    private void withPlaces(Operands o) {
        float[] in = o.x().floats();
        float[] out = o.y().floats();
        int[] argmax = o.saved(0).ints();
        int yo = o.y().offset();
        int so = o.saved(0).offset();
        for (int c = 0; c < x.c(); c++) {
            int plane = o.x().offset() + c * x.h() * x.w() * WIDTH;
            for (int p = 0; p < y.h(); p++) {
                for (int q = 0; q < y.w(); q++, yo += WIDTH, so += WIDTH) {
                    for (int lane = 0; lane < WIDTH; lane += V) {
                        window(in, plane + lane, p, q, out, yo + lane, argmax, so + lane);
                    }
                }
            }
        }
    }

    private void window(float[] in, int plane, int p, int q, float[] out, int yo, int[] argmax, int so) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        IntVector at = IntVector.broadcast(I, -1);
        int i = 0;
        for (int r = 0; r < window.h().kernel(); r++) {
            int h = window.h().at(p, r);
            for (int s = 0; s < window.w().kernel(); s++, i++) {
                int w = window.w().at(q, s);
                if (h >= 0 && h < x.h() && w >= 0 && w < x.w()) {
                    FloatVector v = FloatVector.fromArray(F, in, plane + (h * x.w() + w) * WIDTH);
                    VectorMask<Float> wins = v.compare(VectorOperators.GT, max).or(v.test(VectorOperators.IS_NAN));
                    VectorMask<Integer> first = wins.cast(I).or(at.compare(VectorOperators.LT, 0));
                    max = max.blend(v, wins);
                    at = at.blend(i, first);
                }
            }
        }
        max.intoArray(out, yo);
        at.intoArray(argmax, so);
    }

    @Override
    public void backward(Operands o) {
        if (o.dx().isEmpty()) {
            return;
        }
        Tensor dx = o.dx().get();
        boolean add = o.accumulates(0) || !disjoint;
        boolean covered = disjoint && window.h().stride() == window.h().kernel() && window.w().stride() == window.w().kernel()
                && y.h() * window.h().kernel() == x.h() && y.w() * window.w().kernel() == x.w();
        if (!o.accumulates(0) && !covered) {
            Arrays.fill(dx.floats(), dx.offset(), dx.offset() + dx.length(), 0);
        }
        int[] argmax = o.saved(0).ints();
        int so = o.saved(0).offset();
        int dyo = o.dy().offset();
        for (int c = 0; c < x.c(); c++) {
            int plane = dx.offset() + c * x.h() * x.w() * WIDTH;
            for (int p = 0; p < y.h(); p++) {
                for (int q = 0; q < y.w(); q++, dyo += WIDTH, so += WIDTH) {
                    for (int lane = 0; lane < WIDTH; lane += V) {
                        spread(dx.floats(), plane + lane, p, q, o.dy().floats(), dyo + lane, argmax, so + lane, add);
                    }
                }
            }
        }
    }

    private void spread(float[] dx, int plane, int p, int q, float[] dys, int dyo, int[] argmax, int so, boolean add) {
        FloatVector dy = FloatVector.fromArray(F, dys, dyo);
        IntVector at = IntVector.fromArray(I, argmax, so);
        int i = 0;
        for (int r = 0; r < window.h().kernel(); r++) {
            int h = window.h().at(p, r);
            for (int s = 0; s < window.w().kernel(); s++, i++) {
                int w = window.w().at(q, s);
                if (h >= 0 && h < x.h() && w >= 0 && w < x.w()) {
                    int o = plane + (h * x.w() + w) * WIDTH;
                    FloatVector d = FloatVector.zero(F).blend(dy, at.compare(VectorOperators.EQ, i).cast(F));
                    (add ? d.add(FloatVector.fromArray(F, dx, o)) : d).intoArray(dx, o);
                }
            }
        }
    }
}
