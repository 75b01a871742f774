package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A graph compiled for one batch size: steps over planned memory. It allocates everything when it is made and nothing in a
 * step.
 *
 * <p>The batch is walked in shards of 16 images: a thread takes a shard through all steps forward and, in training, back again
 * while its activations are in cache. Each shard leaves the gradient of its images apart; they are then added in the shards'
 * order. So the result follows from the shapes alone, never from the number of threads.
 *
 * <p>Not for several callers at once. Closing stops the threads.
 */
public final class Plan implements AutoCloseable {
    private final Compiled c;
    private final Step[] steps;
    private final Team team;
    private final Team.Task forward;
    private final Team.Task both;
    private final Team.Task reduce;
    private int n;

    private Plan(Compiled c, int threads) {
        this.c = c;
        this.steps = c.steps().toArray(Step[]::new);
        this.team = new Team(threads);
        this.forward = (shard, worker) -> forward(worker, shard);
        this.both = (shard, worker) -> {
            forward(worker, shard);
            backward(worker, shard);
        };
        this.reduce = (chunk, worker) -> c.gradients().reduce(chunk, shards());
    }

    /**
     * A plan that computes scores.
     *
     * @param network    from images to scores
     * @param parameters its weights, shared: later changes are seen. Their type decides that of all activations
     * @param batch      the most images in one pass, at least 1
     * @param backend    chooses kernels
     * @param threads    at least 1
     * @return the plan
     */
    public static Plan inference(Graph network, Parameters parameters, int batch, Backend backend, int threads) {
        return new Plan(Compiled.of(network, parameters, batch, backend, checked(threads), false), threads);
    }

    /**
     * A plan that computes scores, loss and gradients.
     *
     * @param network    from images to scores; labels and loss are put on top
     * @param parameters its weights, shared: later changes are seen. Their type decides that of all activations
     * @param batch      the most images in one step, at least 1
     * @param backend    chooses kernels
     * @param threads    at least 1
     * @return the plan
     */
    public static Plan training(Graph network, Parameters parameters, int batch, Backend backend, int threads) {
        return new Plan(Compiled.of(network.withLoss(), parameters, batch, backend, checked(threads), true), threads);
    }

    private static int checked(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new ShapeException("threads: expected 1 … 1024, received " + threads);
        }
        return threads;
    }

    /** {@return where the caller writes the batch: {@code N C H W}, in the backend's layout} */
    public Tensor images() {
        return c.images();
    }

    /** {@return where the caller of a training plan writes the classes: {@code N}, I32} */
    public Tensor labels() {
        return c.labels().orElseThrow(() -> new ShapeException("a plan for inference has no labels"));
    }

    /** {@return the network's output, {@code N K}: scores before softmax} */
    public Tensor scores() {
        return c.scores();
    }

    /** {@return the loss of each image, {@code N}, of a training plan} */
    public Tensor losses() {
        return c.losses().orElseThrow(() -> new ShapeException("a plan for inference has no loss"));
    }

    /** {@return gradients by the parameters' names; steps add to them, so clear them with {@code fill(0)} between} */
    public Parameters gradients() {
        return c.gradients().byName();
    }

    /** {@return the most images in one pass} */
    public int batch() {
        return c.batch();
    }

    /**
     * Computes scores, and in a training plan losses.
     *
     * @param n images in the batch, 1 … {@link #batch()}; what lies beyond is ignored
     */
    public void forward(int n) {
        begin(n);
        team.run(shards(), forward);
    }

    /**
     * One training step without the update: forward, mean loss, backward. Adds to {@link #gradients()}.
     *
     * @param n images in the batch, 1 … {@link #batch()}; what lies beyond is ignored
     * @return the mean loss of the n images
     */
    public double forwardBackward(int n) {
        begin(n);
        Tensor dLoss = c.dLoss().orElseThrow(() -> new ShapeException("a plan for inference has no gradients"));
        dLoss.fill(0);
        for (int i = 0; i < n; i++) {
            dLoss.set(i, 1.0 / n);
        }
        team.run(shards(), both);
        team.run(c.gradients().chunks(), reduce);
        return loss();
    }

    /** {@return the mean loss of the images of the last pass} */
    public double loss() {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += losses().get(i);
        }
        return sum / n;
    }

    private void begin(int n) {
        if (n < 1 || n > c.batch()) {
            throw new ShapeException("the plan takes 1 … " + c.batch() + " images, received " + n);
        }
        this.n = n;
    }

    private int shards() {
        return (n + Layout.WIDTH - 1) / Layout.WIDTH;
    }

    private void forward(int worker, int shard) {
        for (int i = 0; i < steps.length; i++) {
            steps[i].forward(worker, shard);
        }
    }

    private void backward(int worker, int shard) {
        for (int i = steps.length - 1; i >= 0; i--) {
            steps[i].backward(worker, shard);
        }
    }

    /**
     * One step for listings.
     *
     * @param name   of the node
     * @param op     what is computed
     * @param kernel how
     * @param output shape for the whole batch
     * @param flops  of one forward pass
     */
    public record Line(String name, String op, String kernel, Shape output, long flops) {
    }

    /** {@return the steps in order, with the kernel each got} */
    public List<Line> lines() {
        return c.steps().stream().map(s -> new Line(s.node().name(), s.node().op().kind(), s.kernel().name(), s.y(), s.flops()))
                .toList();
    }

    /** {@return bytes that the plan has allocated: activations, gradients, scratch; the weights are the caller's} */
    public long bytes() {
        return c.bytes();
    }

    /** {@return the number of threads} */
    public int threads() {
        return team.threads();
    }

    @Override
    public void close() {
        team.close();
    }
}
