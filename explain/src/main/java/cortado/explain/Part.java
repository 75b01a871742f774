package cortado.explain;

import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a {@link Document} is made of. Strings that hold formulas are in the notation that the package describes. */
public sealed interface Part {

    /**
     * Begins a section.
     *
     * @param mark what stands in the margin: {@code N3}, or empty
     * @param text the title
     */
    record Heading(String mark, String text) implements Part {
    }

    /**
     * Sentences.
     *
     * @param text a few of them; formulas within stand between backticks
     */
    record Paragraph(String text) implements Part {
    }

    /**
     * A statement, set on a line of its own.
     *
     * @param notation the formula
     */
    record Formula(String notation) implements Part {
    }

    /**
     * Matrices side by side.
     *
     * @param pieces matrices and the signs between them, left to right
     */
    record Matrices(List<Piece> pieces) implements Part {
        static Matrices of(Piece... pieces) {
            return new Matrices(List.of(pieces));
        }
    }

    /** A matrix, or a sign between two. */
    sealed interface Piece {
    }

    /**
     * What stands between two matrices.
     *
     * @param notation {@code ⋆}, {@code =}, {@code →}
     */
    record Sign(String notation) implements Piece {
    }

    /**
     * A matrix with its name above it.
     *
     * @param name   formula
     * @param values rows and columns
     * @param lit    highlighted cells: a window, the largest elements
     * @param faint  cells that are only filling, such as padding
     */
    record Grid(String name, Tensor values, Set<At> lit, Set<At> faint) implements Piece {
        /** Checks that it is a matrix. */
        public Grid {
            values.shape().expectRank(2, "a grid shows a matrix");
        }

        static Grid of(String name, Tensor values) {
            return new Grid(name, values, Set.of(), Set.of());
        }

        Grid light(Set<At> cells) {
            return new Grid(name, values, cells, faint);
        }
    }

    /**
     * A cell of a matrix, counted from 0.
     *
     * @param row    from the top
     * @param column from the left
     */
    record At(int row, int column) {
    }

    /**
     * Numbers written out: each cell as the sum (or the largest) of its terms.
     *
     * @param rows    one per cell
     * @param leftOut cells that were computed and checked but are not shown
     */
    record Terms(List<Row> rows, int leftOut) implements Part {
        /** {@return whether the rows carry finite differences} */
        public boolean measured() {
            return rows.stream().anyMatch(r -> r.slope().isPresent());
        }
    }

    /**
     * One cell: {@code dx22 = δ11·k22 + … = 0.5·4 + … = 3}.
     *
     * @param cell  its name, a formula
     * @param fold  what joins the terms
     * @param terms none means zero
     * @param value the result
     * @param slope the finite difference it was held against, for gradients
     */
    record Row(String cell, Fold fold, List<Term> terms, double value, Optional<Slope> slope) {
    }

    /**
     * A part of a sum.
     *
     * @param symbols {@code δ11·k22}
     * @param numbers the same with numbers: {@code 0.5·4}
     */
    record Term(String symbols, String numbers) {
    }

    /** What joins the terms of a row. */
    enum Fold {
        /** Their sum. */
        SUM("", " + ", ""),
        /** The largest of them. */
        MAX("max(", ", ", ")");

        final String open;
        final String between;
        final String close;

        Fold(String open, String between, String close) {
            this.open = open;
            this.between = between;
            this.close = close;
        }
    }

    /**
     * A derivative as finite differences measure it.
     *
     * @param value      central difference
     * @param difference how far the gradient is from it; at a kink, from the interval between the two one-sided differences
     * @param kink       whether the one-sided differences disagree, as at 0 of a ReLU or where two elements of a window tie
     */
    record Slope(double value, double difference, boolean kink) {
    }

    /**
     * A statement that was checked.
     *
     * @param what       the statement; formulas within stand between backticks
     * @param difference largest difference found; NaN never passes
     * @param tolerance  largest difference allowed
     */
    record Check(String what, double difference, double tolerance) implements Part {
        /** {@return whether it holds} */
        public boolean passed() {
            return difference <= tolerance;
        }

        /** {@return how exactly it holds, or by how much it fails} */
        public String verdict() {
            return difference == 0 ? "exactly" : passed() ? "within " + Numbers.rough(difference)
                    : "off by " + Numbers.rough(difference) + ", allowed " + Numbers.rough(tolerance);
        }
    }
}
