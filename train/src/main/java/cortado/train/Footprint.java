package cortado.train;

import cortado.data.DataSplit;
import cortado.data.Loader;
import cortado.graph.Graph;
import cortado.io.Json;
import cortado.op.Backend;
import cortado.op.Op;
import cortado.plan.Plan;
import cortado.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the process of a training has in memory at its peak, in bytes, told before anything of it is allocated.
 *
 * @param plan     activations, gradients and scratch of a step
 * @param judging  the same of the plan that looks at held-out images, with the weights as its kernels want them
 * @param weights  the weights, the best so far, what the optimizer remembers, averaged weights, and on resuming the checkpoint
 * @param batches  images that loaders have ready
 * @param data     images that are kept in memory
 * @param java     the machine that runs it all, {@link #JAVA}
 */
public record Footprint(long plan, long judging, long weights, long batches, long data, long java) {
    /**
     * Classes, compiled code, the compiler at work, a young generation of 32 MB, and what is left lying about in the old one. Measured
     * with the launcher's options (docs/design-notes.md#memory-told-beforehand).
     */
    public static final long JAVA = 215_000_000;

    /**
     * {@return what a training by the usual settings would take, without its data set; allocates nothing}
     * @param network from images to scores
     * @param batch   images in a step, at least 1
     * @param threads at least 1
     */
    public static Footprint outline(Graph network, int batch, int threads) {
        Shape image = network.input().example();
        int held = Evaluation.batch(image, Integer.MAX_VALUE);
        long learned = network.learned();
        long all = network.params().stream().map(Op.Param::shape).mapToLong(Shape::size).sum();
        Optimizer optimizer = Optimizer.named("adamw", 0, 0);
        return new Footprint(Plan.outline(network.withLoss(), batch, Backend.vector(), threads, true).bytes(),
                Plan.outline(network, held, Backend.vector(), threads, false).bytes(),
                weights(2 * all, learned, optimizer), 4 * Loader.RING * (long) image.size() * (batch + held), 0, JAVA);
    }

    /** What a training takes that has made its plans, beside a checkpoint of so many numbers. */
    static Footprint of(Settings settings, Graph network, DataSplit data, Plan plan, Plan judge, long checkpoint) {
        long all = network.params().stream().map(Op.Param::shape).mapToLong(Shape::size).sum();
        int copies = settings.updates().ema().isPresent() ? 3 : 2;
        return new Footprint(plan.bytes(), judge.bytes(),
                weights(copies * all + checkpoint, plan.gradients().count(), settings.optimizer()),
                4 * Loader.RING * ((long) plan.images().length() + judge.images().length()),
                data.train().kept() + data.test().kept(), JAVA);
    }

    private static long weights(long kept, long learned, Optimizer optimizer) {
        return 4 * (kept + learned * (optimizer.moments() + optimizer.scratch()));
    }

    /** {@return all of it} */
    public long total() {
        return plan + judging + weights + batches + data + java;
    }

    /** {@return {@code {"plan":…,"judging":…,"weights":…,"batches":…,"data":…,"java":…,"total":…}}, bytes} */
    public Json.Obj json() {
        return Json.object().with("plan", plan).with("judging", judging).with("weights", weights).with("batches", batches)
                .with("data", data).with("java", java).with("total", total());
    }

    /** {@return the most bytes that this process ever had in memory (Linux' {@code VmHWM}); nothing where the system does not say} */
    public static OptionalLong peak() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(l -> l.startsWith("VmHWM:")).mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException e) {
            System.getLogger(Footprint.class.getName()).log(System.Logger.Level.DEBUG, "not told: " + status, e);
            return OptionalLong.empty();
        }
    }
}
