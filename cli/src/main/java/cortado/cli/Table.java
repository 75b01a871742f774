package cortado.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns. */
final class Table {
    private final String[] heads;
    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /** @param heads a column's title each; {@code >} in front aligns the column to the right */
    Table(String... heads) {
        this.heads = new String[heads.length];
        this.right = new boolean[heads.length];
        for (int i = 0; i < heads.length; i++) {
            right[i] = heads[i].startsWith(">");
            this.heads[i] = right[i] ? heads[i].substring(1) : heads[i];
        }
    }

    Table row(String... cells) {
        rows.add(cells);
        return this;
    }

    /** Writes the table, its head in bold. */
    void print(Output output) {
        int[] width = new int[heads.length];
        for (int c = 0; c < heads.length; c++) {
            width[c] = heads[c].codePointCount(0, heads[c].length());
            for (String[] r : rows) {
                width[c] = Math.max(width[c], r[c].codePointCount(0, r[c].length()));
            }
        }
        output.say(output.style(Output.Style.BOLD, line(heads, width)));
        rows.forEach(r -> output.say(line(r, width)));
    }

    private String line(String[] cells, int[] width) {
        StringBuilder s = new StringBuilder();
        for (int c = 0; c < cells.length; c++) {
            String pad = " ".repeat(width[c] - cells[c].codePointCount(0, cells[c].length()));
            s.append(c == 0 ? "" : "  ").append(right[c] ? pad + cells[c] : cells[c] + pad);
        }
        return s.toString().stripTrailing();
    }
}
