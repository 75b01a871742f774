package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The UCI handwritten digits as scikit-learn ships them: a row of 64 values 0–16 (8×8, row by row) and the label. */
final class Digits {
    private static final int PIXELS = 64;
    private static final int BRIGHTEST = 16;

    private Digits() {
    }

    /** The embedded set. The split is fixed: every fifth of each class, whatever the seed, so that accuracies compare. */
    static DataSplit split() {
        Dataset all = Bytes.resource("digits.csv.gz", Digits::read);
        return DataSplit.stratified("digits", all, 0.2, new Rng(0));
    }

    /** Rows to a set; a {@link Bytes.Reader}. */
    static Dataset read(InputStream in, String name) throws IOException {
        BufferedReader rows = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        List<Integer> labels = new ArrayList<>();
        for (String row = rows.readLine(); row != null; row = rows.readLine()) {
            String where = name + " line " + (labels.size() + 1);
            String[] values = row.split(",", -1);
            if (values.length != PIXELS + 1) {
                throw new FormatException(where + ": expected 64 values and a label, received " + values.length + " values");
            }
            for (int p = 0; p < PIXELS; p++) {
                int v = number(values[p], BRIGHTEST, where);
                pixels.write((v * 255 + BRIGHTEST / 2) / BRIGHTEST);
            }
            labels.add(number(values[PIXELS], 9, where));
        }
        if (labels.isEmpty()) {
            throw new FormatException(name + " has no rows");
        }
        return Dataset.of(Shape.of(1, 8, 8), pixels.toByteArray(), labels.stream().mapToInt(Integer::intValue).toArray(),
                Known.DIGITS, name);
    }

    private static int number(String text, int most, String where) {
        try {
            int v = Integer.parseInt(text.strip());
            if (v >= 0 && v <= most) {
                return v;
            }
        } catch (NumberFormatException e) {
            // falls through to the message below
        }
        throw new FormatException(where + ": expected a whole number 0–" + most + ", received '"
                + text.substring(0, Math.min(20, text.length())) + "'");
    }
}
