package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * What batch, group and layer normalisation share: the elements of a set are shifted and scaled to mean 0 and variance 1, then
 * scaled and shifted by what was learned for their channel. The three differ in which elements make a set.
 *
 * <pre>
 * μ  = 1/M · Σ x        σ² = 1/M · Σ (x − μ)²        r = 1/√(σ² + ε)        x̂ = (x − μ) · r
 * y  = w[c] · x̂ + b[c]
 * db[c] += Σ dy         dw[c] += Σ dy · x̂            g = w[c] · dy
 * dx += r · (g − 1/M · Σ g − x̂ · 1/M · Σ g·x̂)
 * </pre>
 */
final class Standardize {
    private Standardize() {
    }

    /** The elements that are normalised together. */
    interface Set {
        void each(Conv2d.Element f);
    }

    /**
     * Of a set.
     *
     * @param mean     μ
     * @param variance σ², biased
     * @param r        1/√(σ² + ε)
     * @param m        M
     */
    record Moments(double mean, double variance, double r, long m) {
        /** In two passes, so that a large mean costs no digits. */
        static Moments of(Tensor x, Set set, double eps) {
            double[] sum = {0, 0, 0};
            set.each((n, c, h, w) -> {
                sum[0] += x.get(n, c, h, w);
                sum[2]++;
            });
            double mean = sum[0] / sum[2];
            set.each((n, c, h, w) -> sum[1] += (x.get(n, c, h, w) - mean) * (x.get(n, c, h, w) - mean));
            return given(mean, sum[1] / sum[2], eps, (long) sum[2]);
        }

        static Moments given(double mean, double variance, double eps, long m) {
            return new Moments(mean, variance, 1 / Math.sqrt(variance + eps), m);
        }

        double hat(double x) {
            return (x - mean) * r;
        }
    }

    static void forward(Tensor y, Tensor x, Tensor weight, Tensor bias, Moments m, Set set) {
        set.each((n, c, h, w) -> y.set(n, c, h, w, weight.get(c) * m.hat(x.get(n, c, h, w)) + bias.get(c)));
    }

    /**
     * All gradients of one set.
     *
     * @param o        for weights and their gradients
     * @param dx       to add to
     * @param constant whether the moments do not depend on x, as in inference: their two terms then vanish
     */
    static void backward(Operands o, Optional<Tensor> dx, Tensor dy, Tensor x, Moments m, boolean constant, Set set) {
        double[] sum = {0, 0};
        set.each((n, c, h, w) -> {
            double d = dy.get(n, c, h, w);
            double hat = m.hat(x.get(n, c, h, w));
            o.dw().ifPresent(dw -> dw.add(c, d * hat));
            o.db().ifPresent(db -> db.add(c, d));
            sum[0] += o.w().get(c) * d;
            sum[1] += o.w().get(c) * d * hat;
        });
        double g = constant ? 0 : sum[0] / m.m;
        double gHat = constant ? 0 : sum[1] / m.m;
        dx.ifPresent(t -> set.each((n, c, h, w) -> t.add(n, c, h, w,
                m.r * (o.w().get(c) * dy.get(n, c, h, w) - g - m.hat(x.get(n, c, h, w)) * gHat))));
    }

    /** Forward of a set whose moments are its own. */
    static void forward(Operands o, Set set, double eps) {
        Tensor x = images(o.x());
        forward(images(o.y()), x, o.w(), o.param(1), Moments.of(x, set, eps), set);
    }

    /** Backward of a set whose moments are its own. */
    static void backward(Operands o, Set set, double eps) {
        Tensor x = images(o.x());
        backward(o, o.dx().map(Standardize::images), images(o.dy()), x, Moments.of(x, set, eps), false, set);
    }

    /** {@return the declarations of w, 1 at first, and b, 0} */
    static List<Op.Param> params(int c) {
        return List.of(new Op.Param("weight", Shape.of(c), 1, 1),
                new Op.Param("bias", Shape.of(c), 0, 0));
    }

    /** A view of vectors as images of one pixel. */
    static Tensor images(Tensor t) {
        return t.reshape(t.shape().images("normalisation"));
    }

    /** Checks ε; throws {@link ShapeException}. */
    static void checkEps(String op, double eps) {
        if (!(eps > 0) || Double.isInfinite(eps)) {
            throw new ShapeException(op + ": eps must be above 0, usually 1e-5, received " + eps);
        }
    }
}
