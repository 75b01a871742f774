package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Lanes;
import cortado.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Softmax, and its cross-entropy, of 16 rows side by side: a lane an image, classes one after the other. */
final class SoftmaxVector {
    private SoftmaxVector() {
    }

    /**
     * Writes e^(f_k − max) to p, and to room the sum of those and, 16 floats on, the maximum. No vector is handed from method to
     * method: where the JIT compiler does not inline the call, that would allocate.
     */
    private static void exponentials(float[] p, int po, float[] f, int fo, int classes, float[] room, int ro) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector max = FloatVector.fromArray(F, f, fo + lane);
            for (int k = 1; k < classes; k++) {
                max = max.max(FloatVector.fromArray(F, f, fo + lane + k * WIDTH));
            }
            max.intoArray(room, ro + WIDTH + lane);
            for (int k = 0; k < classes; k++) {
                Lanes.exp(p, po + lane + k * WIDTH, f, fo + lane + k * WIDTH, room, ro + WIDTH + lane);
            }
            FloatVector sum = FloatVector.zero(F);
            for (int k = 0; k < classes; k++) {
                sum = sum.add(FloatVector.fromArray(F, p, po + lane + k * WIDTH));
            }
            sum.intoArray(room, ro + lane);
        }
    }

    /**
     * Softmax.
     *
     * @param classes K
     */
    record Plain(int classes) implements Lanewise {
        @Override
        public int scratch() {
            return 2 * WIDTH;
        }

        @Override
        public void forward(Operands o) {
            float[] y = o.y().floats();
            float[] room = o.scratch().floats();
            exponentials(y, o.y().offset(), o.x().floats(), o.x().offset(), classes, room, o.scratch().offset());
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector sum = FloatVector.fromArray(F, room, o.scratch().offset() + lane);
                for (int k = 0; k < classes; k++) {
                    int at = o.y().offset() + lane + k * WIDTH;
                    FloatVector.fromArray(F, y, at).div(sum).intoArray(y, at);
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
     * @param op      smoothing and weights
     * @param classes K
     */
    record CrossEntropy(SoftmaxCrossEntropy op, int classes) implements Lanewise {

        /** Exponentials, their sums and largest scores, and sums of targets. */
        @Override
        public int scratch() {
            return (classes + 3) * WIDTH;
        }

        @Override
        public void forward(Operands o) {
            float[] f = o.x(0).floats();
            float[] room = o.scratch().floats();
            int ro = o.scratch().offset();
            exponentials(room, ro, f, o.x(0).offset(), classes, room, ro + classes * WIDTH);
            for (int i = 0; i < o.x(0).shape().n(); i++) {
                double logSum = room[ro + (classes + 1) * WIDTH + i] + StrictMath.log(room[ro + classes * WIDTH + i]);
                double sum = 0;
                for (int k = first(o, i); k < end(o, i); k++) {
                    double t = op.target(o, i, k);
                    sum += t == 0 ? 0 : t * (logSum - f[o.x(0).offset() + k * WIDTH + i]);
                }
                o.y().floats()[o.y().offset() + i] = (float) sum;
            }
        }

        /** Whether only the label's class has a target that is not 0. */
        private boolean one(Operands o) {
            return op.smoothing() == 0 && !SoftmaxCrossEntropy.soft(o);
        }

        /** The first class whose target may not be 0. */
        private int first(Operands o, int i) {
            return one(o) ? SoftmaxCrossEntropy.label(o, i) : 0;
        }

        private int end(Operands o, int i) {
            return one(o) ? first(o, i) + 1 : classes;
        }

        @Override
        public void backward(Operands o) {
            if (o.dx(0).isEmpty()) {
                return;
            }
            float[] f = o.x(0).floats();
            float[] room = o.scratch().floats();
            Tensor df = o.dx(0).get();
            Tensor out = o.accumulates(0) ? o.scratch() : df;
            float[] d = out.floats();
            int sums = o.scratch().offset() + classes * WIDTH;
            int all = sums + 2 * WIDTH;
            exponentials(d, out.offset(), f, o.x(0).offset(), classes, room, sums);
            targets(o, room, all);
            for (int lane = 0; lane < WIDTH; lane += V) {
                FloatVector scale = FloatVector.fromArray(F, o.dy().floats(), o.dy().offset() + lane)
                        .mul(FloatVector.fromArray(F, room, all + lane)).div(FloatVector.fromArray(F, room, sums + lane));
                for (int k = 0; k < classes; k++) {
                    int at = out.offset() + lane + k * WIDTH;
                    FloatVector.fromArray(F, d, at).mul(scale).intoArray(d, at);
                }
            }
            for (int i = 0; i < o.x(0).shape().n(); i++) {
                float dy = o.dy().floats()[o.dy().offset() + i];
                for (int k = first(o, i); k < end(o, i); k++) {
                    d[out.offset() + k * WIDTH + i] -= (float) (dy * op.target(o, i, k));
                }
            }
            if (o.accumulates(0)) {
                cortado.simd.Blocks.add(df.floats(), df.offset(), d, out.offset(), classes * WIDTH);
            }
        }

        /** Σ w_k·t_k of each image. */
        private void targets(Operands o, float[] sums, int so) {
            Arrays.fill(sums, so, so + WIDTH, 0);
            for (int i = 0; i < o.x(0).shape().n(); i++) {
                double sum = 0;
                for (int k = first(o, i); k < end(o, i); k++) {
                    sum += op.target(o, i, k);
                }
                sums[so + i] = (float) sum;
            }
        }
    }
}
