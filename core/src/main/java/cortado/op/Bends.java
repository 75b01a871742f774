package cortado.op;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.I;
import static cortado.simd.Lanes.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations and their slopes over stretches of blocks, a loop each: {@code y = f(x)} or {@code y = f′(x)} for n elements, a multiple
 * of 16. Exponentials are our own, so that results have the same bits on every machine; f is off by at most 3·10⁻⁷ of
 * the larger of value and 1, f′ by 2.5·10⁻⁶. A NaN gives a NaN.
 */
final class Bends {
    private static final float ROOT = 0.7978845608f; // √(2/π)
    private static final float CUBE = 0.044715f;

    private Bends() {
    }

    /** One of these loops. */
    interface Loop {
        void run(float[] y, int yo, float[] x, int xo, int n);
    }

    static Loop leaky(float s) {
        return (y, yo, x, xo, n) -> {
            for (int i = 0; i < n; i += V) {
                FloatVector v = load(x, xo + i);
                v.mul(s).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
            }
        };
    }

    static Loop leakySlope(float s) {
        return (y, yo, x, xo, n) -> {
            for (int i = 0; i < n; i += V) {
                all(s).blend(1f, load(x, xo + i).compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
            }
        };
    }

    static Loop elu(float alpha) {
        return (y, yo, x, xo, n) -> {
            for (int i = 0; i < n; i += V) {
                FloatVector v = load(x, xo + i);
                less1(v.min(0f)).mul(alpha).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
            }
        };
    }

    static Loop eluSlope(float alpha) {
        return (y, yo, x, xo, n) -> {
            for (int i = 0; i < n; i += V) {
                FloatVector v = load(x, xo + i);
                exp(v.min(0f)).mul(alpha).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
            }
        };
    }

    static Loop softplus(float beta, float threshold) {
        return (y, yo, x, xo, n) -> {
            logarithm(y, yo, x, xo, n, beta);
            for (int i = 0; i < n; i += V) {
                FloatVector v = load(x, xo + i);
                FloatVector z = v.mul(beta);
                load(y, yo + i).add(z.max(0f)).div(beta).blend(v, z.compare(VectorOperators.GT, threshold)).intoArray(y, yo + i);
            }
        };
    }

    /** y = ln(1 + u) = 2·(s + s³/3 + s⁵/5 + …) with u = e^−|βx| and s = u/(2+u), up to 1/3. */
    private static void logarithm(float[] y, int yo, float[] x, int xo, int n, float beta) {
        decay(y, yo, x, xo, n, beta);
        for (int i = 0; i < n; i++) {
            float s = y[yo + i] / (2 + y[yo + i]);
            float q = s * s;
            float p = q / 15 + 1f / 13;
            p = p * q + 1f / 11;
            p = p * q + 1f / 9;
            p = p * q + 1f / 7;
            p = p * q + 1f / 5;
            p = p * q + 1f / 3;
            p = p * q + 1;
            y[yo + i] = 2 * s * p;
        }
    }

    /** y = e^−|βx|. */
    private static void decay(float[] y, int yo, float[] x, int xo, int n, float beta) {
        for (int i = 0; i < n; i += V) {
            exp(load(x, xo + i).mul(beta).abs().neg()).intoArray(y, yo + i);
        }
    }

    static Loop softplusSlope(float beta, float threshold) {
        return (y, yo, x, xo, n) -> {
            for (int i = 0; i < n; i += V) {
                FloatVector z = load(x, xo + i).mul(beta);
                sigmoid(z).blend(1f, z.compare(VectorOperators.GT, threshold)).intoArray(y, yo + i);
            }
        };
    }

    static void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            sigmoid(load(x, xo + i)).intoArray(y, yo + i);
        }
    }

    static void sigmoidSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector s = sigmoid(load(x, xo + i));
            s.mul(all(1f).sub(s)).intoArray(y, yo + i);
        }
    }

    static void silu(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            v.mul(sigmoid(v)).intoArray(y, yo + i);
        }
    }

    static void siluSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            FloatVector s = sigmoid(v);
            s.mul(v.mul(all(1f).sub(s)).add(1f)).intoArray(y, yo + i);
        }
    }

    static void tanh(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            tanh(load(x, xo + i)).intoArray(y, yo + i);
        }
    }

    static void tanhSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector t = tanh(load(x, xo + i));
            all(1f).sub(t.mul(t)).intoArray(y, yo + i);
        }
    }

    static void hardSwish(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            v.mul(v.add(3f).max(0f).min(6f)).div(6f).intoArray(y, yo + i);
        }
    }

    static void hardSwishSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            v.div(3f).add(0.5f).blend(0f, v.compare(VectorOperators.LT, -3f)).blend(1f, v.compare(VectorOperators.GE, 3f))
                    .intoArray(y, yo + i);
        }
    }

    static void hardSigmoid(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            load(x, xo + i).add(3f).max(0f).min(6f).div(6f).intoArray(y, yo + i);
        }
    }

    static void hardSigmoidSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            all(0f).blend(1f / 6, load(x, xo + i).abs().compare(VectorOperators.LT, 3f)).intoArray(y, yo + i);
        }
    }

    static void relu6(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            load(x, xo + i).max(0f).min(6f).intoArray(y, yo + i);
        }
    }

    static void relu6Slope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            all(0f).blend(1f, v.compare(VectorOperators.GT, 0f)).blend(0f, v.compare(VectorOperators.GE, 6f)).intoArray(y, yo + i);
        }
    }

    static void gelu(float[] y, int yo, float[] x, int xo, int n) {
        tail(y, yo, x, xo, n);
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            v.mul(normal(v, load(y, yo + i))).intoArray(y, yo + i);
        }
    }

    static void geluSlope(float[] y, int yo, float[] x, int xo, int n) {
        tail(y, yo, x, xo, n);
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            FloatVector e = exp(v.mul(v).mul(-0.5f));
            v.mul(e).mul(ROOT / 2).add(normal(v, load(y, yo + i))).intoArray(y, yo + i);
        }
    }

    /** y = e^(−x²/2). */
    private static void gauss(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            exp(v.mul(v).mul(-0.5f)).intoArray(y, yo + i);
        }
    }

    /** ½·(1 + tanh u) = σ(2u). */
    static void geluTanh(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            v.mul(sigmoid(v.mul(v).mul(CUBE).add(1f).mul(v).mul(2 * ROOT))).intoArray(y, yo + i);
        }
    }

    static void geluTanhSlope(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = load(x, xo + i);
            FloatVector q = v.mul(v).mul(CUBE);
            FloatVector s = sigmoid(q.add(1f).mul(v).mul(2 * ROOT));
            FloatVector inner = q.mul(3f).add(1f).mul(2 * ROOT);
            v.mul(s).mul(all(1f).sub(s)).mul(inner).add(s).intoArray(y, yo + i);
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }

    private static FloatVector all(float v) {
        return FloatVector.broadcast(F, v);
    }

    private static FloatVector sigmoid(FloatVector x) {
        return all(1f).div(exp(x.neg()).add(1f));
    }

    /** From e = e^(−2|x|) − 1: tanh |x| = −e / (2 + e), which keeps its digits near 0. */
    private static FloatVector tanh(FloatVector x) {
        FloatVector e = less1(x.abs().mul(-2f));
        FloatVector t = e.div(e.add(2f));
        return t.neg().blend(t, x.compare(VectorOperators.LT, 0f));
    }

    /** Φ(x), given 1 − Φ(|x|). */
    private static FloatVector normal(FloatVector x, FloatVector tail) {
        return tail.blend(all(1f).sub(tail), x.compare(VectorOperators.GT, 0f));
    }

    /**
     * y = 1 − Φ(|x|) = e^(−x²/2) · polynomial in 1/(1 + 0.21·|x|), fitted on 0 … 13 for least squares of the relative error, which is
     * under 5·10⁻⁷. The compiler inlines no more than so many vector operations into one method, and what it does not is boxed;
     * plain loops such as this one it turns into vectors by itself.
     */
    private static void tail(float[] y, int yo, float[] x, int xo, int n) {
        gauss(y, yo, x, xo, n);
        for (int i = 0; i < n; i++) {
            float t = 1 / (1 + 0.21f * Math.abs(x[xo + i]));
            float p = -0.0728346108f * t + 0.289391742f;
            p = p * t - 0.342474649f;
            p = p * t + 0.363756902f;
            p = p * t - 0.104200605f;
            p = p * t + 0.129456832f;
            p = p * t + 0.067948464f;
            p = p * t + 0.0852563577f;
            p = p * t + 0.0836995536f;
            y[yo + i] = p * t * y[yo + i];
        }
    }

    /** e^x; 0 below −87.3, infinite from 88. */
    private static FloatVector exp(FloatVector x) {
        FloatVector t = x.max(-87.3f).min(88f);
        FloatVector n = nearest(t);
        return powers(t, n).add(1f).mul(scale(n)).blend(0f, x.compare(VectorOperators.LT, -87.3f))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88f));
    }

    /** e^x − 1, for x up to 0; near 0 it keeps its digits. */
    private static FloatVector less1(FloatVector x) {
        FloatVector t = x.max(-87.3f);
        FloatVector n = nearest(t);
        FloatVector scale = scale(n);
        return powers(t, n).fma(scale, scale.sub(1f));
    }

    /** x / ln 2 to the nearest whole number: 1.5·2²³ has no fraction bits. */
    private static FloatVector nearest(FloatVector x) {
        return x.mul(1.44269504f).add(12582912f).sub(12582912f);
    }

    private static FloatVector scale(FloatVector n) {
        IntVector exponent = (IntVector) n.convertShape(VectorOperators.F2I, I, 0);
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /** e^r − 1 for r = x − n·ln 2, Cody and Waite's reduction and a Taylor polynomial of degree 7. */
    private static FloatVector powers(FloatVector x, FloatVector n) {
        FloatVector r = n.fma(all(2.12194440e-4f), n.fma(all(-0.693359375f), x));
        FloatVector p = all(1f / 5040).fma(r, all(1f / 720)).fma(r, all(1f / 120)).fma(r, all(1f / 24)).fma(r, all(1f / 6))
                .fma(r, all(0.5f)).fma(r, all(1f));
        return p.mul(r);
    }
}
