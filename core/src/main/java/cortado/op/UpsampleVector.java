package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Upsampling over blocks of 16 lanes: the plain op says which rows and columns make one, and by which shares. */
final class UpsampleVector implements Lanewise {
    private final boolean nearest;
    private final Shape x;
    private final Upsample.Axis rows;
    private final Upsample.Axis columns;

    UpsampleVector(Upsample op, Shape x) {
        this.nearest = op.mode() == Upsample.Mode.NEAREST;
        this.x = x;
        this.rows = op.axis(op.h(), x.h());
        this.columns = op.axis(op.w(), x.w());
    }

    /** What is done with one row of outputs. */
    private interface Row {
        /**
         * Does it.
         *
         * @param p the row
         * @param y where it begins in the larger image
         * @param a where the first row that makes it begins in the smaller image
         * @param b where the second does
         */
        void at(int p, int y, int a, int b);
    }

    /** Walks planes and rows in their order. */
    private void each(Tensor small, Row work) {
        int outputs = rows.far().length;
        for (int plane = 0; plane < small.length() / (x.h() * x.w() * WIDTH); plane++) {
            for (int p = 0; p < outputs; p++) {
                work.at(p, (plane * outputs + p) * columns.far().length * WIDTH, (plane * x.h() + rows.first()[p]) * x.w() * WIDTH,
                        (plane * x.h() + rows.second()[p]) * x.w() * WIDTH);
            }
        }
    }

    @Override
    public void forward(Operands o) {
        float[] y = o.y().floats();
        float[] in = o.x().floats();
        int yo = o.y().offset();
        int xo = o.x().offset();
        each(o.x(), (p, at, a, b) -> {
            if (nearest) {
                repeat(y, yo + at, in, xo + a);
            } else {
                blend(y, yo + at, in, xo + a, xo + b, (float) rows.far()[p]);
            }
        });
    }

    private void repeat(float[] y, int yo, float[] x, int a) {
        for (int q = 0; q < columns.far().length; q++) {
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector.fromArray(F, x, a + columns.first()[q] * WIDTH + lane).intoArray(y, yo + q * WIDTH + lane);
            }
        }
    }

    private void blend(float[] y, int yo, float[] x, int a, int b, float down) {
        for (int q = 0; q < columns.far().length; q++) {
            float right = (float) columns.far()[q];
            int first = columns.first()[q] * WIDTH;
            int second = columns.second()[q] * WIDTH;
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector top = FloatVector.fromArray(F, x, a + first + lane).mul(1 - right)
                        .add(FloatVector.fromArray(F, x, a + second + lane).mul(right));
                FloatVector bottom = FloatVector.fromArray(F, x, b + first + lane).mul(1 - right)
                        .add(FloatVector.fromArray(F, x, b + second + lane).mul(right));
                top.mul(1 - down).add(bottom.mul(down)).intoArray(y, yo + q * WIDTH + lane);
            }
        }
    }

    @Override
    public void backward(Operands o) {
        if (o.dx().isEmpty()) {
            return;
        }
        Tensor dx = o.dx().get();
        float[] out = dx.floats();
        float[] dy = o.dy().floats();
        int dyo = o.dy().offset();
        if (!o.accumulates(0)) {
            Arrays.fill(out, dx.offset(), dx.offset() + dx.length(), 0);
        }
        each(dx, (p, at, a, b) -> {
            float down = (float) rows.far()[p];
            give(out, dx.offset() + a, dy, dyo + at, 1 - down);
            if (down != 0) {
                give(out, dx.offset() + b, dy, dyo + at, down);
            }
        });
    }

    /** Every output of a row hands its gradient back to the columns that made it. */
    private void give(float[] dx, int a, float[] dy, int dyo, float share) {
        for (int q = 0; q < columns.far().length; q++) {
            float right = (float) columns.far()[q];
            add(dx, a + columns.first()[q] * WIDTH, dy, dyo + q * WIDTH, share * (1 - right));
            if (right != 0) {
                add(dx, a + columns.second()[q] * WIDTH, dy, dyo + q * WIDTH, share * right);
            }
        }
    }

    private static void add(float[] dx, int at, float[] dy, int from, float share) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector.fromArray(F, dy, from + lane).mul(share).add(FloatVector.fromArray(F, dx, at + lane)).intoArray(dx,
                    at + lane);
        }
    }
}
