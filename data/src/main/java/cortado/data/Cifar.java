package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * CIFAR-10 and CIFAR-100 in their binary form (Krizhevsky 2009): records of a label (CIFAR-100: a coarse, then a fine one) and
 * 3072 bytes, 32×32 red, then green, then blue.
 *
 * @param folder    where the files are
 * @param skipped   bytes of a record before its label
 * @param train     training files
 * @param test      the test file
 * @param namesFile text file with a class name a line, which may be missing
 * @param names     class names then
 */
record Cifar(Path folder, int skipped, List<String> train, String test, String namesFile, List<String> names) {
    private static final Shape IMAGE = Shape.of(3, 32, 32);
    private static final List<String> TEN = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
            "truck");

    /** {@return the set in that folder or in the folder its archive unpacks to, if there is one} */
    static Optional<Cifar> in(Path folder) {
        for (Path f : List.of(folder, folder.resolve("cifar-10-batches-bin"), folder.resolve("cifar-100-binary"))) {
            if (Files.isRegularFile(f.resolve("data_batch_1.bin"))) {
                List<String> train = IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();
                return Optional.of(new Cifar(f, 0, train, "test_batch.bin", "batches.meta.txt", TEN));
            }
            if (Files.isRegularFile(f.resolve("train.bin")) && Files.isRegularFile(f.resolve("test.bin"))) {
                return Optional.of(new Cifar(f, 1, List.of("train.bin"), "test.bin", "fine_label_names.txt",
                        IntStream.range(0, 100).mapToObj(String::valueOf).toList()));
            }
        }
        return Optional.empty();
    }

    DataSplit open(String name) {
        List<String> classes = classes();
        return new DataSplit(name, read(train, classes), read(List.of(test), classes));
    }

    private List<String> classes() {
        Path file = folder.resolve(namesFile);
        if (!Files.isRegularFile(file)) {
            return names;
        }
        String text = Bytes.file(file, (in, n) -> new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8));
        List<String> lines = text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        if (lines.size() != names.size()) {
            throw new FormatException(file + ": expected " + names.size() + " class names, one a line, received " + lines.size());
        }
        return lines;
    }

    private Dataset read(List<String> files, List<String> classes) {
        byte[] pixels = {};
        int[] labels = {};
        for (String f : files) {
            Path file = folder.resolve(f);
            byte[] records = Bytes.file(file, this::records);
            int length = skipped + 1 + IMAGE.size();
            int old = labels.length;
            int n = records.length / length;
            if ((long) (old + n) * IMAGE.size() > Integer.MAX_VALUE - 8L) {
                throw new FormatException(file + ": more than 2 GiB of images");
            }
            pixels = Arrays.copyOf(pixels, (old + n) * IMAGE.size());
            labels = Arrays.copyOf(labels, old + n);
            for (int i = 0; i < n; i++) {
                int label = records[i * length + skipped] & 255;
                if (label >= classes.size()) {
                    throw new FormatException(file + ": label " + label + " at byte offset " + (i * length + skipped)
                            + " is not one of the " + classes.size() + " classes");
                }
                labels[old + i] = label;
                System.arraycopy(records, i * length + skipped + 1, pixels, (old + i) * IMAGE.size(), IMAGE.size());
            }
        }
        String source = files.size() == 1 ? files.getFirst() : "data_batch_*.bin";
        return Dataset.of(IMAGE, pixels, labels, classes, folder.resolve(source).toString());
    }

    private byte[] records(InputStream in, String name) throws IOException {
        byte[] all = in.readNBytes(Integer.MAX_VALUE - 8);
        int length = skipped + 1 + IMAGE.size();
        if (all.length == 0 || all.length % length != 0) {
            throw new FormatException(name + " is truncated or no CIFAR file: expected records of " + length + " bytes, received "
                    + all.length + " bytes, " + all.length % length + " too many");
        }
        return all;
    }
}
