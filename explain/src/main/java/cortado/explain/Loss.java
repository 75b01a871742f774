package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Check;
import cortado.explain.Part.Fold;
import cortado.explain.Part.Formula;
import cortado.explain.Part.Grid;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Paragraph;
import cortado.explain.Part.Row;
import cortado.explain.Part.Sign;
import cortado.explain.Sums.Product;
import cortado.op.Softmax;
import cortado.op.SoftmaxCrossEntropy;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** N11 and N12 on the scores of one image. Classes count from 0, as labels do in files. */
final class Loss {
    private static final double STEP = 1e-4;
    private static final double ROUNDING = 1e-12;

    private final Tensor f;
    private final int label;
    private final Pass pass;
    private final Tensor p;
    private final double max;
    private final double sum;

    Loss(Tensor scores, int label) {
        this.f = Frames.copy(scores);
        this.label = label;
        Tensor y = Tensor.of(Shape.of(1), Type.I32);
        y.set(0, label);
        Tensor one = Tensor.f64(1);
        one.fill(1);
        this.pass = Pass.of(new SoftmaxCrossEntropy(), List.of(f, y), List.of(), one);
        this.p = Pass.forward(new Softmax(), List.of(f), List.of());
        double largest = Double.NEGATIVE_INFINITY;
        for (double v : f.toDoubles()) {
            largest = Math.max(largest, v);
        }
        this.max = largest;
        double total = 0;
        for (double v : f.toDoubles()) {
            total += Math.exp(v - max);
        }
        this.sum = total;
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>(forward());
        parts.addAll(backward());
        return parts;
    }

    private List<Part> forward() {
        Sums probabilities = row("P", this::probability, k -> "e^(f" + k + " − m) / Σ_j e^(f_j − m)",
                k -> Numbers.text(Math.exp(f.get(k) - max)) + " / " + Numbers.text(sum));
        double loss = Math.log(sum) - (f.get(label) - max);
        Sums losses = Sums.of("L", 1, 1, Fold.SUM, (r, c) -> List.of(new Product("log Σ_j e^(f_j − m) − (f" + label + " − m)",
                "log " + Numbers.text(sum) + " − " + Numbers.factor(f.get(label) - max), loss))).named("L");
        double all = 0;
        for (double v : p.toDoubles()) {
            all += v;
        }
        return List.of(new Heading("N11", "Softmax and cross-entropy"),
                new Paragraph("Scores become probabilities: positive numbers that sum to 1. The loss is the surprise at the true "
                        + "class `y = " + label + "`, marked: 0 if it was certain, large if it was thought impossible. Classes "
                        + "count from 0."),
                new Formula("P_k = e^(f_k) / Σ_j e^(f_j)"), new Formula("L = −log P_y"),
                Matrices.of(Grid.of("f", f).light(Set.of(new At(0, label))), new Sign("→"),
                        Grid.of("P", p).light(Set.of(new At(0, label)))),
                new Paragraph("Subtracting the largest score, `m = max f = " + Numbers.text(max) + "`, changes no quotient and "
                        + "keeps every power at most 1."),
                probabilities.table(), within("The quotients above are what Softmax computes", probabilities.values(), p, 1),
                new Check("The probabilities sum to 1", Math.abs(all - 1), ROUNDING * (1 + Slopes.largest(f))), losses.table(),
                within("The loss above is what SoftmaxCrossEntropy computes", losses.values(), pass.y(), 1));
    }

    private List<Part> backward() {
        Sums gradient = row("df", k -> probability(k) - (k == label ? 1 : 0), k -> "P" + k + (k == label ? " − 1" : ""),
                k -> Numbers.text(probability(k)) + (k == label ? " − 1" : ""));
        double size = Math.log(f.size()) + 3 * Slopes.largest(f);
        Tensor y = pass.x().get(1);
        Slopes slopes = Slopes.of(() -> Pass.forward(new SoftmaxCrossEntropy(), List.of(f, y), List.of()), pass.dy(), f, pass.dx(),
                STEP, size, false);
        double total = 0;
        for (double v : pass.dx().toDoubles()) {
            total += v;
        }
        List<Part> parts = new ArrayList<>(List.of(new Heading("N12", "The gradient of the scores"),
                new Paragraph("By the quotient rule, a probability grows with its own score and shrinks with every other:"),
                new Formula("∂P_y/∂f_k = P_y · (1 − P_y) if k = y, else −P_y · P_k"),
                new Paragraph("The chain rule through the logarithm, `∂L/∂P_y = −1/P_y`, cancels `P_y`. What remains is the "
                        + "probability, less 1 for the true class: the score of the truth is pushed up, the others down, each by "
                        + "how wrong it was."),
                new Formula("∂L/∂f_k = P_k − 1 if k = y, else P_k"),
                Matrices.of(Grid.of("P", p), new Sign("→"), Grid.of("∂L/∂f", pass.dx()).light(Set.of(new At(0, label)))),
                gradient.table(slopes),
                within("The numbers above are what SoftmaxCrossEntropy computes backward", gradient.values(), pass.dx(), 1)));
        if (p.get(label) > 0x1p-500) {
            Tensor dp = Tensor.f64(1, f.size());
            dp.set(label, -1 / p.get(label));
            parts.add(within("Softmax backward from `∂L/∂P_y = −1/P_y` gives the same, by the quotient rule",
                    Pass.of(new Softmax(), List.of(f), List.of(), dp).dx(), pass.dx(), 1));
        }
        parts.add(new Check("The gradient sums to 0", Math.abs(total), ROUNDING * (1 + Slopes.largest(f))));
        parts.add(slopes.check("∂L/∂f"));
        return parts;
    }

    private double probability(int k) {
        return Math.exp(f.get(k) - max) / sum;
    }

    private Check within(String what, Tensor a, Tensor b, double size) {
        return new Check(what, Sums.same(what, a, b, 1).difference(), ROUNDING * (1 + Slopes.largest(f)) * size);
    }

    private interface Value {
        double of(int k);
    }

    private interface Words {
        String of(int k);
    }

    /** One row of numbers, each with one term, named by class. */
    private Sums row(String letter, Value value, Words symbols, Words numbers) {
        Sums sums = Sums.of(letter, 1, f.size(), Fold.SUM,
                (r, k) -> List.of(new Product(symbols.of(k), numbers.of(k), value.of(k))));
        List<Row> rows = new ArrayList<>();
        for (int k = 0; k < f.size(); k++) {
            Row r = sums.rows().get(k);
            rows.add(new Row(letter + k, r.fold(), r.terms(), r.value(), Optional.empty()));
        }
        return new Sums(sums.values(), rows, sums.size());
    }
}
