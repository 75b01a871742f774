package cortado.data;

import java.util.Arrays;

/**
 * What a pixel looks like: PIL's ImageEnhance and ImageOps on values 0–255, kept in that range but not rounded. A factor of 1
 * changes nothing. Grey images have neither saturation nor hue.
 */
final class Colour {
    private Colour() {
    }

    static void brightness(Pixels x, float factor) {
        float[] p = x.now();
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.clamp(p[i] * factor, 0, 255);
        }
    }

    /** Towards, or away from, the mean grey of the image. */
    static void contrast(Pixels x, float factor) {
        float[] p = x.now();
        int plane = x.height() * x.width();
        double sum = 0;
        for (int i = 0; i < plane; i++) {
            sum += grey(p, i, plane);
        }
        float mean = (float) (sum / plane);
        for (int i = 0; i < p.length; i++) {
            p[i] = blend(mean, p[i], factor);
        }
    }

    /** Towards, or away from, the grey of each pixel. */
    static void saturation(Pixels x, float factor) {
        if (x.channels() == 1) {
            return;
        }
        float[] p = x.now();
        int plane = x.height() * x.width();
        for (int i = 0; i < plane; i++) {
            float grey = grey(p, i, plane);
            for (int c = 0; c < 3; c++) {
                p[c * plane + i] = blend(grey, p[c * plane + i], factor);
            }
        }
    }

    /** Turns the hue by so many turns (of HSV), −0.5 … 0.5. */
    static void hue(Pixels x, float turns) {
        if (x.channels() == 1 || turns == 0) {
            return;
        }
        float[] p = x.now();
        int plane = x.height() * x.width();
        for (int i = 0; i < plane; i++) {
            float r = p[i];
            float g = p[plane + i];
            float b = p[2 * plane + i];
            float most = Math.max(r, Math.max(g, b));
            float range = most - Math.min(r, Math.min(g, b));
            if (range > 0) {
                float sixth = most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range;
                float turned = sixth + 6 * turns;
                p[i] = most - range * towards(turned + 5);
                p[plane + i] = most - range * towards(turned + 3);
                p[2 * plane + i] = most - range * towards(turned + 1);
            }
        }
    }

    /** HSV to RGB: how far a channel lies below the greatest, 0 … 1, of {@code n + H/60°}. */
    private static float towards(float n) {
        float k = n - 6 * (float) Math.floor(n / 6);
        return Math.clamp(Math.min(k, 4 - k), 0, 1);
    }

    /** Towards, or away from, the image blurred by {@code (1 1 1; 1 5 1; 1 1 1)/13}; its outermost pixels stay. */
    static void sharpness(Pixels x, float factor) {
        float[] p = x.now();
        float[] to = x.spare();
        int h = x.height();
        int w = x.width();
        for (int row = 0; row < x.channels() * h; row++) {
            boolean inside = row % h > 0 && row % h < h - 1;
            for (int o = 0; o < w; o++) {
                int i = row * w + o;
                if (inside && o > 0 && o < w - 1) {
                    float around = p[i - w - 1] + p[i - w] + p[i - w + 1] + p[i - 1] + p[i + 1] + p[i + w - 1] + p[i + w]
                            + p[i + w + 1];
                    to[i] = blend((around + 5 * p[i]) / 13, p[i], factor);
                } else {
                    to[i] = p[i];
                }
            }
        }
        x.swap();
    }

    /** Keeps so many of 8 bits. */
    static void posterize(Pixels x, int bits) {
        float[] p = x.now();
        int mask = -1 << 8 - bits;
        for (int i = 0; i < p.length; i++) {
            p[i] = bits >= 8 ? p[i] : level(p[i]) & mask;
        }
    }

    /** Inverts values of the threshold or more. */
    static void solarize(Pixels x, float threshold) {
        float[] p = x.now();
        for (int i = 0; i < p.length; i++) {
            p[i] = p[i] >= threshold ? 255 - p[i] : p[i];
        }
    }

    /** Stretches each channel to 0 … 255. */
    static void autocontrast(Pixels x) {
        float[] p = x.now();
        int plane = x.height() * x.width();
        for (int from = 0; from < p.length; from += plane) {
            float least = p[from];
            float most = p[from];
            for (int i = from; i < from + plane; i++) {
                least = Math.min(least, p[i]);
                most = Math.max(most, p[i]);
            }
            for (int i = from; i < from + plane && most > least; i++) {
                p[i] = Math.clamp((p[i] - least) * 255 / (most - least), 0, 255);
            }
        }
    }

    /** Each channel's levels become equally frequent, as far as that goes (PIL's ImageOps.equalize). */
    static void equalize(Pixels x) {
        float[] p = x.now();
        int[] counts = x.counts();
        int plane = x.height() * x.width();
        for (int from = 0; from < p.length; from += plane) {
            Arrays.fill(counts, 0);
            for (int i = from; i < from + plane; i++) {
                counts[level(p[i])]++;
            }
            int last = 255;
            while (counts[last] == 0) {
                last--;
            }
            int step = (plane - counts[last]) / 255;
            if (step > 0) {
                int below = step / 2;
                for (int v = 0; v < 256; v++) {
                    int here = counts[v];
                    counts[v] = Math.min(255, below / step);
                    below += here;
                }
                for (int i = from; i < from + plane; i++) {
                    p[i] = counts[level(p[i])];
                }
            }
        }
    }

    private static int level(float value) {
        return Math.clamp(Math.round(value), 0, 255);
    }

    private static float grey(float[] p, int i, int plane) {
        return p.length == plane ? p[i] : 0.299f * p[i] + 0.587f * p[plane + i] + 0.114f * p[2 * plane + i];
    }

    /** {@code from} at 0, {@code value} at 1, beyond it above. */
    private static float blend(float from, float value, float factor) {
        return Math.clamp(value + (factor - 1) * (value - from), 0, 255);
    }
}
