package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Mixes images in pairs inside a batch, and their labels likewise. A share λ is drawn for the batch from Beta(α, α).
 *
 * <pre>
 * mixup    x_i = λ x_i + (1−λ) x_j            the same of their labels        Zhang et al. 2018
 * cutmix   a rectangle of x_j in x_i          λ = 1 − its share of the image  Yun et al. 2019
 * j        = (s − i) mod N, s random: so pairs are mutual, and every batch has others
 * </pre>
 *
 * @param mixup             α of mixup; 0 for none
 * @param cutmix            α of cutmix; 0 for none
 * @param probability       that a batch is mixed, 0 … 1
 * @param switchProbability of cutmix where both are on, 0 … 1
 * @param offEpoch          number of epochs after which nothing is mixed any more, at least 1; 0 for never
 */
public record Mixing(double mixup, double cutmix, double probability, double switchProbability, int offEpoch) {
    /** Mixes nothing. */
    public static final Mixing NONE = new Mixing(0, 0, 1, 0.5, 0);

    /** Checks ranges; throws {@link FormatException}. */
    public Mixing {
        alpha("mixup", mixup);
        alpha("cutmix", cutmix);
        chance("--mixup-prob", probability);
        chance("--mixup-switch-prob", switchProbability);
        if (offEpoch < 0) {
            throw new FormatException("--mixup-off-epoch: expected an epoch, or 0 for never, received " + offEpoch);
        }
        if (offEpoch > 0 && mixup == 0 && cutmix == 0) {
            throw new FormatException("--mixup-off-epoch " + offEpoch + " means nothing without --mixup or --cutmix; leave it out");
        }
    }

    private static void alpha(String what, double value) {
        if (!(value >= 0 && value <= 1000)) {
            throw new FormatException(what + ": expected an α of 0 (none) … 1000, received " + value);
        }
    }

    private static void chance(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new FormatException(what + ": expected a probability, 0 … 1, received " + value);
        }
    }

    /** {@return whether batches have soft targets} */
    public boolean on() {
        return mixup > 0 || cutmix > 0;
    }

    /** Mixes a batch that is filled, unless the epoch, from 0, is one after {@code offEpoch}, and writes its targets. */
    void apply(Batch batch, long epoch, long key) {
        Tensor targets = batch.targets().orElseThrow();
        targets.fill(0);
        int n = batch.n();
        boolean mixed = (offEpoch == 0 || epoch < offEpoch) && Rng.uniform(key, 0) < probability;
        boolean cut = cutmix > 0 && (mixup == 0 || Rng.uniform(key, 1) < switchProbability);
        double share = mixed ? beta(Rng.key(key, 3), cut ? cutmix : mixup) : 1;
        if (cut && mixed) {
            share = cut(batch, key, share);
        } else if (mixed) {
            blend(batch, key, (float) share);
        }
        for (int i = 0; i < n; i++) {
            int j = partner(i, n, key);
            int y = batch.labels().ints()[i];
            int other = batch.labels().ints()[j];
            targets.set(i, y, y == other ? 1 : share);
            if (y != other) {
                targets.set(i, other, 1 - share);
            }
        }
    }

    /** With n even and s odd nobody is left alone, with n odd one image is. */
    private static int partner(int i, int n, long key) {
        int s = n % 2 == 0 ? 2 * Rng.below(key, 2, n / 2) + 1 : Rng.below(key, 2, n);
        return Math.floorMod(s - i, n);
    }

    private static void blend(Batch batch, long key, float share) {
        float[] x = batch.images().floats();
        int step = step(batch.images());
        int end = step * batch.images().shape().size() / batch.images().shape().n();
        for (int i = 0; i < batch.n(); i++) {
            int j = partner(i, batch.n(), key);
            if (i < j) {
                int a = first(batch.images(), i);
                int b = first(batch.images(), j);
                for (int p = 0; p < end; p += step) {
                    float u = x[a + p];
                    float v = x[b + p];
                    x[a + p] = share * u + (1 - share) * v;
                    x[b + p] = share * v + (1 - share) * u;
                }
            }
        }
    }

    /** Exchanges a rectangle between partners, the same in all pairs; {@return the share of the image that stays}. */
    private static double cut(Batch batch, long key, double share) {
        Shape s = batch.images().shape();
        int h = s.dim(2);
        int w = s.dim(3);
        double side = Math.sqrt(1 - share);
        int y = Rng.below(key, 4, h);
        int x = Rng.below(key, 5, w);
        int top = Math.max(0, y - (int) (h * side) / 2);
        int bottom = Math.min(h, y + (int) (h * side) / 2);
        int left = Math.max(0, x - (int) (w * side) / 2);
        int right = Math.min(w, x + (int) (w * side) / 2);
        for (int i = 0; i < batch.n(); i++) {
            int j = partner(i, batch.n(), key);
            for (int row = 0; row < s.dim(1) * h && i < j; row++) {
                if (row % h >= top && row % h < bottom) {
                    exchange(batch.images(), i, j, row * w + left, row * w + right);
                }
            }
        }
        return 1 - (double) (bottom - top) * (right - left) / (h * w);
    }

    private static void exchange(Tensor images, int i, int j, int begin, int end) {
        float[] x = images.floats();
        int step = step(images);
        int a = first(images, i);
        int b = first(images, j);
        for (int p = begin * step; p < end * step; p += step) {
            float t = x[a + p];
            x[a + p] = x[b + p];
            x[b + p] = t;
        }
    }

    private static int step(Tensor images) {
        return images.layout() == Layout.LANES ? Layout.WIDTH : 1;
    }

    /** Where an image's first pixel lies; the next is a step further. */
    private static int first(Tensor images, int i) {
        int per = images.shape().size() / images.shape().n();
        int step = step(images);
        return images.offset() + i / step * step * per + i % step;
    }

    /** A number from Beta(α, α), in logarithms since for small α both gammas may be 0. */
    static double beta(long key, double alpha) {
        double a = logGamma(Rng.key(key, 0), alpha);
        double b = logGamma(Rng.key(key, 1), alpha);
        return 1 / (1 + StrictMath.exp(b - a));
    }

    /** The logarithm of a number from Gamma(α, 1) (Marsaglia, Tsang 2000). */
    private static double logGamma(long key, double alpha) {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3.0;
        double c = 1 / Math.sqrt(9 * d);
        for (int t = 0;; t++) {
            long own = Rng.key(key, t);
            double x = Rng.normal(own, 0);
            double v = 1 + c * x;
            v = v * v * v;
            if (v > 0 && StrictMath.log(1 - Rng.uniform(own, 2)) < x * x / 2 + d - d * v + d * StrictMath.log(v)) {
                double boost = alpha < 1 ? StrictMath.log(1 - Rng.uniform(own, 3)) / alpha : 0;
                return StrictMath.log(d * v) + boost;
            }
        }
    }
}
