package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Images in folders named after their classes. Fitted images are kept in memory when they take at most half of it; all are then
 * read at once, so a bad file is found before training begins. Otherwise each is read when it is needed.
 */
final class ImageFolder implements Dataset {
    private static final List<String> HELD_OUT = List.of("val", "valid", "validation", "test");
    /** Larger images are scaled down unless the user asks otherwise: training time grows with the pixels. */
    private static final int LARGEST_SIDE = 64;
    private static final int SAMPLE = 100;

    private final Shape image;
    private final List<Path> files;
    private final int[] labels;
    private final List<String> classes;
    private final AtomicReferenceArray<byte[]> kept;

    private ImageFolder(Shape image, Listing listing, AtomicReferenceArray<byte[]> kept) {
        this.image = image;
        this.files = listing.files;
        this.labels = listing.labels.stream().mapToInt(Integer::intValue).toArray();
        this.classes = listing.classes;
        this.kept = kept;
    }

    /** Files and labels of one folder of classes. */
    private record Listing(List<String> classes, List<Path> files, List<Integer> labels) {
    }

    static DataSplit open(String name, Path folder, Options options) {
        if (Files.isDirectory(folder.resolve("train"))) {
            Path trainFolder = folder.resolve("train");
            Listing train = list(trainFolder, folders(trainFolder));
            Optional<Path> heldOut = HELD_OUT.stream().map(folder::resolve).filter(Files::isDirectory).findFirst();
            Optional<Listing> test = heldOut.map(t -> list(t, known(t, train.classes)));
            Shape image = options.image().orElseGet(() -> shape(train.files, options.bad()));
            Dataset all = read(image, train, options);
            return test.map(t -> new DataSplit(name, all, read(image, t, options)))
                    .orElseGet(() -> DataSplit.stratified(name, all, options.holdout(), new Rng(options.seed())));
        }
        Path root = root(folder);
        Listing all = list(root, folders(root));
        Shape image = options.image().orElseGet(() -> shape(all.files, options.bad()));
        return DataSplit.stratified(name, read(image, all, options), options.holdout(), new Rng(options.seed()));
    }

    /** Archives often wrap everything in one more folder. */
    private static Path root(Path folder) {
        List<String> inside = folders(folder);
        if (inside.isEmpty()) {
            throw new FormatException("the folder " + folder + " is no data set: expected folders named after classes with images "
                    + "in them (<class>/*.png or train/<class>/*.png), or IDX files (" + Known.FILES.getFirst()
                    + "…), or CIFAR's binary files");
        }
        Path first = folder.resolve(inside.getFirst());
        return inside.size() == 1 && !folders(first).isEmpty() ? root(first) : folder;
    }

    private static List<String> folders(Path folder) {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory).map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).sorted()
                    .toList();
        } catch (IOException e) {
            throw new FormatException("cannot read the folder " + folder + ": " + Bytes.reason(e), e);
        }
    }

    private static List<String> known(Path folder, List<String> classes) {
        for (String name : folders(folder)) {
            if (!classes.contains(name)) {
                throw new FormatException("the class folder " + folder.resolve(name) + " has no counterpart in train/; there are "
                        + String.join(", ", classes));
            }
        }
        return classes;
    }

    private static Listing list(Path root, List<String> classes) {
        if (classes.size() < 2) {
            throw new FormatException("the folder " + root + " has "
                    + (classes.isEmpty() ? "no class folder" : "only the class " + classes.getFirst())
                    + "; a classifier needs at least two folders with images, named after their classes");
        }
        Listing all = new Listing(classes, new ArrayList<>(), new ArrayList<>());
        for (int c = 0; c < classes.size(); c++) {
            Path folder = root.resolve(classes.get(c));
            List<Path> images = Files.isDirectory(folder) ? Images.list(folder) : List.of();
            if (images.isEmpty()) {
                throw new FormatException("the class folder " + folder + (Files.isDirectory(folder) ? " has no images in it"
                        : " is missing") + "; expected files ending in .png, .jpg, .jpeg, .bmp, .gif, .webp or .tif");
            }
            all.files.addAll(images);
            for (int i = 0; i < images.size(); i++) {
                all.labels.add(c);
            }
        }
        return all;
    }

    /**
     * The size to use where the user gives none, from a sample: the images' own where all agree and are small, else a square as
     * large as the middle one's shorter side, at most 64. One channel where nine of ten are grey.
     */
    private static Shape shape(List<Path> files, Options.BadImage bad) {
        int n = Math.min(SAMPLE, files.size());
        // Keeps the shapes alone, grey images as one channel: a hundred photos would fill the memory.
        List<Shape> sample = IntStream.range(0, n).parallel()
                .mapToObj(i -> shape(files.get((int) ((long) i * files.size() / n)), bad)).flatMap(Optional::stream).toList();
        if (sample.isEmpty()) {
            throw new FormatException(files.getFirst() + " and the " + (n - 1) + " images that were tried after it cannot be read");
        }
        int channels = sample.stream().filter(s -> s.dim(0) == 1).count() * 10 >= sample.size() * 9L ? 1 : 3;
        Shape first = sample.getFirst();
        boolean same = sample.stream().allMatch(s -> s.dim(1) == first.dim(1) && s.dim(2) == first.dim(2));
        if (same && Math.max(first.dim(1), first.dim(2)) <= LARGEST_SIDE) {
            return Shape.of(channels, first.dim(1), first.dim(2));
        }
        int[] sides = sample.stream().mapToInt(s -> Math.min(s.dim(1), s.dim(2))).sorted().toArray();
        int side = Math.min(LARGEST_SIDE, sides[sides.length / 2]);
        return Shape.of(channels, side, side);
    }

    /** Of one image; a bad one has none where it will be skipped. */
    private static Optional<Shape> shape(Path file, Options.BadImage bad) {
        try {
            return Optional.of(Images.picture(file).lean());
        } catch (FormatException e) {
            if (bad == Options.BadImage.FAIL) {
                throw fatal(e);
            }
            return Optional.empty();
        }
    }

    /**
     * Reads everything that is to be kept, on all cores. If several files are bad, the first in order is reported, or all are told
     * and left out; then files are also read that are not kept, to know them.
     */
    private static ImageFolder read(Shape image, Listing listing, Options options) {
        int n = listing.files.size();
        boolean fits = (long) n * image.size() <= Runtime.getRuntime().maxMemory() / 2;
        boolean skip = options.bad() == Options.BadImage.SKIP;
        AtomicReferenceArray<byte[]> kept = new AtomicReferenceArray<>(fits ? n : 0);
        ConcurrentSkipListMap<Integer, FormatException> bad = new ConcurrentSkipListMap<>();
        Counter counter = new Counter(n, options.listener());
        IntStream.range(0, fits || skip ? n : 0).parallel().forEach(i -> {
            if (skip || bad.isEmpty() || i < bad.firstKey()) {
                try {
                    byte[] pixels = Images.read(listing.files.get(i), image);
                    if (fits) {
                        kept.set(i, pixels);
                    }
                } catch (FormatException e) {
                    bad.put(i, e);
                }
                counter.next();
            }
        });
        if (bad.isEmpty()) {
            options.listener().accept(new Loading.Done(n, 0));
            return new ImageFolder(image, listing, kept);
        }
        if (!skip) {
            throw fatal(bad.firstEntry().getValue());
        }
        bad.values().forEach(e -> options.listener().accept(new Loading.Skipped(e.getMessage())));
        options.listener().accept(new Loading.Done(n, bad.size()));
        return without(bad.keySet(), image, listing, kept);
    }

    private static FormatException fatal(FormatException e) {
        return new FormatException(e.getMessage() + " (--on-bad-image skip leaves out what cannot be read)", e);
    }

    private static ImageFolder without(Set<Integer> bad, Shape image, Listing listing, AtomicReferenceArray<byte[]> kept) {
        int[] good = IntStream.range(0, listing.files.size()).filter(i -> !bad.contains(i)).toArray();
        AtomicReferenceArray<byte[]> rest = new AtomicReferenceArray<>(kept.length() == 0 ? 0 : good.length);
        for (int k = 0; k < rest.length(); k++) {
            rest.set(k, kept.get(good[k]));
        }
        return new ImageFolder(image, new Listing(listing.classes, Arrays.stream(good).mapToObj(listing.files::get).toList(),
                Arrays.stream(good).mapToObj(listing.labels::get).toList()), rest);
    }

    /** Counts for several threads and tells one listener. */
    private static final class Counter {
        private final int of;
        private final Consumer<Loading> listener;
        private int images;

        Counter(int of, Consumer<Loading> listener) {
            this.of = of;
            this.listener = listener;
        }

        synchronized void next() {
            listener.accept(new Loading.Read(++images, of));
        }
    }

    @Override
    public Shape image() {
        return image;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public int label(int i) {
        return labels[i];
    }

    /** An array each: with its header, and with what lies between it and the next. */
    @Override
    public long kept() {
        return kept.length() * Math.ceilDiv(image.size() + 16L, 64) * 64;
    }

    @Override
    public void pixels(int i, byte[] to, int at) {
        byte[] p = i < kept.length() ? kept.get(i) : Images.read(files.get(i), image);
        System.arraycopy(p, 0, to, at, p.length);
    }

    @Override
    public String describe(int i) {
        return files.get(i).toString();
    }

    @Override
    public String toString() {
        return "images in folders: " + files.size() + " of " + Arrays.toString(image.dims());
    }
}
