package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Opens data sets by name or path. */
public final class Datasets {
    /** Names that are always there. */
    public static final List<String> BUILT_IN = List.of("fashion-mnist-small", "digits");
    /** Names that {@link #open} knows. */
    public static final List<String> NAMES = List.of("fashion-mnist-small", "digits", "fashion-mnist", "mnist");

    private Datasets() {
    }

    /**
     * Opens a data set: a name of {@link #NAMES}, or a folder that holds IDX files ({@code train-images-idx3-ubyte…}, plain or
     * gz), CIFAR-10 or CIFAR-100 in their binary form, or images by class ({@code train/<class>/*.png} with or without
     * {@code val/} or {@code test/}, or {@code <class>/*.png}).
     *
     * @param nameOrPath what the user wrote
     * @param options    where to look, how to fit and how to split
     * @return training and held-out examples
     * @throws FormatException if there is no such data or it is not what it claims: one line for the user
     */
    public static DataSplit open(String nameOrPath, Options options) {
        DataSplit split = switch (nameOrPath) {
            case "fashion-mnist-small" -> small();
            case "digits" -> Digits.split();
            default -> {
                Optional<Known> known = Known.named(nameOrPath);
                yield known.isPresent() ? named(known.get(), options) : folder(nameOrPath, options);
            }
        };
        return options.image().map(to -> new DataSplit(split.name(), Fit.fit(split.train(), to), Fit.fit(split.test(), to)))
                .orElse(split);
    }

    /**
     * {@return whether its images have one size by nature: a name of {@link #NAMES}, IDX or CIFAR, not a folder of images}
     * @param nameOrPath as in {@link #open}
     */
    public static boolean fixedSize(String nameOrPath) {
        if (NAMES.contains(nameOrPath)) {
            return true;
        }
        Path folder = path(nameOrPath);
        return Known.find(folder, Known.FILES.getFirst()).isPresent() || Cifar.in(folder).isPresent();
    }

    private static DataSplit small() {
        return new DataSplit("fashion-mnist-small", small("train"), small("t10k"));
    }

    private static Dataset small(String part) {
        String images = "fashion-mnist-small/" + part + "-images-idx3-ubyte.gz";
        String labels = "fashion-mnist-small/" + part + "-labels-idx1-ubyte.gz";
        return Idx.dataset(Bytes.resource(images, (in, n) -> Idx.read(in, n, 3, "images")), images,
                Bytes.resource(labels, (in, n) -> Idx.read(in, n, 1, "labels")), labels, Known.CLOTHES);
    }

    /**
     * Looks for a data set that is not built in, without reading it.
     *
     * @param name    one of {@link #NAMES}
     * @param options where to look
     * @return its folder, if it is on this machine
     */
    public static Optional<Path> find(String name, Options options) {
        return Known.named(name).stream().flatMap(known -> known.places(options).stream())
                .filter(place -> Known.find(place, Known.FILES.getFirst()).isPresent()).findFirst();
    }

    private static DataSplit named(Known known, Options options) {
        Optional<Path> found = find(known.name(), options);
        if (found.isPresent()) {
            return idx(known.name(), found.get(), options);
        }
        if (options.download() && options.cache().isPresent()) {
            Path place = options.cache().get().resolve(known.name());
            Download.all(known, place);
            return idx(known.name(), place, options);
        }
        throw new FormatException(known.name() + " is not on this machine (looked in "
                + String.join(", ", known.places(options).stream().map(Path::toString).toList())
                + "): give its folder with --data-dir, or fetch it with --download"
                + (known.folders().isEmpty() ? "" : ", or install Debian's package dataset-" + known.name()));
    }

    private static DataSplit folder(String nameOrPath, Options options) {
        Path folder = path(nameOrPath);
        if (Files.isRegularFile(folder)) {
            throw new FormatException(folder + " is a file; give the folder that holds the data set, or one of "
                    + String.join(", ", NAMES));
        }
        if (!Files.isDirectory(folder)) {
            throw new FormatException("there is no data set " + nameOrPath + ": it is neither a folder nor one of "
                    + String.join(", ", NAMES));
        }
        String name = folder.toAbsolutePath().normalize().getFileName() == null ? nameOrPath
                : folder.toAbsolutePath().normalize().getFileName().toString();
        if (Known.find(folder, Known.FILES.getFirst()).isPresent()) {
            return idx(name, folder, options);
        }
        return Cifar.in(folder).map(c -> c.open(name)).orElseGet(() -> ImageFolder.open(name, folder, options));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new FormatException("there is no data set " + text + ": it is neither a folder nor one of "
                    + String.join(", ", NAMES), e);
        }
    }

    /** The four files in a folder, or the two of training, of which a part is then held out. */
    private static DataSplit idx(String name, Path folder, Options options) {
        Optional<List<String>> classes = Known.named(name).map(Known::classes);
        Dataset train = idx(folder, 0, classes);
        if (Known.find(folder, Known.FILES.get(2)).isEmpty() && Known.find(folder, Known.FILES.get(3)).isEmpty()) {
            return DataSplit.stratified(name, train, options.holdout(), new Rng(options.seed()));
        }
        return new DataSplit(name, train, idx(folder, 2, Optional.of(train.classes())));
    }

    private static Dataset idx(Path folder, int first, Optional<List<String>> classes) {
        Path images = file(folder, Known.FILES.get(first));
        Path labels = file(folder, Known.FILES.get(first + 1));
        Idx y = Bytes.file(labels, (in, n) -> Idx.read(in, n, 1, "labels"));
        Idx x = Bytes.file(images, (in, n) -> Idx.read(in, n, 3, "images"));
        return Idx.dataset(x, images.toString(), y, labels.toString(), classes.orElseGet(() -> numbers(y.elements())));
    }

    private static List<String> numbers(byte[] labels) {
        int largest = 0;
        for (byte b : labels) {
            largest = Math.max(largest, b & 255);
        }
        return IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
    }

    private static Path file(Path folder, String name) {
        return Known.find(folder, name).orElseThrow(() -> new FormatException("the folder " + folder + " has no file " + name
                + " or " + name + ".gz; an IDX data set is " + String.join(", ", Known.FILES)));
    }

    /**
     * Reads one image for a network: colours converted, scaled to cover, centre-cropped, as {@link #open} does.
     *
     * @param file PNG, JPEG, BMP, GIF, WebP or TIFF
     * @param to   {@code C H W}
     * @return {@code C H W} bytes, each 0–255 unsigned
     * @throws FormatException if the file is missing or no image, truncated, or larger than 100 megapixels
     */
    public static byte[] image(Path file, Shape to) {
        return Images.read(file, to);
    }

    /**
     * {@return the image files in it and below, by their endings, sorted}
     * @param folder any folder
     * @throws FormatException if it cannot be read
     */
    public static List<Path> images(Path folder) {
        return Images.list(folder);
    }
}
