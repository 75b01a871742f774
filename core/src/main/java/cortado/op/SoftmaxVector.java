package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Lanes;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/** Softmax, and its cross-entropy, of 16 rows side by side: a lane an image, classes one after the other. */
final class SoftmaxVector {
    private SoftmaxVector() {
    }

    private static FloatVector max(float[] f, int o, int classes) {
        FloatVector max = FloatVector.fromArray(F, f, o);
        for (int k = 1; k < classes; k++) {
            max = max.max(FloatVector.fromArray(F, f, o + k * WIDTH));
        }
        return max;
    }

    /** Writes e^(f_k − max) to p and returns their sum. */
    private static FloatVector exponentials(float[] p, int po, float[] f, int o, int classes, FloatVector max) {
        FloatVector sum = FloatVector.zero(F);
        for (int k = 0; k < classes; k++) {
            FloatVector e = Lanes.exp(FloatVector.fromArray(F, f, o + k * WIDTH).sub(max));
            e.intoArray(p, po + k * WIDTH);
            sum = sum.add(e);
        }
        return sum;
    }

    /**
     * Softmax.
     *
     * @param classes K
     */
    record Plain(int classes) implements Lanewise {
        @Override
        public void forward(Operands o) {
            float[] y = o.y().floats();
            for (int lane = 0; lane < WIDTH; lane += V) {
                int yo = o.y().offset() + lane;
                int fo = o.x().offset() + lane;
                FloatVector sum = exponentials(y, yo, o.x().floats(), fo, classes, max(o.x().floats(), fo, classes));
                for (int k = 0; k < classes; k++) {
                    FloatVector.fromArray(F, y, yo + k * WIDTH).div(sum).intoArray(y, yo + k * WIDTH);
                }
            }
        }

        @Override
        public void backward(Operands o) {
            if (o.dx().isEmpty()) {
                return;
            }
            Tensor df = o.dx().get();
            float[] y = o.y().floats();
            float[] dy = o.dy().floats();
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector dot = FloatVector.zero(F);
                for (int k = 0; k < classes; k++) {
                    dot = FloatVector.fromArray(F, y, o.y().offset() + lane + k * WIDTH)
                            .fma(FloatVector.fromArray(F, dy, o.dy().offset() + lane + k * WIDTH), dot);
                }
                for (int k = 0; k < classes; k++) {
                    int at = lane + k * WIDTH;
                    FloatVector d = FloatVector.fromArray(F, dy, o.dy().offset() + at).sub(dot)
                            .mul(FloatVector.fromArray(F, y, o.y().offset() + at));
                    (o.accumulates(0) ? d.add(FloatVector.fromArray(F, df.floats(), df.offset() + at)) : d)
                            .intoArray(df.floats(), df.offset() + at);
                }
            }
        }
    }

    /**
     * Softmax cross-entropy. The logarithm is taken per image by {@link StrictMath}, the same everywhere.
     *
     * @param classes K
     */
    record CrossEntropy(int classes) implements Lanewise {
        CrossEntropy(Shape f) {
            this(f.dim(1));
        }

        @Override
        public int scratch() {
            return (classes + 2) * WIDTH;
        }

        @Override
        public void forward(Operands o) {
            float[] f = o.x(0).floats();
            float[] room = o.scratch().floats();
            int ro = o.scratch().offset();
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector max = max(f, o.x(0).offset() + lane, classes);
                max.intoArray(room, ro + (classes + 1) * WIDTH + lane);
                exponentials(room, ro + lane, f, o.x(0).offset() + lane, classes, max).intoArray(room, ro + classes * WIDTH + lane);
            }
            for (int i = 0; i < o.x(0).shape().n(); i++) {
                double logSum = room[ro + (classes + 1) * WIDTH + i] + StrictMath.log(room[ro + classes * WIDTH + i]);
                int label = SoftmaxCrossEntropy.label(o.x(1), i, o.x(0));
                o.y().floats()[o.y().offset() + i] = (float) (logSum - f[o.x(0).offset() + label * WIDTH + i]);
            }
        }

        @Override
        public void backward(Operands o) {
            if (o.dx(0).isEmpty()) {
                return;
            }
            float[] f = o.x(0).floats();
            Tensor df = o.dx(0).get();
            Tensor out = o.accumulates(0) ? o.scratch() : df;
            float[] d = out.floats();
            for (int lane = 0; lane < WIDTH; lane += V) {
                int fo = o.x(0).offset() + lane;
                FloatVector dLoss = FloatVector.fromArray(F, o.dy().floats(), o.dy().offset() + lane);
                FloatVector scale = dLoss.div(exponentials(d, out.offset() + lane, f, fo, classes, max(f, fo, classes)));
                for (int k = 0; k < classes; k++) {
                    int at = out.offset() + lane + k * WIDTH;
                    FloatVector.fromArray(F, d, at).mul(scale).intoArray(d, at);
                }
            }
            for (int i = 0; i < o.x(0).shape().n(); i++) {
                d[out.offset() + SoftmaxCrossEntropy.label(o.x(1), i, o.x(0)) * WIDTH + i] -= o.dy().floats()[o.dy().offset() + i];
            }
            if (o.accumulates(0)) {
                cortado.simd.Blocks.add(df.floats(), df.offset(), d, out.offset(), classes * WIDTH);
            }
        }
    }
}
