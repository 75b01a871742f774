package cortado.explain;

import cortado.explain.Part.Row;
import cortado.explain.Part.Slope;
import cortado.explain.Part.Term;
import cortado.explain.Part.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cells written out as sums, with the numbers below the symbols they stand for, or beside them where there is room; then the
 * value, and for gradients the finite difference and how far off it is.
 *
 * @param ink   colours
 * @param width columns
 */
record TextTerms(Ink ink, int width) {

    /** The columns to the right of the sums. */
    private record Right(int value, int slope, int off) {
        static Right of(Terms t) {
            int value = t.measured() ? "value".length() : 0;
            int slope = t.measured() ? "measured".length() : 0;
            int off = t.measured() ? "off by".length() : 0;
            for (Row r : t.rows()) {
                value = Math.max(value, Ink.width(Numbers.text(r.value())));
                slope = Math.max(slope, r.slope().map(s -> Ink.width(Numbers.text(s.value()))).orElse(0));
                off = Math.max(off, r.slope().map(s -> Ink.width(TextTerms.off(s))).orElse(0));
            }
            return new Right(value, slope, off);
        }

        int width() {
            return 4 + value + (slope == 0 ? 0 : 4 + slope + off);
        }
    }

    List<String> lines(Terms t) {
        Right right = Right.of(t);
        int name = t.rows().stream().mapToInt(r -> Ink.width(r.cell())).max().orElse(0);
        int room = width - right.width();
        int symbols = t.rows().stream().mapToInt(r -> Ink.width(fold(r, false))).max().orElse(0);
        int numbers = t.rows().stream().mapToInt(r -> Ink.width(fold(r, true))).max().orElse(0);
        boolean one = name + 6 + symbols + numbers <= room;
        List<List<String>> sums = new ArrayList<>();
        for (Row r : t.rows()) {
            String start = Ink.left(r.cell(), name) + " = ";
            if (one) {
                sums.add(List.of(start + Ink.left(fold(r, false), symbols) + (r.terms().isEmpty() ? "" : " = " + fold(r, true))));
            } else {
                sums.add(stacked(r, start, room - Ink.width(start)));
            }
        }
        int left = sums.stream().flatMap(List::stream).mapToInt(Ink::width).max().orElse(0);
        List<String> lines = new ArrayList<>();
        if (t.measured()) {
            lines.add(ink.faint(" ".repeat(left + 3) + Ink.right("value", right.value) + "  " + Ink.right("measured", right.slope)
                    + "  " + Ink.right("off by", right.off)));
        }
        for (int i = 0; i < sums.size(); i++) {
            List<String> sum = sums.get(i);
            lines.addAll(sum.subList(0, sum.size() - 1));
            lines.add(Ink.left(sum.getLast(), left) + ending(t.rows().get(i), right));
        }
        if (t.leftOut() > 0) {
            lines.add(ink.faint("… and " + t.leftOut() + " more, computed and checked in the same way"));
        }
        return lines;
    }

    private String ending(Row r, Right right) {
        String value = " = " + Ink.right(ink.strong(Numbers.text(r.value())), right.value);
        Optional<Slope> slope = r.slope();
        return slope.isEmpty() ? value : value + "  " + Ink.right(Numbers.text(slope.get().value()), right.slope) + "  "
                + Ink.right(ink.faint(off(slope.get())), right.off);
    }

    private static String off(Slope s) {
        return s.kink() ? "kink" : Numbers.rough(s.difference());
    }

    private static String fold(Row r, boolean numbers) {
        StringBuilder s = new StringBuilder();
        for (Term t : r.terms()) {
            s.append(s.isEmpty() ? r.fold().open : r.fold().between).append(Text.plain(numbers ? t.numbers() : t.symbols()));
        }
        return s.isEmpty() ? "0" : s.append(r.fold().close).toString();
    }

    /** Symbols above numbers, term above term, as many to a line as there is room for. */
    private static List<String> stacked(Row r, String start, int room) {
        List<String> lines = new ArrayList<>();
        StringBuilder above = new StringBuilder(start);
        StringBuilder below = new StringBuilder(Ink.left("", Ink.width(start) - 2) + "= ");
        int begin = Ink.width(start);
        int used = 0;
        for (int i = 0; i < r.terms().size(); i++) {
            Term t = r.terms().get(i);
            boolean list = r.fold() == Part.Fold.MAX;
            String before = i == 0 ? r.fold().open : list ? " " : r.fold().between;
            String after = i == r.terms().size() - 1 ? r.fold().close : list ? "," : "";
            int wide = Math.max(Ink.width(Text.plain(t.symbols()) + after), Ink.width(Text.plain(t.numbers()) + after));
            if (used > 0 && used + Ink.width(before) + wide > room) {
                lines.add(above.toString());
                lines.add(below.toString());
                above = new StringBuilder(" ".repeat(begin));
                below = new StringBuilder(" ".repeat(begin));
                before = before.stripLeading();
                used = 0;
            }
            above.append(before).append(Ink.left(Text.plain(t.symbols()) + after, wide));
            below.append(before).append(Ink.left(Text.plain(t.numbers()) + after, wide));
            used += Ink.width(before) + wide;
        }
        lines.add(above.isEmpty() || r.terms().isEmpty() ? start + "0" : above.toString());
        if (!r.terms().isEmpty()) {
            lines.add(below.toString());
        }
        return lines;
    }
}
