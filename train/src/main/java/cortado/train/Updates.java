package cortado.train;

import cortado.train.OptimizerState.Part;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops that change weights, one pass over memory each, on whole vectors. Every element sees the same operations in the order
 * in which PyTorch writes them, without fused multiply-add, so neither the width of vectors nor threads matter. Sums run in double
 * over eight lanes and a fixed tree.
 */
final class Updates {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    private static final int V = F.length();

    private Updates() {
    }

    /** {@code d = s·g + λw; m = μm + d; w −= r·m}. */
    static void momentum(Part p, float[] m, float s, float r, float mu, float decay) {
        for (int i = 0; i < p.n(); i += V) {
            FloatVector w = FloatVector.fromArray(F, p.w(), p.wo() + i);
            FloatVector d = FloatVector.fromArray(F, p.g(), p.go() + i).mul(s).add(w.mul(decay));
            FloatVector v = FloatVector.fromArray(F, m, p.mo() + i).mul(mu).add(d);
            v.intoArray(m, p.mo() + i);
            w.sub(v.mul(r)).intoArray(p.w(), p.wo() + i);
        }
    }

    /** {@code d = s·g + λw; m = μm + d; w −= r·(d + μm)}. */
    static void nesterov(Part p, float[] m, float s, float r, float mu, float decay) {
        for (int i = 0; i < p.n(); i += V) {
            FloatVector w = FloatVector.fromArray(F, p.w(), p.wo() + i);
            FloatVector d = FloatVector.fromArray(F, p.g(), p.go() + i).mul(s).add(w.mul(decay));
            FloatVector v = FloatVector.fromArray(F, m, p.mo() + i).mul(mu).add(d);
            v.intoArray(m, p.mo() + i);
            w.sub(d.add(v.mul(mu)).mul(r)).intoArray(p.w(), p.wo() + i);
        }
    }

    /**
     * {@code x = k·w; d = s·g + λx; m = β1·m + (1 − β1)·d; v = β2·v + (1 − β2)·d²; w = x − r·m / (√v / root + ε)}.
     *
     * @param keep k, what AdamW's decay leaves of the weights
     */
    static void adam(Part p, float[] m, float[] v, float s, float r, float root, float eps, double beta1, double beta2,
            float decay, float keep) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        for (int i = 0; i < p.n(); i += V) {
            FloatVector x = FloatVector.fromArray(F, p.w(), p.wo() + i).mul(keep);
            FloatVector d = FloatVector.fromArray(F, p.g(), p.go() + i).mul(s).add(x.mul(decay));
            FloatVector first = FloatVector.fromArray(F, m, p.mo() + i).mul(b1).add(d.mul(a1));
            FloatVector second = FloatVector.fromArray(F, v, p.mo() + i).mul(b2).add(d.mul(a2).mul(d));
            first.intoArray(m, p.mo() + i);
            second.intoArray(v, p.mo() + i);
            x.sub(first.mul(r).div(second.sqrt().div(root).add(eps))).intoArray(p.w(), p.wo() + i);
        }
    }

    /** {@code d = s·g + λw; v = αv + (1 − α)·d²; b = μb + d / (√v + ε); w −= r·b}. */
    static void rmsProp(Part p, float[] v, float[] b, float s, float r, double alpha, float mu, float eps, float decay) {
        float keep = (float) alpha;
        float take = (float) (1 - alpha);
        for (int i = 0; i < p.n(); i += V) {
            FloatVector w = FloatVector.fromArray(F, p.w(), p.wo() + i);
            FloatVector d = FloatVector.fromArray(F, p.g(), p.go() + i).mul(s).add(w.mul(decay));
            FloatVector square = FloatVector.fromArray(F, v, p.mo() + i).mul(keep).add(d.mul(take).mul(d));
            square.intoArray(v, p.mo() + i);
            FloatVector step = FloatVector.fromArray(F, b, p.mo() + i).mul(mu).add(d.div(square.sqrt().add(eps)));
            step.intoArray(b, p.mo() + i);
            w.sub(step.mul(r)).intoArray(p.w(), p.wo() + i);
        }
    }

    /**
     * {@code d = s·g; m = β1·m + (1 − β1)·d; v = β2·v + (1 − β2)·d²; u = c·m / (√v / root + ε) + λw}.
     *
     * @param u where LAMB's direction goes, at the place of the moments
     * @param c 1 / (1 − β1ᵗ)
     */
    static void lamb(Part p, float[] m, float[] v, float[] u, float s, float c, float root, float eps, double beta1, double beta2,
            float decay) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        for (int i = 0; i < p.n(); i += V) {
            FloatVector w = FloatVector.fromArray(F, p.w(), p.wo() + i);
            FloatVector d = FloatVector.fromArray(F, p.g(), p.go() + i).mul(s);
            FloatVector first = FloatVector.fromArray(F, m, p.mo() + i).mul(b1).add(d.mul(a1));
            FloatVector second = FloatVector.fromArray(F, v, p.mo() + i).mul(b2).add(d.mul(a2).mul(d));
            first.intoArray(m, p.mo() + i);
            second.intoArray(v, p.mo() + i);
            first.mul(c).div(second.sqrt().div(root).add(eps)).add(w.mul(decay)).intoArray(u, p.mo() + i);
        }
    }

    /** {@code w −= r·u}. */
    static void follow(Part p, float[] u, float r) {
        for (int i = 0; i < p.n(); i += V) {
            FloatVector w = FloatVector.fromArray(F, p.w(), p.wo() + i);
            w.sub(FloatVector.fromArray(F, u, p.mo() + i).mul(r)).intoArray(p.w(), p.wo() + i);
        }
    }

    /** {@code e = k·e + (1 − k)·w} over n elements, any number. */
    static void average(float[] e, int eo, float[] w, int wo, int n, double keep) {
        float k = (float) keep;
        float take = (float) (1 - keep);
        int whole = n / V * V;
        for (int i = 0; i < whole; i += V) {
            FloatVector.fromArray(F, e, eo + i).mul(k).add(FloatVector.fromArray(F, w, wo + i).mul(take)).intoArray(e, eo + i);
        }
        for (int i = whole; i < n; i++) {
            e[eo + i] = e[eo + i] * k + w[wo + i] * take;
        }
    }

    /** {@return Σ x² in double} n is a multiple of 16. */
    static double squares(float[] x, int o, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        for (int i = o; i < o + n; i += 8) {
            s0 += (double) x[i] * x[i];
            s1 += (double) x[i + 1] * x[i + 1];
            s2 += (double) x[i + 2] * x[i + 2];
            s3 += (double) x[i + 3] * x[i + 3];
            s4 += (double) x[i + 4] * x[i + 4];
            s5 += (double) x[i + 5] * x[i + 5];
            s6 += (double) x[i + 6] * x[i + 6];
            s7 += (double) x[i + 7] * x[i + 7];
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
    }
}
