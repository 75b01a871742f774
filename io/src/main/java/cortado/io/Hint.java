package cortado.io;

import java.io.File;
import java.util.Collection;
import java.util.Comparator;

/** "Did you mean …?", and commands to copy. */
public final class Hint {
    private static final int LONGEST = 64;

    private Hint() {
    }

    /**
     * {@return {@code "; did you mean kernel?"} if one of the known words is close, else an empty string}
     * @param word  what was received
     * @param known what is expected
     */
    public static String near(String word, Collection<String> known) {
        int most = (word.length() + 1) / 3;
        return word.length() > LONGEST ? "" : known.stream()
                .filter(k -> k.length() <= LONGEST && distance(word, k) <= most)
                .min(Comparator.comparingInt(k -> distance(word, k)))
                .map(k -> "; did you mean " + Fields.shown(k) + "?").orElse("");
    }

    /**
     * {@return a word of a command line as a shell takes it for one: blanks, quotes and what else it would read otherwise stand
     * between quotes}
     * @param word a path, say
     */
    public static String quoted(Object word) {
        String plain = word.toString();
        boolean windows = File.separatorChar == '\\';
        return plain.matches(windows ? "[\\p{L}\\p{N}_@+=:,./\\\\-]+" : "[\\p{L}\\p{N}_@%+=:,./-]+") ? plain
                : windows ? '"' + plain + '"' : "'" + plain.replace("'", "'\\''") + "'";
    }

    /** Levenshtein's distance: insertions, deletions and replacements that turn one word into the other; a swap counts two. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
