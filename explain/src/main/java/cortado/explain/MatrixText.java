package cortado.explain;

import cortado.tensor.FormatException;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Matrices as a person types them: {@code 1 2 3; 4 5 6}. */
public final class MatrixText {
    /** The most rows, and the most columns, that an explanation takes: what a person can still read. */
    public static final int LIMIT = 12;

    private MatrixText() {
    }

    /**
     * Reads a matrix: rows separated by {@code ;} or line ends, values by blanks or commas.
     *
     * @param what where the text comes from, for messages: {@code --x}
     * @param text the matrix
     * @return an F64 tensor of rows × columns
     * @throws FormatException for an empty text, rows of different lengths, what is not a finite number, or more than
     *                         {@link #LIMIT} rows or columns
     */
    public static Tensor parse(String what, String text) {
        List<double[]> rows = new ArrayList<>();
        for (String line : text.strip().split("[;\\r\\n]+")) {
            if (!line.isBlank()) {
                rows.add(row(what, rows.size() + 1, line.strip()));
            }
        }
        if (rows.isEmpty()) {
            throw new FormatException(what + ": expected a matrix such as \"1 2; 3 4\", received nothing");
        }
        int columns = rows.getFirst().length;
        for (int r = 0; r < rows.size(); r++) {
            if (rows.get(r).length != columns) {
                throw new FormatException(what + ": every row needs as many values as the first, " + columns + "; row " + (r + 1)
                        + " has " + rows.get(r).length);
            }
        }
        if (rows.size() > LIMIT || columns > LIMIT) {
            throw new FormatException(what + ": a matrix of " + rows.size() + "×" + columns + " is too large to read; at most "
                    + LIMIT + "×" + LIMIT + " are explained");
        }
        double[] all = rows.stream().flatMapToDouble(Arrays::stream).toArray();
        return Tensor.of(all, rows.size(), columns);
    }

    private static double[] row(String what, int number, String line) {
        String[] words = line.split("\\s*,\\s*|\\s+", -1);
        double[] values = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = value(what + ", row " + number + ", value " + (i + 1), words[i]);
        }
        return values;
    }

    private static double value(String where, String word) {
        String plain = word.replace('−', '-');
        if (!plain.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            throw new FormatException(where + ": expected a number, received \"" + shorten(word) + "\"");
        }
        double v = Double.parseDouble(plain);
        if (!Double.isFinite(v)) {
            throw new FormatException(where + ": expected a number below 1.8e308, received \"" + shorten(word) + "\"");
        }
        return v;
    }

    private static String shorten(String word) {
        return word.length() <= 20 ? word : word.substring(0, 20) + "…";
    }
}
