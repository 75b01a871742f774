package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * A loss of single values in any layout: a stretch of an image's scores and targets is gathered, and goes by 16 elements at once. Sums
 * run in the elements' order.
 *
 * @param loss     ℓ(f, t)
 * @param slope    ∂ℓ/∂f
 * @param elements m of an image
 */
record PointwiseVector(Loop loss, Loop slope, int elements) implements Kernel {
    private static final int STRETCH = 1024;

    /** Sets y to a function of n scores and targets, n a multiple of 16. */
    interface Loop {
        void run(float[] y, int yo, float[] f, int fo, float[] t, int to, int n);
    }

    static PointwiseVector of(Loss op, Shape f) {
        int m = f.size() / f.n();
        return switch (op) {
            case BinaryCrossEntropy _ -> new PointwiseVector(PointwiseVector::binary, PointwiseVector::binarySlope, m);
            case MeanSquared _ -> new PointwiseVector(PointwiseVector::squared, PointwiseVector::squaredSlope, m);
            case Huber h -> new PointwiseVector(huber((float) h.delta()), huberSlope((float) h.delta()), m);
            case SoftmaxCrossEntropy _ -> throw new IllegalArgumentException("scores of an image belong together");
        };
    }

    @Override
    public String name() {
        return "stretches";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public int scratch() {
        return 3 * STRETCH;
    }

    @Override
    public void forward(Operands o) {
        float[] y = o.scratch().floats();
        for (int n = 0; n < o.x(0).shape().n(); n++) {
            double sum = 0;
            for (int from = 0; from < elements; from += STRETCH) {
                int count = Math.min(STRETCH, elements - from);
                run(loss, o, n * elements + from, count);
                for (int i = 0; i < count; i++) {
                    sum += y[o.scratch().offset() + i];
                }
            }
            o.y().set(n, sum / elements);
        }
    }

    @Override
    public void backward(Operands o) {
        if (o.dx(0).isEmpty()) {
            return;
        }
        Tensor df = o.dx(0).get();
        float[] y = o.scratch().floats();
        for (int n = 0; n < df.shape().n(); n++) {
            float scale = (float) (o.dy().get(n) / elements);
            for (int from = 0; from < elements; from += STRETCH) {
                int count = Math.min(STRETCH, elements - from);
                run(slope, o, n * elements + from, count);
                for (int i = 0; i < count; i++) {
                    int at = df.position(n * elements + from + i);
                    float g = scale * y[o.scratch().offset() + i];
                    df.floats()[at] = o.accumulates(0) ? df.floats()[at] + g : g;
                }
            }
        }
    }

    /** A function of so many elements from one on, into scratch. */
    private static void run(Loop loop, Operands o, int from, int count) {
        float[] s = o.scratch().floats();
        int y = o.scratch().offset();
        int f = y + STRETCH;
        int t = f + STRETCH;
        int whole = Math.ceilDiv(count, WIDTH) * WIDTH;
        for (int i = 0; i < whole; i++) {
            s[f + i] = i < count ? (float) o.x(0).get(from + i) : 0;
            s[t + i] = i < count ? (float) o.x(1).get(from + i) : 0;
        }
        loop.run(s, y, s, f, s, t, whole);
    }

    private static void binary(float[] y, int yo, float[] f, int fo, float[] t, int to, int n) {
        Bends.softplus(1, 20).run(y, yo, f, fo, n); // −log(1 − σ(f)); beyond 20 it is f
        for (int i = 0; i < n; i += V) {
            load(y, yo + i).sub(load(f, fo + i).mul(load(t, to + i))).intoArray(y, yo + i);
        }
    }

    private static void binarySlope(float[] y, int yo, float[] f, int fo, float[] t, int to, int n) {
        Bends.sigmoid(y, yo, f, fo, n);
        for (int i = 0; i < n; i += V) {
            load(y, yo + i).sub(load(t, to + i)).intoArray(y, yo + i);
        }
    }

    private static void squared(float[] y, int yo, float[] f, int fo, float[] t, int to, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector d = load(f, fo + i).sub(load(t, to + i));
            d.mul(d).intoArray(y, yo + i);
        }
    }

    private static void squaredSlope(float[] y, int yo, float[] f, int fo, float[] t, int to, int n) {
        for (int i = 0; i < n; i += V) {
            load(f, fo + i).sub(load(t, to + i)).mul(2f).intoArray(y, yo + i);
        }
    }

    /** c·(|d| − c/2) with c = min(|d|, δ). */
    private static Loop huber(float delta) {
        return (y, yo, f, fo, t, to, n) -> {
            for (int i = 0; i < n; i += V) {
                FloatVector d = load(f, fo + i).sub(load(t, to + i)).abs();
                FloatVector c = d.min(delta);
                c.mul(d.sub(c.mul(0.5f))).intoArray(y, yo + i);
            }
        };
    }

    private static Loop huberSlope(float delta) {
        return (y, yo, f, fo, t, to, n) -> {
            for (int i = 0; i < n; i += V) {
                load(f, fo + i).sub(load(t, to + i)).max(-delta).min(delta).intoArray(y, yo + i);
            }
        };
    }

    private static FloatVector load(float[] a, int o) {
        return FloatVector.fromArray(F, a, o);
    }
}
