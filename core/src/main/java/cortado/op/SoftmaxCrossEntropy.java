package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * Cross-entropy of softmax, per image; where every pixel has scores of its own, the mean over the image's pixels. The plan takes the
 * mean over the batch, so {@code dL} is 1/N.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>f</td><td>{@code N K} or {@code N K H W} scores</td></tr>
 * <tr><td>y</td><td>{@code N} or {@code N H W} labels, I32, 0 … K−1; or soft targets, a number per score</td></tr>
 * <tr><td>L</td><td>{@code N}</td></tr>
 * </table>
 *
 * <pre>
 * t_k   = (1 − smoothing) · [k = y_i] + smoothing/K      soft: (1 − smoothing) · y_ik + smoothing/K
 * L_i   = −Σ_k w_k · t_k · log P_k,  P = softmax(f_i)                                                      N11
 * df_ik += dL_i · (P_k · Σ_j w_j·t_j − w_k·t_k), which is dL_i · (P_k − [k = y_i]) without settings        N12
 * </pre>
 *
 * As PyTorch's with {@code reduction='none'}; its {@code 'mean'} divides by the weights of the labels, ours never does.
 * Derivation: {@code docs/backprop.md#softmax-cross-entropy}; Goodfellow et al., section 6.2.2.3; Szegedy et al., CVPR 2016, section 7.
 *
 * @param smoothing    0 … 1, the share of a target that is spread evenly over all classes
 * @param classWeights w, none negative, one per class; empty for 1
 */
public record SoftmaxCrossEntropy(double smoothing, List<Double> classWeights) implements Loss {

    /** Checks the ranges; throws {@link ShapeException}. */
    public SoftmaxCrossEntropy {
        classWeights = List.copyOf(classWeights);
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new ShapeException("softmaxcrossentropy: label smoothing must be 0 … 1, usually 0.1, received " + smoothing);
        }
        for (double w : classWeights) {
            if (!(w >= 0) || Double.isInfinite(w)) {
                throw new ShapeException("softmaxcrossentropy: a class's weight must be 0 or more, received " + w);
            }
        }
    }

    /** No smoothing, all classes alike. */
    public SoftmaxCrossEntropy() {
        this(0, List.of());
    }

    @Override
    public Shape output(Shape... x) {
        Shape f = x[0].images("softmaxcrossentropy");
        if (!x[1].equals(x[0]) && !x[1].equals(x[0].rank() == 2 ? Shape.of(f.n()) : Shape.of(f.n(), f.h(), f.w()))) {
            throw new ShapeException("softmaxcrossentropy takes one label per row of scores " + x[0]
                    + ", or a number for each of them, received " + x[1]);
        }
        if (!classWeights.isEmpty() && classWeights.size() != f.c()) {
            throw new ShapeException("softmaxcrossentropy: expected one weight for each of " + f.c() + " classes, received "
                    + classWeights.size());
        }
        return Shape.of(f.n());
    }

    @Override
    public long flops(Shape... x) {
        return 4L * x[0].size();
    }

    @Override
    public void forward(Operands o) {
        o.y().fill(0);
        forward(o, o.y(), Standardize.images(o.x(0)));
    }

    @Override
    public void backward(Operands o) {
        o.dx(0).ifPresent(df -> backward(o, Standardize.images(df), o.dy(), Standardize.images(o.x(0))));
    }

    private void forward(Operands o, Tensor loss, Tensor f) {
        int pixels = f.shape().h() * f.shape().w();
        Softmax.pixels(f.shape(), (n, h, w) -> {
            double logSum = Softmax.logSumExp(f, n, h, w);
            double sum = 0;
            for (int k = 0; k < f.shape().c(); k++) {
                double t = target(o, f, n, k, h, w);
                sum += t == 0 ? 0 : t * (logSum - f.get(n, k, h, w)); // a class that is not meant may have a score of −∞
            }
            loss.add(n, sum / pixels);
        });
    }

    /** N12. */
    private void backward(Operands o, Tensor df, Tensor dLoss, Tensor f) {
        int pixels = f.shape().h() * f.shape().w();
        Softmax.pixels(f.shape(), (n, h, w) -> {
            double logSum = Softmax.logSumExp(f, n, h, w);
            double all = 0;
            for (int k = 0; k < f.shape().c(); k++) {
                all += target(o, f, n, k, h, w);
            }
            for (int k = 0; k < f.shape().c(); k++) {
                double p = Math.exp(f.get(n, k, h, w) - logSum);
                df.add(n, k, h, w, dLoss.get(n) / pixels * (p * all - target(o, f, n, k, h, w)));
            }
        });
    }

    /** Whether targets are a number for each score; labels have one dimension less. */
    static boolean soft(Operands o) {
        return o.x(1).shape().rank() == o.x(0).shape().rank();
    }

    private double target(Operands o, Tensor f, int n, int k, int h, int w) {
        Shape s = f.shape();
        double t = soft(o) ? o.x(1).get(((n * s.c() + k) * s.h() + h) * s.w() + w) : k == label(o, (n * s.h() + h) * s.w() + w) ? 1
                : 0;
        return target(t, k, s.c());
    }

    /** w_k·t_k where images have one pixel. */
    double target(Operands o, int n, int k) {
        int classes = o.x(0).shape().dim(1);
        return target(soft(o) ? o.x(1).get(n * classes + k) : k == label(o, n) ? 1 : 0, k, classes);
    }

    private double target(double t, int k, int classes) {
        return (classWeights.isEmpty() ? 1 : classWeights.get(k)) * ((1 - smoothing) * t + smoothing / classes);
    }

    /** The class at place i of the labels, checked against the number of scores. */
    static int label(Operands o, int i) {
        int k = (int) o.x(1).get(i);
        int classes = o.x(0).shape().dim(1);
        if (k < 0 || k >= classes) {
            throw new ShapeException("image " + (o.first() + i / (o.x(1).size() / o.x(1).shape().n())) + " has label " + k
                    + ", but the network has " + classes + " classes, 0 … " + (classes - 1));
        }
        return k;
    }
}
