package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;

/**
 * Fits an image to the size a network wants: colours converted, scaled until it covers the target, centre-cropped. Scaling is
 * by a triangle filter as wide as an output pixel (bilinear with antialiasing); plain arithmetic, the same on every machine.
 */
final class Fit {
    private Fit() {
    }

    /** {@code C H W} bytes of one shape to another; C is 1 or 3 on both sides. */
    static byte[] fit(byte[] pixels, Shape from, Shape to) {
        if (from.equals(to)) {
            return pixels;
        }
        byte[] coloured = channels(pixels, from.dim(0), to.dim(0));
        int h = from.dim(1);
        int w = from.dim(2);
        int toH = to.dim(1);
        int toW = to.dim(2);
        if (h == toH && w == toW) {
            return coloured;
        }
        double scale = Math.min((double) h / toH, (double) w / toW);
        Taps rows = Taps.of(h, toH, scale);
        Taps columns = Taps.of(w, toW, scale);
        byte[] out = new byte[to.size()];
        float[] narrow = new float[h * toW];
        for (int c = 0; c < to.dim(0); c++) {
            for (int y = rows.first[0]; y < rows.end(toH - 1); y++) {
                for (int x = 0; x < toW; x++) {
                    float sum = 0;
                    for (int k = 0; k < columns.weights[x].length; k++) {
                        sum += columns.weights[x][k] * (coloured[(c * h + y) * w + columns.first[x] + k] & 255);
                    }
                    narrow[y * toW + x] = sum;
                }
            }
            for (int y = 0; y < toH; y++) {
                for (int x = 0; x < toW; x++) {
                    float sum = 0;
                    for (int k = 0; k < rows.weights[y].length; k++) {
                        sum += rows.weights[y][k] * narrow[(rows.first[y] + k) * toW + x];
                    }
                    out[(c * toH + y) * toW + x] = (byte) Math.clamp(Math.round(sum), 0, 255);
                }
            }
        }
        return out;
    }

    /** A whole set in memory, fitted. */
    static Dataset fit(Dataset data, Shape to) {
        if (data.image().equals(to)) {
            return data;
        }
        if ((long) data.size() * to.size() > Integer.MAX_VALUE - 8L) {
            throw new FormatException(data.size() + " images of " + to + " are more than 2 GiB; ask for smaller images");
        }
        byte[] all = new byte[data.size() * to.size()];
        int[] labels = new int[data.size()];
        for (int i = 0; i < labels.length; i++) {
            System.arraycopy(fit(data.pixels(i), data.image(), to), 0, all, i * to.size(), to.size());
            labels[i] = data.label(i);
        }
        return new Fitted(Dataset.of(to, all, labels, data.classes(), "fitted images"), data);
    }

    /** Grey repeated three times, or the luma of ITU-R BT.601. */
    private static byte[] channels(byte[] pixels, int from, int to) {
        if (from == to) {
            return pixels;
        }
        int plane = pixels.length / from;
        byte[] out = new byte[plane * to];
        for (int p = 0; p < plane; p++) {
            if (to == 1) {
                out[p] = luma(pixels[p] & 255, pixels[plane + p] & 255, pixels[2 * plane + p] & 255);
            } else {
                out[p] = pixels[p];
                out[plane + p] = pixels[p];
                out[2 * plane + p] = pixels[p];
            }
        }
        return out;
    }

    /** 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point, rounded. */
    private static byte luma(int r, int g, int b) {
        return (byte) (19595 * r + 38470 * g + 7471 * b + 32768 >> 16);
    }

    /** For each output position along an axis: the first input position that counts, and the weights from there. */
    private record Taps(int[] first, float[][] weights) {
        /** The middle {@code to·scale} of {@code from} positions become {@code to}. */
        static Taps of(int from, int to, double scale) {
            int[] first = new int[to];
            float[][] weights = new float[to][];
            double start = (from - to * scale) / 2;
            double radius = Math.max(1, scale);
            for (int o = 0; o < to; o++) {
                double centre = start + (o + 0.5) * scale;
                int low = Math.clamp((int) Math.floor(centre - radius), 0, from - 1);
                int high = Math.clamp((int) Math.ceil(centre + radius), low + 1, from);
                double[] w = new double[high - low];
                double sum = 0;
                for (int k = 0; k < w.length; k++) {
                    w[k] = Math.max(0, 1 - Math.abs(low + k + 0.5 - centre) / radius);
                    sum += w[k];
                }
                first[o] = low;
                weights[o] = new float[w.length];
                for (int k = 0; k < w.length; k++) {
                    weights[o][k] = (float) (w[k] / sum);
                }
            }
            return new Taps(first, weights);
        }

        int end(int o) {
            return first[o] + weights[o].length;
        }
    }

    /** Fitted pixels that still know where they came from. */
    private record Fitted(Dataset fitted, Dataset original) implements Dataset {
        @Override
        public Shape image() {
            return fitted.image();
        }

        @Override
        public int size() {
            return fitted.size();
        }

        @Override
        public java.util.List<String> classes() {
            return fitted.classes();
        }

        @Override
        public int label(int i) {
            return fitted.label(i);
        }

        @Override
        public void pixels(int i, byte[] to, int at) {
            fitted.pixels(i, to, at);
        }

        @Override
        public String describe(int i) {
            return original.describe(i);
        }
    }
}
