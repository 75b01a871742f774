package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Grid;
import cortado.explain.Part.Piece;
import cortado.explain.Part.Sign;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrices side by side, on further lines where they do not fit.
 *
 * @param ink   colours
 * @param width columns
 */
record TextMatrices(Ink ink, int width) {
    private static final int MOST_ROWS = 24;
    private static final String BETWEEN = "  ";

    List<String> lines(List<Piece> pieces) {
        List<String> lines = new ArrayList<>();
        List<List<String>> row = new ArrayList<>();
        int used = 0;
        for (int i = 0; i < pieces.size(); i++) {
            List<String> block = block(pieces.get(i));
            int wide = widest(block);
            boolean sign = pieces.get(i) instanceof Sign && i + 1 < pieces.size();
            int next = sign ? BETWEEN.length() + widest(block(pieces.get(i + 1))) : 0;
            if (!row.isEmpty() && used + BETWEEN.length() + wide + next > width) {
                flush(lines, row);
                used = 0;
            }
            used += (row.isEmpty() ? 0 : BETWEEN.length()) + wide;
            row.add(block);
        }
        flush(lines, row);
        return lines;
    }

    private static int widest(List<String> block) {
        return block.stream().mapToInt(Ink::width).max().orElse(0);
    }

    /** Sets blocks side by side, each centred; the first line of a matrix is its name. */
    private static void flush(List<String> lines, List<List<String>> row) {
        int height = row.stream().mapToInt(List::size).max().orElse(0);
        if (!lines.isEmpty()) {
            lines.add("");
        }
        for (int r = 0; r < height; r++) {
            StringBuilder line = new StringBuilder();
            for (List<String> block : row) {
                int top = (height - block.size()) / 2;
                String part = r >= top && r < top + block.size() ? block.get(r - top) : "";
                line.append(line.isEmpty() ? "" : BETWEEN).append(Ink.left(part, widest(block)));
            }
            lines.add(line.toString());
        }
        row.clear();
    }

    private List<String> block(Piece piece) {
        return switch (piece) {
            case Sign s -> List.of("", Text.plain(s.notation()));
            case Grid g -> grid(g);
        };
    }

    private List<String> grid(Grid g) {
        int cell = 0;
        for (int i = 0; i < g.values().shape().dim(0); i++) {
            for (int j = 0; j < g.values().shape().dim(1); j++) {
                cell = Math.max(cell, Ink.width(Cells.text(g, new At(i, j))));
            }
        }
        boolean marks = !g.lit().isEmpty();
        int each = cell + (marks ? 2 : 0) + 1;
        List<Integer> rows = Cells.shown(g.values().shape().dim(0), MOST_ROWS);
        List<Integer> columns = Cells.shown(g.values().shape().dim(1), Math.max(3, (width - 3) / each));
        List<String> lines = new ArrayList<>();
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int c : columns) {
                line.append(line.isEmpty() ? "" : " ").append(cell(g, new At(rows.get(r), c), cell, marks));
            }
            lines.add(bracket(r, rows.size(), "⎡⎢⎣[") + line + bracket(r, rows.size(), "⎤⎥⎦]"));
        }
        lines.addFirst(Ink.centre(ink.strong(Text.plain(g.name())), widest(lines)));
        return lines;
    }

    private String cell(Grid g, At at, int width, boolean marks) {
        String text = Cells.text(g, at);
        if (g.lit().contains(at)) {
            return Ink.right(ink.lit("‹" + text + "›"), width + 2);
        }
        String s = Ink.right(g.faint().contains(at) ? ink.faint(text) : text, width);
        return marks ? " " + s + " " : s;
    }

    private static String bracket(int row, int rows, String kinds) {
        return String.valueOf(kinds.charAt(rows == 1 ? 3 : row == 0 ? 0 : row == rows - 1 ? 2 : 1));
    }
}
