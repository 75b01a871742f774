package cortado.bench;

import cortado.data.DataSplit;
import cortado.data.Dataset;
import cortado.graph.Normalization;
import cortado.io.Safetensors;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import cortado.train.Schedule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training laid down to the last number, so that two engines can go through the same one: which images in which order, and the
 * learning rate of every step. It is handed over in a file; each tensor bears its component's name there.
 *
 * @param images     F32 {@code n C H W}, normalized
 * @param labels     I32 {@code n}, their classes
 * @param testImages F32 {@code m C H W}, normalized in the same way
 * @param testLabels I32 {@code m}
 * @param order      I32 {@code epochs steps N}: which image stands where in which batch
 * @param rates      F32 {@code epochs steps}: learning rates
 */
public record Course(Tensor images, Tensor labels, Tensor testImages, Tensor testLabels, Tensor order, Tensor rates) {

    /**
     * A course over a data set. An epoch shows the images in a new order and leaves out those that do not fill a batch.
     *
     * @param data     what to learn and to judge by
     * @param most     the most images to take of each part, from its beginning
     * @param batch    N, at most as many as there are training images
     * @param epochs   at least 1
     * @param schedule of the learning rate
     * @param rate     what the schedule starts from
     * @param rng      the order follows from it
     * @return the course
     */
    public static Course of(DataSplit data, int most, int batch, int epochs, Schedule schedule, double rate, Rng rng) {
        Normalization normal = data.normalization();
        int n = Math.min(most, data.train().size());
        int m = Math.min(most, data.test().size());
        int steps = n / batch;
        Tensor order = Tensor.of(Shape.of(epochs, steps, batch), Type.I32);
        Tensor rates = Tensor.f32(epochs, steps);
        for (int e = 0; e < epochs; e++) {
            System.arraycopy(rng.split("order").split(e).permutation(n), 0, order.ints(), e * steps * batch, steps * batch);
            for (int s = 0; s < steps; s++) {
                rates.set(e, s, schedule.rate(rate, e + (double) s / steps, epochs));
            }
        }
        return new Course(images(data.train(), n, normal), labels(data.train(), n), images(data.test(), m, normal),
                labels(data.test(), m), order, rates);
    }

    private static Tensor images(Dataset data, int n, Normalization normal) {
        Tensor all = Tensor.of(data.image().batch(n), Type.F32);
        int per = data.image().size();
        int plane = per / data.image().dim(0);
        byte[] pixels = new byte[per];
        for (int i = 0; i < n; i++) {
            data.pixels(i, pixels, 0);
            for (int p = 0; p < per; p++) {
                int c = p / plane;
                all.floats()[i * per + p] = (float) (((pixels[p] & 255) / 255.0 - normal.mean().get(c)) / normal.std().get(c));
            }
        }
        return all;
    }

    private static Tensor labels(Dataset data, int n) {
        Tensor all = Tensor.of(Shape.of(n), Type.I32);
        for (int i = 0; i < n; i++) {
            all.ints()[i] = data.label(i);
        }
        return all;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file safetensors
     * @return the course
     */
    public static Course read(Path file) {
        Map<String, Tensor> all = Safetensors.read(file).tensors();
        return new Course(all.get("images"), all.get("labels"), all.get("testImages"), all.get("testLabels"), all.get("order"),
                all.get("rates"));
    }

    /**
     * Hands it over.
     *
     * @param file safetensors
     */
    public void write(Path file) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("images", images);
        all.put("labels", labels);
        all.put("testImages", testImages);
        all.put("testLabels", testLabels);
        all.put("order", order);
        all.put("rates", rates);
        Safetensors.write(file, all, Map.of());
    }

    /** {@return how many epochs it has} */
    public int epochs() {
        return order.shape().dim(0);
    }

    /** {@return how many steps an epoch has} */
    public int steps() {
        return order.shape().dim(1);
    }

    /** {@return images in a batch} */
    public int batch() {
        return order.shape().dim(2);
    }

    /**
     * {@return the images of a batch, copied, F32 {@code N C H W} in rows}
     * @param epoch from 0
     * @param step  from 0
     */
    public Tensor images(int epoch, int step) {
        Shape one = Shape.of(images.shape().c(), images.shape().h(), images.shape().w());
        Tensor x = Tensor.of(one.batch(batch()), Type.F32);
        for (int k = 0; k < batch(); k++) {
            System.arraycopy(images.floats(), images.offset() + index(epoch, step, k) * one.size(), x.floats(), k * one.size(),
                    one.size());
        }
        return x;
    }

    /**
     * {@return the classes of a batch's images, I32 {@code N}}
     * @param epoch from 0
     * @param step  from 0
     */
    public Tensor labels(int epoch, int step) {
        Tensor y = Tensor.of(Shape.of(batch()), Type.I32);
        for (int k = 0; k < batch(); k++) {
            y.set(k, labels.get(index(epoch, step, k)));
        }
        return y;
    }

    private int index(int epoch, int step, int k) {
        return (int) order.get((epoch * steps() + step) * batch() + k);
    }

    /**
     * {@return the learning rate of a step}
     * @param epoch from 0
     * @param step  from 0
     */
    public double rate(int epoch, int step) {
        return rates.get(epoch, step);
    }
}
