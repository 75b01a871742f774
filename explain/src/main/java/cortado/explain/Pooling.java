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
import cortado.op.AvgPool2d;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Window;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** N7 and N10 on one channel of one image. In names, c is the input and p the output, as in the notes. */
final class Pooling {
    private final Window window;
    private final Tensor c;
    private final Tensor delta;
    private final Pass pass;
    private final Tensor p;

    private Pooling(Op op, Window window, Tensor c, Tensor delta) {
        this.window = window;
        this.c = Frames.copy(c);
        this.delta = Frames.copy(delta);
        this.pass = Pass.of(op, List.of(Pass.image(this.c)), List.of(), Pass.image(this.delta));
        this.p = Pass.matrix(pass.y());
    }

    static List<Part> max(MaxPool2d op, Tensor c, Tensor delta) {
        return new Pooling(op, op.window(), c, delta).max();
    }

    static List<Part> average(AvgPool2d op, Tensor c, Tensor delta) {
        return new Pooling(op, op.window(), c, delta).average(op);
    }

    private List<Part> max() {
        Set<At> winners = new HashSet<>();
        each((i, j) -> winners.add(winner(i, j)));
        Sums forward = sums("p", p, Fold.MAX, (i, j) -> inside(i, j).stream().map(a -> Product.alone(name(a), value(a))).toList());
        Sums backward = sums("dc", c, Fold.SUM, (m, n) -> {
            List<Product> terms = new ArrayList<>();
            each((i, j) -> {
                if (winner(i, j).equals(new At(m, n))) {
                    terms.add(Product.of(Sums.name("dp", i, j, delta), delta.get(i, j)));
                }
            });
            return terms;
        });
        Slopes slopes = pass.slopes(c, pass.dx());
        List<Part> parts = new ArrayList<>(List.of(new Heading("N7", "Max pooling"),
                new Paragraph("Of each window only the largest element passes on. Marked: the elements that win a window."),
                new Formula("p_ij = max \"over window\" ij \"of\" c_mn"),
                Matrices.of(Grid.of("C", c).light(winners), new Sign("→"), Grid.of("P", p)),
                forward.table(), forward.agrees("The largest elements above are what MaxPool2d computes", p),
                new Paragraph("So the gradient of a window goes to its largest element, and 0 to the others: a small change of "
                        + "those changes nothing. An element that wins several windows gets the sum; of equal elements the first, "
                        + "row by row, gets it all. `dc` is short for `∂L/∂c`."),
                new Formula("∂L/∂c_mn = Σ ∂L/∂p_ij \"over the windows\" ij \"that\" c_mn \"wins\""),
                Matrices.of(Grid.of("∂L/∂P", delta), new Sign("→"), Grid.of("∂L/∂C", Pass.matrix(pass.dx())).light(winners)),
                backward.table(slopes), backward.agrees("The sums above are what MaxPool2d computes backward", pass.dx()),
                slopes.check("∂L/∂C")));
        if (slopes.kinked()) {
            parts.add(new Paragraph("Where elements tie, the loss has a kink: a step up and a step down measure different slopes, "
                    + "and any value between them is a gradient. Such cells are marked kink."));
        }
        return parts;
    }

    private List<Part> average(AvgPool2d op) {
        Sums forward = sums("p", p, Fold.SUM,
                (i, j) -> inside(i, j).stream().map(a -> share(count(op, i, j), name(a), value(a))).toList());
        Sums backward = sums("dc", c, Fold.SUM, (m, n) -> {
            List<Product> terms = new ArrayList<>();
            each((i, j) -> {
                if (inside(i, j).contains(new At(m, n))) {
                    terms.add(share(count(op, i, j), Sums.name("dp", i, j, delta), delta.get(i, j)));
                }
            });
            return terms;
        });
        Slopes slopes = pass.slopes(c, pass.dx());
        int first = count(op, 0, 0);
        boolean even = p.shape().equals(delta.shape()) && evenly(op, first);
        String m = even ? "1/" + first : "1/m_ij";
        String counted = even ? "" : " `m_ij` counts the elements of window `ij`: " + (op.countPadding() ? "padding counts"
                : "padding does not count") + ", what hangs over the padded end never does.";
        return List.of(new Heading("N10", "Average pooling"),
                new Paragraph("Each window is replaced by its mean." + counted),
                new Formula("p_ij = " + m + " · Σ c_mn \"over window\" ij"),
                Matrices.of(Grid.of("C", c), new Sign("→"), Grid.of("P", p)), forward.table(),
                forward.agrees("The sums above are what AvgPool2d computes", p),
                new Paragraph("Each element of a window has the same share in the mean, so it gets the same share of the gradient. "
                        + "`dc` is short for `∂L/∂c`."),
                new Formula("∂L/∂c_mn = Σ " + m + " · ∂L/∂p_ij \"over the windows\" ij \"that hold\" c_mn"),
                Matrices.of(Grid.of("∂L/∂P", delta), new Sign("→"), Grid.of("∂L/∂C", Pass.matrix(pass.dx()))),
                backward.table(slopes),
                backward.agrees("The sums above are what AvgPool2d computes backward", pass.dx()), slopes.check("∂L/∂C"));
    }

    private boolean evenly(AvgPool2d op, int m) {
        boolean[] even = {true};
        each((i, j) -> even[0] &= count(op, i, j) == m);
        return even[0];
    }

    private static Product share(int m, String symbol, double v) {
        return m == 1 ? Product.of(symbol, v) : new Product("1/" + m + "·" + symbol, "1/" + m + "·" + Numbers.factor(v), v / m);
    }

    /** What a window's sum is divided by: its positions within the padded input, or within the input alone. */
    private int count(AvgPool2d op, int i, int j) {
        int all = 0;
        for (At a : positions(i, j)) {
            boolean padded = a.row() < c.shape().dim(0) + window.h().after() && a.column() < c.shape().dim(1) + window.w().after();
            all += op.countPadding() && padded || within(a) ? 1 : 0;
        }
        return all;
    }

    private List<At> positions(int i, int j) {
        List<At> all = new ArrayList<>();
        for (int r = 0; r < window.h().kernel(); r++) {
            for (int s = 0; s < window.w().kernel(); s++) {
                all.add(new At(window.h().at(i, r), window.w().at(j, s)));
            }
        }
        return all;
    }

    private List<At> inside(int i, int j) {
        return positions(i, j).stream().filter(this::within).toList();
    }

    private boolean within(At a) {
        return a.row() >= 0 && a.column() >= 0 && a.row() < c.shape().dim(0) && a.column() < c.shape().dim(1);
    }

    private At winner(int i, int j) {
        List<At> all = inside(i, j);
        At best = all.getFirst();
        for (At a : all) {
            best = value(a) > value(best) ? a : best;
        }
        return best;
    }

    private String name(At a) {
        return Sums.name("c", a.row(), a.column(), c);
    }

    private double value(At a) {
        return c.get(a.row(), a.column());
    }

    private interface Position {
        void at(int i, int j);
    }

    private void each(Position f) {
        for (int i = 0; i < delta.shape().dim(0); i++) {
            for (int j = 0; j < delta.shape().dim(1); j++) {
                f.at(i, j);
            }
        }
    }

    private static Sums sums(String letter, Tensor like, Fold fold, Sums.Cell cell) {
        return Sums.of(letter, like.shape().dim(0), like.shape().dim(1), fold, cell);
    }
}
