package cortado.data;

import cortado.graph.Normalization;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * What a network learns from and what it is judged by.
 *
 * @param name  the data set's name
 * @param train learned from
 * @param test  held out: images of the same size and classes
 */
public record DataSplit(String name, Dataset train, Dataset test) {
    /** Pixels beyond which the normalization is estimated from a sample. */
    private static final long MANY_PIXELS = 1L << 30;

    /** Checks that both fit together and that there is something to tell apart; throws {@link FormatException}. */
    public DataSplit {
        if (!train.image().equals(test.image()) || !train.classes().equals(test.classes())) {
            throw new FormatException(name + ": training images are " + train.image() + " of " + train.classes().size()
                    + " classes, held-out images " + test.image() + " of " + test.classes().size());
        }
        if (train.size() == 0 || test.size() == 0) {
            throw new FormatException(name + ": " + train.size() + " training and " + test.size()
                    + " held-out images; both are needed, add images");
        }
        long present = java.util.stream.IntStream.range(0, train.size()).map(train::label).distinct().limit(2).count();
        if (present < 2) {
            throw new FormatException(name + ": all training images belong to the one class " + train.classes().get(train.label(0))
                    + "; a classifier needs at least two");
        }
    }

    /**
     * Splits one set, taking the same share of every class.
     *
     * @param name    the data set's name
     * @param all     every example
     * @param holdout share held out, between 0 and 1
     * @param rng     decides which
     * @return both parts, each in the order of the whole
     * @throws FormatException if a part would be empty
     */
    public static DataSplit stratified(String name, Dataset all, double holdout, Rng rng) {
        List<List<Integer>> byClass = new ArrayList<>(Collections.nCopies(all.classes().size(), List.of()));
        byClass.replaceAll(none -> new ArrayList<>());
        for (int i = 0; i < all.size(); i++) {
            byClass.get(all.label(i)).add(i);
        }
        boolean[] held = new boolean[all.size()];
        int count = 0;
        for (int c = 0; c < byClass.size(); c++) {
            List<Integer> members = byClass.get(c);
            int n = members.size();
            // One at least on each side wherever the class has two.
            int out = n < 2 ? 0 : Math.clamp(Math.round(n * holdout), 1, n - 1);
            int[] shuffled = rng.split("split").split(c).permutation(n);
            for (int k = 0; k < out; k++) {
                held[members.get(shuffled[k])] = true;
            }
            count += out;
        }
        int[] train = new int[all.size() - count];
        int[] test = new int[count];
        int a = 0;
        int b = 0;
        for (int i = 0; i < held.length; i++) {
            if (held[i]) {
                test[b++] = i;
            } else {
                train[a++] = i;
            }
        }
        return new DataSplit(name, all.subset(train), all.subset(test));
    }

    /** {@return the sizes of one image, {@code C H W}} */
    public Shape image() {
        return train.image();
    }

    /** {@return the class names} */
    public List<String> classes() {
        return train.classes();
    }

    /**
     * Mean and standard deviation of each channel over the training images; over 10,000 of them, seeded, where all would be
     * more than 2³⁰ pixels. A channel that never changes gets standard deviation 1.
     *
     * @return the normalization to store in the model
     */
    public Normalization normalization() {
        int per = image().size();
        int[] examples = new int[train.size()];
        Arrays.setAll(examples, i -> i);
        if ((long) per * examples.length > MANY_PIXELS && examples.length > 10_000) {
            examples = Arrays.copyOf(new Rng(0).split("normalization").permutation(examples.length), 10_000);
        }
        int channels = image().dim(0);
        // Counting values first keeps the sums exact, so their order does not matter.
        long[][] counts = new long[channels][256];
        byte[] pixels = new byte[per];
        for (int i : examples) {
            train.pixels(i, pixels, 0);
            for (int c = 0; c < channels; c++) {
                for (int p = c * per / channels; p < (c + 1) * per / channels; p++) {
                    counts[c][pixels[p] & 255]++;
                }
            }
        }
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        for (long[] count : counts) {
            double n = 0;
            double sum = 0;
            double squares = 0;
            for (int v = 0; v < 256; v++) {
                n += count[v];
                sum += (double) count[v] * v;
                squares += (double) count[v] * v * v;
            }
            double variance = squares / n - sum / n * (sum / n);
            mean.add(sum / n / 255);
            std.add(variance > 1e-6 ? Math.sqrt(variance) / 255 : 1.0);
        }
        return new Normalization(mean, std);
    }

    /**
     * SHA-256 over sizes, class names, labels and pixels of both parts. The same data has the same fingerprint whatever file
     * format it came in. Reads every pixel.
     *
     * @return 64 hexadecimal digits
     */
    public String fingerprint() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((image() + "\n" + String.join("\n", classes())).getBytes(StandardCharsets.UTF_8));
            for (Dataset part : List.of(train, test)) {
                ByteBuffer numbers = ByteBuffer.allocate(4 * (part.size() + 1)).putInt(part.size());
                byte[] pixels = new byte[part.image().size()];
                for (int i = 0; i < part.size(); i++) {
                    numbers.putInt(part.label(i));
                    part.pixels(i, pixels, 0);
                    sha.update(pixels);
                }
                sha.update(numbers.array());
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
