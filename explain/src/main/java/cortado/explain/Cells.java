package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Grid;
import java.util.ArrayList;
import java.util.List;

/** Which cells of a matrix are shown, and how their numbers read. */
final class Cells {
    /** Stands for rows or columns left out. */
    static final int GAP = -1;
    private static final int LONG = 7;

    private Cells() {
    }

    /** Indices 0 … n−1, or the first and the last ones around a {@link #GAP} where there are too many. */
    static List<Integer> shown(int n, int most) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(i);
        }
        if (n > most) {
            all.subList(most / 2, n - (most - 1) / 2).clear();
            all.add(most / 2, GAP);
        }
        return all;
    }

    /** A cell's number; three digits where more would make the matrix wide. */
    static String text(Grid g, At at) {
        if (at.row() == GAP || at.column() == GAP) {
            return "…";
        }
        double v = g.values().get(at.row(), at.column());
        return wide(g) ? Numbers.brief(v) : Numbers.text(v);
    }

    private static boolean wide(Grid g) {
        for (double v : g.values().toDoubles()) {
            if (Numbers.text(v).length() > LONG) {
                return true;
            }
        }
        return false;
    }
}
