package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Average pooling over blocks of 16 lanes; global pooling is the window that spans the image. */
final class AvgPool2dVector implements Kernel {
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
    public String name() {
        return "lanes";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public void forward(Operands o) {
        each(o.x().offset(), o.y().offset(), (plane, at, p, q) -> {
            FloatVector sum = FloatVector.zero(F);
            for (int h = from(op.window().h(), p); h < to(op.window().h(), p, x.h()); h++) {
                for (int w = from(op.window().w(), q); w < to(op.window().w(), q, x.w()); w++) {
                    sum = sum.add(FloatVector.fromArray(F, o.x().floats(), plane + (h * x.w() + w) * WIDTH));
                }
            }
            sum.div(op.count(p, q, x)).intoArray(o.y().floats(), at);
        });
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
        each(dx.offset(), o.dy().offset(), (plane, at, p, q) -> {
            FloatVector share = FloatVector.fromArray(F, o.dy().floats(), at).div(op.count(p, q, x));
            for (int h = from(op.window().h(), p); h < to(op.window().h(), p, x.h()); h++) {
                for (int w = from(op.window().w(), q); w < to(op.window().w(), q, x.w()); w++) {
                    int i = plane + (h * x.w() + w) * WIDTH;
                    FloatVector.fromArray(F, dx.floats(), i).add(share).intoArray(dx.floats(), i);
                }
            }
        });
    }

    /** One vector of one output: where its channel of x begins, where it lies in y, and its row and column. */
    private interface Body {
        void at(int plane, int y, int p, int q);
    }

    private void each(int xo, int yo, Body body) {
        for (int c = 0; c < x.c(); c++) {
            for (int p = 0; p < y.h(); p++) {
                for (int q = 0; q < y.w(); q++) {
                    for (int lane = 0; lane < WIDTH; lane += V) {
                        body.at(xo + c * x.h() * x.w() * WIDTH + lane, yo + ((c * y.h() + p) * y.w() + q) * WIDTH + lane, p, q);
                    }
                }
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
