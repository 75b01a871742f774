package cortado.explain;

import cortado.explain.Part.Paragraph;
import cortado.op.AvgPool2d;
import cortado.op.MaxPool2d;
import cortado.op.Window;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The walk through N1 to N12 on the notes' own sizes. */
final class Notes {
    private Notes() {
    }

    static Document document() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3);
        Tensor k = Tensor.of(new double[] {1, -1, -2, 4}, 2, 2);
        Tensor b = Tensor.of(new double[] {-14}, 1);
        Tensor delta = Tensor.of(new double[] {0.5, -1, 2, 3}, 2, 2);
        Tensor pooled = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
        Tensor two = Tensor.of(new double[] {2}, 1, 1);
        Tensor scores = Tensor.of(new double[] {2, -1, 0.5}, 1, 3);

        Convolution first = new Convolution(x, k, Optional.of(b), Window.of(2), delta);
        List<Part> parts = new ArrayList<>();
        parts.add(new Paragraph("The network is `X →` conv `→ Z →` ReLU `→ C →` pool `→ P →` conv `→ … → f →` softmax, "
                + "cross-entropy `→ L`. Learning needs the derivative of `L` in every weight. It is found backwards: each op is "
                + "handed the gradient of its output and hands on the gradient of its input. For N1 to N6, let `δ = ∂L/∂Z` have "
                + "arrived from above. What is measured are the finite differences `(L(x + h) − L(x − h)) / (2h)` of `L = Σ_ij "
                + "δ_ij · z_ij`, whose gradient is just this `δ`."));
        parts.addAll(first.parts());
        parts.addAll(Pooling.max(MaxPool2d.of(2), pooled, two));
        parts.addAll(Rectifier.parts(first.output(), delta));
        parts.addAll(Depth.example().parts());
        parts.addAll(Pooling.average(new AvgPool2d(Window.of(2, 2, 0), false, true), pooled, two));
        parts.addAll(new Loss(scores, 0).parts());
        return new Document("How a convolutional network learns", "The notes N1 to N12 with numbers. Every number comes from the "
                + "op itself, is written out as the sum of its terms, and every gradient is held against finite "
                + "differences.", parts);
    }
}
