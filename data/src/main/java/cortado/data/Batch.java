package cortado.data;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.Optional;

/**
 * Images and labels of one step. The tensors always have the full batch size N; in the last batch of an epoch only the first
 * {@link #n} examples are real and the rest is zero. A batch belongs to its {@link Loader} and is overwritten after the next
 * call of {@link Loader.Epoch#next()}.
 */
public final class Batch {
    private final Tensor images;
    private final Tensor labels;
    private final Optional<Tensor> targets;
    private final int[] indices;
    private int n;
    private int number;

    Batch(Shape image, int size, Layout layout, Optional<Integer> classes) {
        this.images = Tensor.of(image.batch(size), Type.F32, layout);
        this.labels = Tensor.of(Shape.of(size), Type.I32);
        this.targets = classes.map(k -> Tensor.f32(size, k));
        this.indices = new int[size];
    }

    void begin(int number, int n) {
        this.number = number;
        this.n = n;
    }

    void example(int k, int index, int label) {
        indices[k] = index;
        labels.ints()[k] = label;
    }

    /** {@return F32 {@code N C H W}, normalised} */
    public Tensor images() {
        return images;
    }

    /** {@return I32 {@code N}: the class of each image, where images are mixed the one it had before} */
    public Tensor labels() {
        return labels;
    }

    /** {@return F32 {@code N K}, present where a {@link Mixing} is on: the share of each class in each image; rows sum to 1} */
    public Optional<Tensor> targets() {
        return targets;
    }

    /** {@return how many examples are real: N, or fewer in the last batch} */
    public int n() {
        return n;
    }

    /** {@return the place of this batch in its epoch, from 0} */
    public int number() {
        return number;
    }

    /**
     * {@return the example's index in the data set}
     * @param k place in the batch, 0 … n−1
     */
    public int index(int k) {
        return indices[k];
    }
}
