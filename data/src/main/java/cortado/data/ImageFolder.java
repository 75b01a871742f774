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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
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

    private ImageFolder(Shape image, Listing listing) {
        this.image = image;
        this.files = listing.files;
        this.labels = listing.labels.stream().mapToInt(Integer::intValue).toArray();
        this.classes = listing.classes;
        boolean fits = (long) files.size() * image.size() <= Runtime.getRuntime().maxMemory() / 2;
        this.kept = new AtomicReferenceArray<>(fits ? files.size() : 0);
        load();
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
            Shape image = options.image().orElseGet(() -> shape(train.files));
            Dataset all = new ImageFolder(image, train);
            return test.map(t -> new DataSplit(name, all, new ImageFolder(image, t)))
                    .orElseGet(() -> DataSplit.stratified(name, all, options.holdout(), new Rng(options.seed())));
        }
        Path root = root(folder);
        Listing all = list(root, folders(root));
        Shape image = options.image().orElseGet(() -> shape(all.files));
        return DataSplit.stratified(name, new ImageFolder(image, all), options.holdout(), new Rng(options.seed()));
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
    private static Shape shape(List<Path> files) {
        int n = Math.min(SAMPLE, files.size());
        // Keeps the shapes alone, grey images as one channel: a hundred photos would fill the memory.
        List<Shape> sample = IntStream.range(0, n).parallel()
                .mapToObj(i -> Images.picture(files.get((int) ((long) i * files.size() / n))).lean()).toList();
        int channels = sample.stream().filter(s -> s.dim(0) == 1).count() * 10 >= n * 9L ? 1 : 3;
        Shape first = sample.getFirst();
        boolean same = sample.stream().allMatch(s -> s.dim(1) == first.dim(1) && s.dim(2) == first.dim(2));
        if (same && Math.max(first.dim(1), first.dim(2)) <= LARGEST_SIDE) {
            return Shape.of(channels, first.dim(1), first.dim(2));
        }
        int[] sides = sample.stream().mapToInt(s -> Math.min(s.dim(1), s.dim(2))).sorted().toArray();
        int side = Math.min(LARGEST_SIDE, sides[n / 2]);
        return Shape.of(channels, side, side);
    }

    /** Reads everything that is to be kept, on all cores; if several files are bad, the first in order is reported. */
    private void load() {
        AtomicInteger firstBad = new AtomicInteger(Integer.MAX_VALUE);
        IntStream.range(0, kept.length()).parallel().forEach(i -> {
            if (i < firstBad.get()) {
                try {
                    kept.set(i, Images.read(files.get(i), image));
                } catch (FormatException e) {
                    firstBad.accumulateAndGet(i, Math::min);
                }
            }
        });
        if (firstBad.get() < Integer.MAX_VALUE) {
            Images.read(files.get(firstBad.get()), image);
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
