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
import cortado.op.Relu;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** N8 on a matrix: z is the input and c the output, as in the notes. */
final class Rectifier {
    private Rectifier() {
    }

    static List<Part> parts(Tensor input, Tensor delta) {
        Tensor z = Frames.copy(input);
        Pass pass = Pass.of(new Relu(), List.of(z), List.of(), Frames.copy(delta));
        int rows = z.shape().dim(0);
        int columns = z.shape().dim(1);
        Tensor open = Tensor.f64(rows, columns);
        Set<At> lit = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                if (z.get(i, j) > 0) {
                    open.set(i, j, 1);
                    lit.add(new At(i, j));
                }
            }
        }
        Sums forward = Sums.of("c", rows, columns, Fold.MAX,
                (i, j) -> List.of(Product.alone(Sums.name("z", i, j, z), z.get(i, j)), new Product("0", "0", 0)));
        Sums backward = Sums.of("dz", rows, columns, Fold.SUM, (i, j) -> {
            String cell = Sums.name("z", i, j, z);
            return List.of(Product.of(Sums.name("dc", i, j, z), delta.get(i, j), "∂" + Sums.name("c", i, j, z) + "/∂" + cell,
                    open.get(i, j)));
        });
        Slopes slopes = pass.slopes(z, pass.dx());
        List<Part> parts = new ArrayList<>(List.of(new Heading("N8", "ReLU"),
                new Paragraph("What is positive passes, everything else becomes 0. Marked: the elements that pass."),
                new Formula("c_ij = max(z_ij, 0)"),
                Matrices.of(Grid.of("Z", z).light(lit), new Sign("→"), Grid.of("C", pass.y())), forward.table(),
                forward.agrees("The numbers above are what Relu computes", pass.y()),
                new Paragraph("So the gradient passes where the element did, and is stopped elsewhere. `⊙` multiplies cell by "
                        + "cell."),
                new Formula("∂c_ij/∂z_ij = 1 if z_ij > 0, else 0"), new Formula("∂L/∂Z = ∂L/∂C ⊙ ∂C/∂Z"),
                Matrices.of(Grid.of("∂L/∂C", delta), new Sign("⊙"), Grid.of("∂C/∂Z", open).light(lit), new Sign("="),
                        Grid.of("∂L/∂Z", pass.dx()).light(lit)),
                backward.table(slopes), backward.agrees("The products above are what Relu computes backward", pass.dx()),
                slopes.check("∂L/∂Z")));
        if (slopes.kinked()) {
            parts.add(new Paragraph("At 0 the function has a kink: a step up and a step down measure different slopes, and any "
                    + "value between them is a gradient. It is taken as 0. Such cells are marked kink."));
        }
        return parts;
    }
}
