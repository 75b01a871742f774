package cortado.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A data set of four IDX files that goes by a name.
 *
 * @param name    {@code mnist}
 * @param classes class names
 * @param home    where its publisher keeps the packed files
 * @param folders where this machine may have it: Debian's package
 * @param files   training images and labels, test images and labels
 */
record Known(String name, List<String> classes, URI home, List<Path> folders, List<Piece> files) {
    /** Class names of every set of digits. */
    static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    /** Class names of Fashion-MNIST. */
    static final List<String> CLOTHES = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
            "Bag", "Ankle boot");

    /** The names of the four files, unpacked. */
    static final List<String> FILES = List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte");

    /** The sets that are found by name; the sums are those of the unpacked files. */
    static final List<Known> SETS = List.of(
            known("fashion-mnist", CLOTHES, "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
                    List.of(Path.of("/usr/share/datasets/fashion-mnist")),
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            known("mnist", DIGITS, "https://ossci-datasets.s3.amazonaws.com/mnist/", List.of(),
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    /**
     * One of the files.
     *
     * @param file   name, unpacked
     * @param sha256 of the unpacked file: the same data is packed differently by different people
     */
    record Piece(String file, String sha256) {
    }

    private static Known known(String name, List<String> classes, String home, List<Path> folders, String... sums) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            pieces.add(new Piece(FILES.get(i), sums[i]));
        }
        return new Known(name, classes, URI.create(home), folders, pieces);
    }

    /** {@return the set of that name, if there is one} */
    static Optional<Known> named(String name) {
        return SETS.stream().filter(k -> k.name.equals(name)).findFirst();
    }

    /** {@return the folders to look in, in order} */
    List<Path> places(Options options) {
        List<Path> all = new ArrayList<>();
        options.folder().ifPresent(f -> all.addAll(List.of(f.resolve(name), f)));
        options.cache().ifPresent(c -> all.add(c.resolve(name)));
        all.addAll(folders);
        return all;
    }

    /** {@return that file in that folder, plain or packed} */
    static Optional<Path> find(Path folder, String file) {
        return List.of(folder.resolve(file), folder.resolve(file + ".gz")).stream().filter(Files::isRegularFile).findFirst();
    }
}
