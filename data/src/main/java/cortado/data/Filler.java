package cortado.data;

import cortado.graph.Normalization;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Writes examples into a batch. There are only 256 values a pixel can have, so normalisation is a table per channel; in LANES
 * sixteen images are first laid out beside each other as bytes, which the cache holds, and then written pixel by pixel. One
 * thread at a time.
 */
final class Filler {
    private final Dataset data;
    private final double[] mean;
    private final double[] std;
    private final Changes changes;
    private final Shape image;
    private final float[][] tables;
    private final byte[] bytes;
    private final Pixels pixels;

    Filler(Dataset data, Normalization normalization, Changes changes, Layout layout) {
        this.data = data;
        this.mean = normalization.mean().stream().mapToDouble(Double::doubleValue).toArray();
        this.std = normalization.std().stream().mapToDouble(Double::doubleValue).toArray();
        this.changes = changes;
        this.image = data.image();
        this.bytes = new byte[(layout == Layout.LANES ? Layout.WIDTH : 1) * image.size()];
        this.pixels = new Pixels(image, normalization);
        int channels = image.dim(0);
        if (mean.length != channels) {
            throw new ShapeException("the images have " + channels + " channels, the normalization has " + mean.length);
        }
        this.tables = new float[channels][256];
        for (int c = 0; c < channels; c++) {
            for (int v = 0; v < 256; v++) {
                tables[c][v] = normalized(v, c);
            }
        }
    }

    private float normalized(double value, int c) {
        return (float) ((value / 255 - mean[c]) / std[c]);
    }

    /** Fills {@code batch.n()} examples {@code order[at …]}, zeroes the rest; returns early once {@code stop} says so. */
    void fill(Batch batch, int[] order, int at, long epoch, BooleanSupplier stop) {
        int size = batch.images().shape().n();
        for (int k = 0; k < size; k++) {
            batch.example(k, k < batch.n() ? order[at + k] : 0, k < batch.n() ? data.label(order[at + k]) : 0);
        }
        int step = bytes.length / image.size();
        for (int from = 0; from < size && !stop.getAsBoolean(); from += step) {
            int n = Math.max(0, Math.min(step, batch.n() - from));
            for (int k = 0; k < n; k++) {
                data.pixels(batch.index(from + k), bytes, k * image.size());
            }
            if (changes.transform() != Transform.NONE) {
                transformed(batch, from, n, epoch);
            } else if (n == step) {
                block(batch.images(), from, step);
            } else {
                partial(batch.images(), from, n, step);
            }
        }
        if (changes.mixing().on() && !stop.getAsBoolean()) {
            changes.mixing().apply(batch, epoch, changes.ofBatch(epoch, batch.number()));
        }
    }

    private void block(Tensor images, int from, int step) {
        int per = image.size();
        int plane = per / image.dim(0);
        int to = images.offset() + from * per;
        for (int c = 0; c < image.dim(0); c++) {
            if (step == 1) {
                row(images.floats(), to, bytes, c * plane, (c + 1) * plane, tables[c]);
            } else {
                lanes(images.floats(), to, bytes, per, c * plane, (c + 1) * plane, tables[c]);
            }
        }
    }

    private static void row(float[] x, int to, byte[] bytes, int begin, int end, float[] table) {
        for (int p = begin; p < end; p++) {
            x[to + p] = table[bytes[p] & 255];
        }
    }

    private static void lanes(float[] x, int to, byte[] bytes, int per, int begin, int end, float[] table) {
        for (int p = begin; p < end; p++) {
            int o = to + p * Layout.WIDTH;
            for (int l = 0, q = p; l < Layout.WIDTH; l++, q += per) {
                x[o + l] = table[bytes[q] & 255];
            }
        }
    }

    private void partial(Tensor images, int from, int n, int step) {
        clear(images, from, step);
        int per = image.size();
        int plane = per / image.dim(0);
        for (int k = 0; k < n; k++) {
            int to = images.offset() + from * per + k;
            for (int p = 0; p < per; p++) {
                images.floats()[to + p * step] = tables[p / plane][bytes[k * per + p] & 255];
            }
        }
    }

    private void transformed(Batch batch, int from, int n, long epoch) {
        Tensor images = batch.images();
        int per = image.size();
        int plane = per / image.dim(0);
        int step = bytes.length / per;
        if (n < step) {
            clear(images, from, step);
        }
        for (int k = 0; k < n; k++) {
            pixels.load(bytes, k * per);
            changes.transform().apply(pixels, changes.ofImage(epoch, batch.index(from + k)));
            int to = images.offset() + from * per + k;
            for (int c = 0; c < image.dim(0); c++) {
                write(images.floats(), to, step, c, c * plane, (c + 1) * plane);
            }
        }
    }

    /** Most values are still whole numbers, whose normalised value the table knows. */
    private void write(float[] x, int to, int step, int c, int begin, int end) {
        float[] table = tables[c];
        float[] from = pixels.now();
        for (int p = begin; p < end; p++) {
            int whole = (int) from[p];
            x[to + p * step] = whole == from[p] && (whole & 255) == whole ? table[whole] : normalized(from[p], c);
        }
    }

    private void clear(Tensor images, int from, int step) {
        int to = images.offset() + from * image.size();
        Arrays.fill(images.floats(), to, to + step * image.size(), 0);
    }
}
