package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Average pooling over blocks of 16 lanes; global pooling is the window that spans the image. */
final class AvgPool2dVector implements Lanewise {
    private final AvgPool2d op;
    private final Shape x;
    private final Shape y;

    AvgPool2dVector(AvgPool2d op, Shape x) {
        this.op = op;
        this.x = x;
        this.y = op.output(x);
    }

    /** Pools whole images. */
    static AvgPool2dVector global(Shape x) {
        Window all = new Window(new Window.Axis(x.h(), 1, 0, 0, 1), new Window.Axis(x.w(), 1, 0, 0, 1));
        return new AvgPool2dVector(new AvgPool2d(all, false, true), x);
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
        int right = to(op.window().w(), q, this.x.w());
        for (int h = from(op.window().h(), p); h < to(op.window().h(), p, this.x.h()); h++) {
            for (int w = from(op.window().w(), q); w < right; w++) {
                sum = sum.add(FloatVector.fromArray(F, x, plane + (h * this.x.w() + w) * WIDTH));
            }
        }
        sum.div(op.count(p, q, this.x)).intoArray(y, yo);
    }

    private void spread(float[] dx, int plane, float[] dy, int dyo, int p, int q) {
        FloatVector share = FloatVector.fromArray(F, dy, dyo).div(op.count(p, q, x));
        int right = to(op.window().w(), q, x.w());
        for (int h = from(op.window().h(), p); h < to(op.window().h(), p, x.h()); h++) {
            for (int w = from(op.window().w(), q); w < right; w++) {
                int i = plane + (h * x.w() + w) * WIDTH;
                FloatVector.fromArray(F, dx, i).add(share).intoArray(dx, i);
            }
        }
    }

    private static int from(Window.Axis a, int p) {
        return Math.max(0, a.at(p, 0));
    }

    private static int to(Window.Axis a, int p, int in) {
        return Math.min(in, a.at(p, a.kernel()));
    }
}
