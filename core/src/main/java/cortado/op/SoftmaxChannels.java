package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;

/**
 * Softmax, its logarithm or its cross-entropy on scores in channels, an image at a time, pixel by pixel. A pixel's scores are
 * gathered first; exponentials are taken 16 at once, sums run in the classes' order, and logarithms are {@link StrictMath}'s, the
 * same everywhere.
 */
final class SoftmaxChannels implements Kernel {
    private final Op op;
    private final int classes;
    private final int pixels;
    /** Floats of a pixel's scores, whole blocks. */
    private final int length;
    private final double[] weights;
    private final double smoothing;

    SoftmaxChannels(Op op, Shape f) {
        Shape x = f.images(op.kind());
        this.op = op;
        classes = x.c();
        pixels = x.h() * x.w();
        length = Math.ceilDiv(classes, WIDTH) * WIDTH;
        weights = new double[classes];
        Arrays.fill(weights, 1);
        if (op instanceof SoftmaxCrossEntropy l) {
            Arrays.setAll(weights, k -> l.classWeights().isEmpty() ? 1 : l.classWeights().get(k));
            smoothing = l.smoothing();
        } else {
            smoothing = 0;
        }
    }

    @Override
    public String name() {
        return "pixels";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    /** Scores, exponentials, and 16 times the largest score. */
    @Override
    public int scratch() {
        return 2 * length + WIDTH;
    }

    @Override
    public void forward(Operands o) {
        for (int n = 0; n < o.x(0).shape().n(); n++) {
            double loss = 0;
            for (int p = 0; p < pixels; p++) {
                double logSum = exponentials(o, n, p);
                if (op instanceof SoftmaxCrossEntropy) {
                    loss += loss(o, n, p, logSum);
                } else {
                    write(o, n, p, logSum);
                }
            }
            if (op instanceof SoftmaxCrossEntropy) {
                o.y().set(n, loss / pixels);
            }
        }
    }

    /** Gathers a pixel's scores and their exponentials e^(f − max). Returns log Σ e^f. */
    private double exponentials(Operands o, int n, int p) {
        float[] s = o.scratch().floats();
        int so = o.scratch().offset();
        gather(o.x(0), n, p, s, so);
        float max = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            max = Math.max(max, s[so + k]);
        }
        Arrays.fill(s, so + classes, so + length, max);
        Arrays.fill(s, so + 2 * length, so + 2 * length + WIDTH, max);
        for (int k = 0; k < length; k += WIDTH) {
            for (int lane = 0; lane < WIDTH; lane += Lanes.V) {
                Lanes.exp(s, so + length + k + lane, s, so + k + lane, s, so + 2 * length + lane);
            }
        }
        return max + StrictMath.log(sum(s, so + length));
    }

    private double sum(float[] s, int so) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += s[so + k];
        }
        return sum;
    }

    /** Where class k of a pixel lies, counted from its image. */
    private int at(Tensor t, int n, int p, int k) {
        return t.layout() == Layout.CHANNELS ? t.offset() + (n * length + k / WIDTH * WIDTH) * pixels + p * WIDTH + k % WIDTH
                : t.offset() + (n * classes + k) * pixels + p;
    }

    private void gather(Tensor t, int n, int p, float[] s, int so) {
        for (int k = 0; k < classes; k++) {
            s[so + k] = t.floats()[at(t, n, p, k)];
        }
    }

    private void write(Operands o, int n, int p, double logSum) {
        float[] s = o.scratch().floats();
        int so = o.scratch().offset();
        double sum = sum(s, so + length);
        for (int k = 0; k < classes; k++) {
            o.y().floats()[at(o.y(), n, p, k)] = (float) (op instanceof Softmax ? s[so + length + k] / sum : s[so + k] - logSum);
        }
    }

    private double loss(Operands o, int n, int p, double logSum) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            double t = target(o, n, p, k);
            sum += t == 0 ? 0 : t * (logSum - o.scratch().floats()[o.scratch().offset() + k]);
        }
        return sum;
    }

    /** w_k·t_k. */
    private double target(Operands o, int n, int p, int k) {
        Tensor y = o.x(1);
        double t = SoftmaxCrossEntropy.soft(o) ? y.floats()[at(y, n, p, k)]
                : k == SoftmaxCrossEntropy.label(o, n * pixels + p) ? 1 : 0;
        return weights[k] * ((1 - smoothing) * t + smoothing / classes);
    }

    @Override
    public void backward(Operands o) {
        if (o.dx(0).isEmpty()) {
            return;
        }
        Tensor df = o.dx(0).get();
        for (int n = 0; n < o.x(0).shape().n(); n++) {
            for (int p = 0; p < pixels; p++) {
                double all = all(o, n, p);
                for (int k = 0; k < classes; k++) {
                    int i = at(df, n, p, k);
                    float g = (float) gradient(o, n, p, k, all);
                    df.floats()[i] = o.accumulates(0) ? df.floats()[i] + g : g;
                }
            }
        }
    }

    /** What the gradients of a pixel's scores have in common: Σ dy·P, Σ dy, or Σ w·t / Σ e^(f − max). */
    private double all(Operands o, int n, int p) {
        double all = 0;
        if (op instanceof SoftmaxCrossEntropy) {
            exponentials(o, n, p);
        }
        for (int k = 0; k < classes; k++) {
            all += switch (op) {
                case Softmax _ -> (double) o.dy().floats()[at(o.dy(), n, p, k)] * o.y().floats()[at(o.y(), n, p, k)];
                case LogSoftmax _ -> o.dy().floats()[at(o.dy(), n, p, k)];
                default -> target(o, n, p, k);
            };
        }
        return op instanceof SoftmaxCrossEntropy ? all / sum(o.scratch().floats(), o.scratch().offset() + length) : all;
    }

    private double gradient(Operands o, int n, int p, int k, double all) {
        return switch (op) {
            case Softmax _ -> o.y().floats()[at(o.y(), n, p, k)] * (o.dy().floats()[at(o.dy(), n, p, k)] - all);
            case LogSoftmax _ -> o.dy().floats()[at(o.dy(), n, p, k)] - StrictMath.exp(o.y().floats()[at(o.y(), n, p, k)]) * all;
            default ->
                o.dy().get(n) / pixels * (o.scratch().floats()[o.scratch().offset() + length + k] * all - target(o, n, p, k));
        };
    }
}
