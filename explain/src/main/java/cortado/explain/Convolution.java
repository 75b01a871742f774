package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Fold;
import cortado.explain.Part.Formula;
import cortado.explain.Part.Grid;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Paragraph;
import cortado.explain.Part.Sign;
import cortado.explain.Sums.Product;
import cortado.op.Conv2d;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** N1 to N6 on one image, one filter. Cells are gathered here from where they are used; the op scatters them. */
final class Convolution {
    private final Tensor x;
    private final Tensor k;
    private final Optional<Tensor> b;
    private final Window window;
    private final Tensor delta;
    private final Pass pass;
    private final Tensor z;
    private final Gradients gradients;

    Convolution(Tensor x, Tensor k, Optional<Tensor> b, Window window, Tensor delta) {
        this.x = Frames.copy(x);
        this.k = Frames.copy(k);
        this.b = b.map(Frames::copy);
        this.window = window;
        this.delta = Frames.copy(delta);
        List<Tensor> params = new ArrayList<>(List.of(Pass.image(this.k)));
        this.b.ifPresent(params::add);
        this.pass = Pass.of(new Conv2d(1, window, 1, b.isPresent()), List.of(Pass.image(this.x)), params, Pass.image(this.delta));
        this.z = Pass.matrix(pass.y());
        this.gradients = new Gradients(this.x, this.k, window, this.delta);
    }

    Tensor output() {
        return z;
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.addAll(forward());
        parts.addAll(kernelCells());
        parts.addAll(kernelConvolution());
        if (b.isPresent()) {
            parts.addAll(bias());
        }
        parts.addAll(inputCells());
        parts.addAll(inputConvolution());
        return parts;
    }

    private List<Part> forward() {
        Sums sums = Sums.of("z", z.shape().dim(0), z.shape().dim(1), Fold.SUM, this::forwardTerms);
        int q = z.shape().dim(1) > 1 ? 1 : 0;
        Grid in = (gradients.padding() ? Frames.padded("pad(X)", x, window) : Grid.of("X", x))
                .light(Frames.window(window, 0, q));
        List<Part.Piece> pieces = new ArrayList<>(List.of(in, new Sign("⋆"), Grid.of("K", k)));
        b.ifPresent(t -> pieces.addAll(List.of(new Sign("+"), Grid.of("b", t.reshape(Shape.of(1, 1))))));
        pieces.addAll(List.of(new Sign("="), Grid.of("Z", z).light(Set.of(new At(0, q)))));
        return List.of(new Heading("N1", "Forward"),
                new Paragraph("Each output is the sum of the elements under the window, each times the weight it meets"
                        + when(b.isPresent(), ", plus the bias") + ". Marked: the window that gives `" + Sums.name("z", 0, q, z)
                        + "`. " + when(gradients.padding(), "The border of zeros is the padding. ")
                        + "Rows and columns count from 1."),
                new Formula("z_ij = " + when(b.isPresent(), "b + ") + "Σ_uv k_uv · " + input()),
                new Matrices(pieces), sums.table(), sums.agrees("The sums above are what Conv2d computes", z));
    }

    private List<Product> forwardTerms(int i, int j) {
        List<Product> terms = new ArrayList<>();
        for (int u = 0; u < k.shape().dim(0); u++) {
            for (int v = 0; v < k.shape().dim(1); v++) {
                int m = window.h().at(i, u);
                int n = window.w().at(j, v);
                if (inside(m, n)) {
                    terms.add(Product.of(Sums.name("x", m, n, x), x.get(m, n), Sums.name("k", u, v, k), k.get(u, v)));
                }
            }
        }
        b.ifPresent(t -> terms.add(Product.of("b", t.get(0))));
        return terms;
    }

    private List<Part> kernelCells() {
        Sums sums = Sums.of("dk", k.shape().dim(0), k.shape().dim(1), Fold.SUM, this::kernelTerms);
        Slopes slopes = pass.slopes(k, pass.dparams().getFirst());
        return List.of(new Heading("N2", "Kernel gradient, element by element"),
                new Paragraph("A weight takes part in every output. What arrives there, `δ = ∂L/∂Z`, counts as much as the input "
                        + "element that the weight met. `dk` is short for `∂L/∂k`."),
                new Formula("∂L/∂k_uv = Σ_ij ∂L/∂z_ij · " + input()),
                Matrices.of(Grid.of("X", x), Grid.of("δ", delta)), sums.table(slopes),
                sums.agrees("The sums above are what Conv2d computes backward", pass.dparams().getFirst()), slopes.check("∂L/∂K"));
    }

    private List<Product> kernelTerms(int u, int v) {
        List<Product> terms = new ArrayList<>();
        for (int i = 0; i < delta.shape().dim(0); i++) {
            for (int j = 0; j < delta.shape().dim(1); j++) {
                int m = window.h().at(i, u);
                int n = window.w().at(j, v);
                if (inside(m, n)) {
                    terms.add(Product.of(Sums.name("δ", i, j, delta), delta.get(i, j), Sums.name("x", m, n, x), x.get(m, n)));
                }
            }
        }
        return terms;
    }

    private List<Part> kernelConvolution() {
        String in = gradients.padding() ? "pad(X)" : "X";
        String d = gradients.spread() ? "dilate(δ)" : "δ";
        Tensor dk = gradients.dk();
        return List.of(new Heading("N3", "Kernel gradient as a convolution"),
                new Paragraph("These sums are again a convolution: `δ` slides over the input as if it were a kernel."
                        + when(gradients.spread(), " The stride of the forward pass spreads `δ`: zeros stand between its elements.")
                        + when(gradients.dilated(), " The dilation of the forward pass is the stride of this one.")
                        + when(gradients.rest(), " Rows and columns that no window reached are left out.")),
                new Formula("∂L/∂K = conv(" + in + ", " + d.replace("δ", "∂L/∂Z") + ")"),
                Matrices.of(gradients.input(in), new Sign("⋆"), gradients.spreadDelta(d), new Sign("="), Grid.of("∂L/∂K", dk)),
                Sums.same("`conv(" + in + ", " + d + ")` gives the same `∂L/∂K`", dk, Pass.matrix(pass.dparams().getFirst()),
                        sizeOf(this::kernelTerms, k)));
    }

    private List<Part> bias() {
        Sums sums = Sums.of("db", 1, 1, Fold.SUM, (r, c) -> {
            List<Product> terms = new ArrayList<>();
            for (int i = 0; i < delta.shape().dim(0); i++) {
                for (int j = 0; j < delta.shape().dim(1); j++) {
                    terms.add(Product.of(Sums.name("δ", i, j, delta), delta.get(i, j)));
                }
            }
            return terms;
        }).named("db");
        Slopes slopes = pass.slopes(b.orElseThrow(), pass.dparams().get(1));
        return List.of(new Heading("N4", "Bias gradient"),
                new Paragraph("The bias is added to every output, so its gradient is the sum of all that arrives."),
                new Formula("∂L/∂b = Σ ∂L/∂Z"), sums.table(slopes),
                sums.agrees("The sum above is what Conv2d computes backward", pass.dparams().get(1)), slopes.check("∂L/∂b"));
    }

    private List<Part> inputCells() {
        Sums sums = Sums.of("dx", x.shape().dim(0), x.shape().dim(1), Fold.SUM, this::inputTerms);
        Slopes slopes = pass.slopes(x, pass.dx());
        return List.of(new Heading("N5", "Input gradient by the chain rule"),
                new Paragraph("An input element takes part in every output whose window covers it, here in up to " + most(sums)
                        + ". Each of these outputs hands its `δ` back along the weight that joined the two."),
                new Formula("∂L/∂x_mn = Σ_ij ∂L/∂z_ij · ∂z_ij/∂x_mn"),
                Matrices.of(Grid.of("δ", delta), Grid.of("K", k)), sums.table(slopes),
                sums.agrees("The sums above are what Conv2d computes backward", pass.dx()), slopes.check("∂L/∂X"));
    }

    private List<Product> inputTerms(int m, int n) {
        List<Product> terms = new ArrayList<>();
        for (int i = 0; i < delta.shape().dim(0); i++) {
            for (int j = 0; j < delta.shape().dim(1); j++) {
                int u = m + window.h().before() - i * window.h().stride();
                int v = n + window.w().before() - j * window.w().stride();
                boolean hit = u >= 0 && v >= 0 && u % window.h().dilation() == 0 && v % window.w().dilation() == 0;
                u /= window.h().dilation();
                v /= window.w().dilation();
                if (hit && u < k.shape().dim(0) && v < k.shape().dim(1)) {
                    terms.add(Product.of(Sums.name("δ", i, j, delta), delta.get(i, j), Sums.name("k", u, v, k), k.get(u, v)));
                }
            }
        }
        return terms;
    }

    private List<Part> inputConvolution() {
        String d = gradients.spread() ? "dilate(δ)" : "δ";
        Tensor dx = gradients.dx();
        return List.of(new Heading("N6", "Input gradient as a convolution"),
                new Paragraph("Put zeros around `δ`" + when(gradients.spread(), " and, because of the stride, between its elements")
                        + ", turn the kernel by 180°, and the sums of N5 are a convolution too."
                        + when(gradients.padding(), " The padding of the forward pass makes the border as much narrower.")
                        + when(gradients.cropped(), " Outputs that saw nothing but padding fall away.")),
                new Formula("∂L/∂X = conv(pad(" + d.replace("δ", "∂L/∂Z") + "), rot180(K))"),
                Matrices.of(gradients.paddedDelta("pad(" + d + ")"), new Sign("⋆"), Grid.of("rot180(K)", Frames.rot180(k)),
                        new Sign("="), Grid.of("∂L/∂X", dx)),
                Sums.same("`conv(pad(" + d + "), rot180(K))` gives the same `∂L/∂X`", dx, Pass.matrix(pass.dx()),
                        sizeOf(this::inputTerms, x)));
    }

    private static double sizeOf(Sums.Cell cell, Tensor of) {
        return Sums.of("", of.shape().dim(0), of.shape().dim(1), Fold.SUM, cell).size();
    }

    private static String when(boolean condition, String text) {
        return condition ? text : "";
    }

    private static int most(Sums sums) {
        return sums.rows().stream().mapToInt(r -> r.terms().size()).max().orElse(0);
    }

    private boolean inside(int m, int n) {
        return m >= 0 && n >= 0 && m < x.shape().dim(0) && n < x.shape().dim(1);
    }

    /** {@code x_(i+u−1, j+v−1)}, with stride, dilation and padding worked in. */
    private String input() {
        return "x_(" + index(window.h(), "i", "u") + ", " + index(window.w(), "j", "v") + ")";
    }

    private static String index(Window.Axis a, String i, String u) {
        int constant = 1 - a.stride() - a.dilation() - a.before();
        return (a.stride() == 1 ? "" : a.stride()) + i + "+" + (a.dilation() == 1 ? "" : a.dilation()) + u
                + (constant == 0 ? "" : constant < 0 ? "−" + -constant : "+" + constant);
    }
}
