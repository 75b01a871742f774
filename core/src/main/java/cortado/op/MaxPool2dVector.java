package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.I;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Max pooling over blocks of 16 lanes: each lane compares its own image, so ties and NaN resolve as in the plain op. Windows
 * that do not overlap write each input's gradient once instead of adding.
 */
final class MaxPool2dVector implements Lanewise {
    private final Window window;
    private final Shape x;
    private final Shape y;
    private final boolean disjoint;

    MaxPool2dVector(MaxPool2d op, Shape x) {
        this.window = op.window();
        this.x = x;
        this.y = op.output(x);
        this.disjoint = window.h().stride() >= window.h().extent() && window.w().stride() >= window.w().extent();
    }

    @Override
    public void forward(Operands o) {
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
