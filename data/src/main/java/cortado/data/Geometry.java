package cortado.data;

import cortado.tensor.Rng;
import java.util.Arrays;

/** Where pixels go: mirror images, shifts, affine maps. Plain arithmetic and {@link StrictMath}, the same on every machine. */
final class Geometry {
    /** Tries of {@link #resizedCrop}, as in torchvision. */
    private static final int TRIES = 10;

    private Geometry() {
    }

    static void mirror(Pixels x) {
        float[] p = x.now();
        int w = x.width();
        for (int row = 0; row < p.length; row += w) {
            for (int a = row, b = row + w - 1; a < b; a++, b--) {
                float t = p[a];
                p[a] = p[b];
                p[b] = t;
            }
        }
    }

    static void upsideDown(Pixels x) {
        int h = x.height();
        int w = x.width();
        for (int row = 0; row < x.channels() * h; row++) {
            int from = row / h * h + h - 1 - row % h;
            System.arraycopy(x.now(), from * w, x.spare(), row * w, w);
        }
        x.swap();
    }

    /** {@code new[y][x] = old[y + dy][x + dx]}. */
    static void shift(Pixels x, int dy, int dx, Transform.Border border) {
        if (dy == 0 && dx == 0) {
            return;
        }
        int h = x.height();
        int w = x.width();
        int kept = Math.max(0, w - Math.abs(dx));
        float[] to = x.spare();
        for (int row = 0; row < x.channels() * h; row++) {
            int y = row % h + dy;
            boolean outside = y < 0 || y >= h;
            if (border == Transform.Border.REFLECT) {
                int from = (row / h * h + reflect(y, h)) * w;
                reflected(x.now(), from, to, row * w, w, dx);
            } else if (outside || kept == 0) {
                Arrays.fill(to, row * w, row * w + w, 0);
            } else {
                System.arraycopy(x.now(), (row + dy) * w + Math.max(0, dx), to, row * w + Math.max(0, -dx), kept);
                Arrays.fill(to, dx >= 0 ? row * w + kept : row * w, dx >= 0 ? row * w + w : row * w + w - kept, 0);
            }
        }
        x.swap();
    }

    private static void reflected(float[] from, int at, float[] to, int row, int w, int dx) {
        for (int k = 0; k < w; k++) {
            to[row + k] = from[at + reflect(k + dx, w)];
        }
    }

    /** A place along an axis, mirrored at its first and last pixel, which are not repeated; up to n − 1 outside. */
    private static int reflect(int i, int n) {
        return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i;
    }

    static void resizedCrop(Pixels x, long key, double leastArea, double mostArea, double leastLog, double mostLog) {
        int h = x.height();
        int w = x.width();
        for (int t = 0; t < TRIES; t++) {
            double area = h * w * (leastArea + (mostArea - leastArea) * Rng.uniform(key, 4 * t));
            double ratio = StrictMath.exp(leastLog + (mostLog - leastLog) * Rng.uniform(key, 4 * t + 1));
            int cw = (int) Math.round(Math.sqrt(area * ratio));
            int ch = (int) Math.round(Math.sqrt(area / ratio));
            if (cw > 0 && ch > 0 && cw <= w && ch <= h) {
                part(x, Rng.below(key, 4 * t + 2, h - ch + 1), Rng.below(key, 4 * t + 3, w - cw + 1), ch, cw);
                return;
            }
        }
    }

    /** A part of the image becomes the image: bilinear, pixels as squares, edges held. */
    static void part(Pixels x, int top, int left, int ch, int cw) {
        int h = x.height();
        int w = x.width();
        if (ch == h && cw == w) {
            return;
        }
        float[] from = x.now();
        float[] to = x.spare();
        for (int y = 0; y < h; y++) {
            float fy = Math.clamp((y + 0.5f) * ch / h - 0.5f, 0, ch - 1);
            int y0 = (int) fy;
            float wy = fy - y0;
            int y1 = Math.min(y0 + 1, ch - 1);
            for (int o = 0; o < w; o++) {
                float fx = Math.clamp((o + 0.5f) * cw / w - 0.5f, 0, cw - 1);
                int x0 = (int) fx;
                float wx = fx - x0;
                int x1 = Math.min(x0 + 1, cw - 1);
                for (int c = 0; c < x.channels(); c++) {
                    int a = (c * h + top + y0) * w + left;
                    int b = (c * h + top + y1) * w + left;
                    float upper = from[a + x0] + wx * (from[a + x1] - from[a + x0]);
                    float lower = from[b + x0] + wx * (from[b + x1] - from[b + x0]);
                    to[(c * h + y) * w + o] = upper + wy * (lower - upper);
                }
            }
        }
        x.swap();
    }

    /** Turns counterclockwise about the middle. */
    static void rotate(Pixels x, double degrees, boolean meanAround) {
        if (degrees == 0) {
            return;
        }
        double cos = sine(90 - Math.abs(degrees));
        double sin = sine(degrees);
        affine(x, cos, -sin, sin, cos, 0, 0, meanAround);
    }

    /** Of −180 … 180 degrees, to 15 digits. {@link StrictMath#sin} allocates, {@link Math#sin} differs between machines. */
    static double sine(double degrees) {
        double folded = degrees > 90 ? 180 - degrees : degrees < -90 ? -180 - degrees : degrees;
        double a = folded * Math.PI / 180;
        double term = a;
        double sum = a;
        for (int k = 2; k < 26; k += 2) {
            term *= -a * a / (k * (k + 1));
            sum += term;
        }
        return sum;
    }

    /**
     * {@code new(y, x) = old(c + A·((y, x) − c) + t)} with c the middle of the image and A, t of {@code (x, y)} vectors; bilinear.
     * Outside lies black, or the data set's mean colour.
     */
    static void affine(Pixels x, double xx, double xy, double yx, double yy, double tx, double ty, boolean meanAround) {
        if (xx == 1 && xy == 0 && yx == 0 && yy == 1 && tx == 0 && ty == 0) {
            return;
        }
        int h = x.height();
        int w = x.width();
        double cx = (w - 1) / 2.0;
        double cy = (h - 1) / 2.0;
        for (int c = 0; c < x.channels(); c++) {
            float around = meanAround ? Math.clamp(x.normal(c, 0), 0, 255) : 0;
            for (int y = 0; y < h; y++) {
                double rowX = cx + tx + xy * (y - cy) - xx * cx;
                double rowY = cy + ty + yy * (y - cy) - yx * cx;
                for (int o = 0; o < w; o++) {
                    x.spare()[(c * h + y) * w + o] = at(x.now(), c * h * w, h, w, (float) (rowX + xx * o),
                            (float) (rowY + yx * o), around);
                }
            }
        }
        x.swap();
    }

    private static float at(float[] p, int plane, int h, int w, float fx, float fy, float around) {
        if (!(fx > -1 && fy > -1 && fx < w && fy < h)) {
            return around;
        }
        int x0 = fx < 0 ? -1 : (int) fx;
        int y0 = fy < 0 ? -1 : (int) fy;
        float wx = fx - x0;
        float wy = fy - y0;
        int row = plane + y0 * w + x0;
        boolean left = x0 >= 0;
        boolean right = x0 + 1 < w;
        float a = y0 >= 0 && left ? p[row] : around;
        float b = y0 >= 0 && right ? p[row + 1] : around;
        float c = y0 + 1 < h && left ? p[row + w] : around;
        float d = y0 + 1 < h && right ? p[row + w + 1] : around;
        float upper = a + wx * (b - a);
        float lower = c + wx * (d - c);
        return upper + wy * (lower - upper);
    }
}
