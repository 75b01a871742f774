package cortado.train;

import cortado.data.Batch;
import cortado.data.DataSplit;
import cortado.data.Dataset;
import cortado.data.Loader;
import cortado.graph.Normalization;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A picture of what augmentation does: some training images as they are, and below as a network would see them. */
public final class AugmentationSheet {
    private AugmentationSheet() {
    }

    /**
     * Draws it.
     *
     * @param settings augmentation and seed
     * @param data     whose first training images of the seed's order are shown
     * @param images   columns, 1 … 64; the images are one batch, in which mixup and cutmix find their pairs
     * @param epochs   rows below the images as they are, 1 … 64
     * @param file     PNG to write
     * @throws cortado.tensor.FormatException for counts out of range, or augmentation that makes no sense for the images
     */
    public static void draw(Settings settings, DataSplit data, int images, int epochs, Path file) {
        Ranges.count("images of the sheet", images, 1, 64);
        Ranges.count("epochs of the sheet", epochs, 1, 64);
        int n = Math.min(images, data.train().size());
        Augmentation a = settings.augmentation();
        a.check(data.image(), n);
        Rng rng = new Rng(settings.seed());
        Dataset some = data.train().subset(Arrays.copyOf(rng.split("order").split(0).permutation(data.train().size()), n));
        Normalization normalization = data.normalization();
        Loader plain = Loader.inOrder(some, normalization, n, Layout.ROWS);
        Loader changed = plain.changed(a.transform(), a.mixing(), rng);
        List<List<ImageSheet.Tile>> rows = new ArrayList<>();
        for (int e = 0; e < epochs; e++) {
            try (Loader.Epoch epoch = changed.epoch(e)) {
                rows.add(tiles(epoch.next(), data.classes(), normalization));
            }
        }
        try (Loader.Epoch epoch = plain.epoch(0)) {
            ImageSheet.augmented(Thumbnail.of(epoch.next(), n, data.classes(), normalization), rows).canvas().save(file);
        }
    }

    /** Below each image stands what it is; where another is mixed in, how much of both. */
    private static List<ImageSheet.Tile> tiles(Batch batch, List<String> classes, Normalization normalization) {
        List<Thumbnail> images = Thumbnail.of(batch, batch.n(), classes, normalization);
        List<ImageSheet.Tile> tiles = new ArrayList<>();
        for (int i = 0; i < batch.n(); i++) {
            int own = batch.labels().ints()[i];
            int other = batch.targets().isPresent() ? mixedIn(batch.targets().get(), i, own) : own;
            boolean mixed = other != own;
            String label = mixed ? share(batch.targets().get(), i, own, classes) : classes.get(own);
            tiles.add(new ImageSheet.Tile(new Thumbnail(label, images.get(i).png()),
                    mixed ? share(batch.targets().get(), i, other, classes) : "", false));
        }
        return tiles;
    }

    private static String share(Tensor targets, int i, int k, List<String> classes) {
        return String.format(Locale.ROOT, "%.0f %% %s", 100 * targets.get(i, k), classes.get(k));
    }

    /** The other class of an image, or its own where there is none. */
    private static int mixedIn(Tensor targets, int i, int own) {
        for (int k = 0; k < targets.shape().dim(1); k++) {
            if (k != own && targets.get(i, k) > 0) {
                return k;
            }
        }
        return own;
    }
}
