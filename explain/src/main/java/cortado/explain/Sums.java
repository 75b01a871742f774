package cortado.explain;

import cortado.explain.Part.Check;
import cortado.explain.Part.Fold;
import cortado.explain.Part.Row;
import cortado.explain.Part.Slope;
import cortado.explain.Part.Term;
import cortado.explain.Part.Terms;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A matrix computed cell by cell from its terms, without the ops, so that the two can be held against each other.
 *
 * @param values the results
 * @param rows   the terms
 * @param size   the largest sum of absolute terms, which rounding is measured by
 */
record Sums(Tensor values, List<Row> rows, double size) {
    private static final int ROWS_SHOWN = 36;
    private static final int TERMS_SHOWN = 25;
    private static final double ROUNDING = 1e-13;

    /** One term: as symbols, as numbers, and what it comes to. */
    record Product(String symbols, String numbers, double value) {
        static Product of(String a, double av, String b, double bv) {
            return new Product(a + "·" + b, Numbers.factor(av) + "·" + Numbers.factor(bv), av * bv);
        }

        static Product of(String a, double av) {
            return new Product(a, Numbers.factor(av), av);
        }

        /** One that stands alone or in a list, where a sign needs no parentheses. */
        static Product alone(String a, double av) {
            return new Product(a, Numbers.text(av), av);
        }
    }

    /** The terms of one cell. */
    interface Cell {
        List<Product> terms(int i, int j);
    }

    static Sums of(String letter, int rows, int columns, Fold fold, Cell cell) {
        Tensor values = Tensor.f64(rows, columns);
        List<Row> all = new ArrayList<>();
        double size = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                List<Product> terms = cell.terms(i, j);
                double value = fold == Fold.SUM || terms.isEmpty() ? terms.stream().mapToDouble(Product::value).sum()
                        : terms.stream().mapToDouble(Product::value).max().orElseThrow();
                size = Math.max(size, terms.stream().mapToDouble(t -> Math.abs(t.value())).sum());
                values.set(i, j, value);
                all.add(new Row(name(letter, i, j, rows, columns), fold, shown(terms), value, Optional.empty()));
            }
        }
        return new Sums(values, all, size);
    }

    /** The only cell, by this name. */
    Sums named(String name) {
        Row r = rows.getFirst();
        return new Sums(values, List.of(new Row(name, r.fold(), r.terms(), r.value(), r.slope())), size);
    }

    /** The name of a cell, counted from 1: {@code x12}, or {@code x_(1,12)} where one digit is not enough. */
    static String name(String letter, int i, int j, int rows, int columns) {
        return rows > 9 || columns > 9 ? letter + "_(" + (i + 1) + "," + (j + 1) + ")" : letter + (i + 1) + (j + 1);
    }

    static String name(String letter, int i, int j, Tensor of) {
        return name(letter, i, j, of.shape().dim(0), of.shape().dim(1));
    }

    private static List<Term> shown(List<Product> terms) {
        List<Term> all = new ArrayList<>(terms.stream().map(t -> new Term(t.symbols(), t.numbers())).toList());
        if (all.size() > TERMS_SHOWN) {
            all.subList(TERMS_SHOWN - 2, all.size() - 1).clear();
            all.add(all.size() - 1, new Term("…", "…"));
        }
        return all;
    }

    Terms table() {
        return table(r -> Optional.empty());
    }

    /** With what finite differences measured for each cell. */
    Terms table(Slopes slopes) {
        return table(r -> Optional.of(slopes.cells()[r]));
    }

    private Terms table(IntFunction<Optional<Slope>> slope) {
        List<Row> shown = new ArrayList<>();
        for (int r = 0; r < Math.min(rows.size(), ROWS_SHOWN); r++) {
            Row row = rows.get(r);
            shown.add(new Row(row.cell(), row.fold(), row.terms(), row.value(), slope.apply(r)));
        }
        return new Terms(shown, rows.size() - shown.size());
    }

    /** That the op came to the same numbers. */
    Check agrees(String what, Tensor op) {
        return same(what, values, op, size);
    }

    /** That two tensors hold the same numbers, up to the rounding of sums of this size. */
    static Check same(String what, Tensor a, Tensor b, double size) {
        double worst = 0;
        for (int i = 0; i < a.size(); i++) {
            worst = Math.max(worst, Math.abs(a.get(i) - b.get(i)));
        }
        return new Check(what, worst, ROUNDING * size);
    }
}
