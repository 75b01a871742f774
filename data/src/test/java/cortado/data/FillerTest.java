package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import cortado.graph.Normalization;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FillerTest {
    /** Fewer bytes than any object takes: the share of a batch that is mixed may cost one, an image none. */
    private static final long NOTHING = 20 * 39 * 4;
    private static final Shape IMAGE = Shape.of(3, 17, 13);
    private static final Transform ALL = Transform.crop(2, Transform.Border.REFLECT)
            .then(Transform.crop(1, Transform.Border.ZERO)).then(Transform.resizedCrop(0.5, 1, 0.75, 1.33))
            .then(Transform.horizontalFlip(0.5)).then(Transform.verticalFlip(0.5)).then(Transform.rotation(20))
            .then(new RandAugment(7, 2, 0.5, 1)).then(new ColorJitter(0.4, 0.4, 0.4, 0.1)).then(Transform.cutout(4))
            .then(new Erasing(0.5, Erasing.Mode.PIXEL, 2));

    /** Until the JIT has compiled everything there may be some, so the test waits for that. */
    @ParameterizedTest(name = "{0}, seed 1")
    @EnumSource(value = Layout.class, names = {"ROWS", "LANES"})
    @Timeout(90)
    void noImageAllocatesAnything(Layout layout) {
        byte[] pixels = new byte[40 * IMAGE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) new Rng(1).below(i, 256);
        }
        int[] labels = new int[40];
        Arrays.setAll(labels, i -> i % 3);
        Dataset data = Dataset.of(IMAGE, pixels, labels, List.of("a", "b", "c"), "random");
        Filler filler = new Filler(data, Normalization.none(3), Changes.of(ALL, new Mixing(0.4, 1, 0.9, 0.5, 0), new Rng(1)), layout);
        Batch batch = new Batch(IMAGE, 40, layout, Optional.of(3));
        int[] order = new Rng(1).permutation(40);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BooleanSupplier never = () -> false;
        long allocated = Long.MAX_VALUE;
        long until = System.nanoTime() + 60_000_000_000L;
        for (int epoch = 0; allocated > NOTHING && System.nanoTime() < until; epoch++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                batch.begin(i, 39);
                filler.fill(batch, order, 0, epoch, never);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes in 20 batches").isLessThanOrEqualTo(NOTHING);
    }
}
