package cortado.plan;

import cortado.graph.Graph;
import cortado.graph.Node;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Kernel;
import cortado.op.Phase;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A graph compiled for one batch size: steps over planned memory. It allocates everything when it is made and nothing in a
 * step.
 *
 * <p>Small networks are walked in shards of 16 images: a thread takes a shard through all steps forward and, in training, back again
 * while its activations are in cache; each shard leaves the gradient of its images apart, and they are added in the shards' order.
 * Others are walked step by step, every thread taking a share of each step. Either way the result follows from the shapes alone,
 * never from the number of threads.
 *
 * <p>Not for several callers at once. Closing stops the threads.
 */
public final class Plan implements AutoCloseable {
    private final Compiled c;
    private final Outline outline;
    private final Team team;
    private final Phase[] prepare;
    private final Phase[] forward;
    private final Phase[] both;
    private long key;
    private int n;

    private Plan(Graph graph, Parameters parameters, int batch, Backend backend, int threads, boolean training,
            Set<String> frozen) {
        parameters.expect(graph);
        Folding folding = folding(graph, training);
        Compiled.Compiler compiler = Compiled.compiler(folding.graph(), parameters.type(), batch, backend, checked(threads),
                training, frozen);
        Parameters folded = folding.weights(parameters);
        this.outline = new Outline(compiler.outline().lines(), compiler.outline().bytes() + folding.bytes());
        this.c = compiler.compile(folded);
        this.team = new Team(threads);
        this.prepare = Stream.concat(folding.phases(parameters, folded).stream(), c.prepare().stream()).toArray(Phase[]::new);
        this.forward = c.forward().toArray(Phase[]::new);
        this.both = c.both().toArray(Phase[]::new);
        refresh();
    }

    /**
     * A plan that computes scores.
     *
     * @param network    from images to scores
     * @param parameters its weights, shared: call {@link #refresh} after changing them. Their type decides that of all activations
     * @param batch      the most images in one pass, at least 1
     * @param backend    chooses kernels
     * @param threads    at least 1
     * @return the plan
     */
    public static Plan inference(Graph network, Parameters parameters, int batch, Backend backend, int threads) {
        return new Plan(network, parameters, batch, backend, threads, false, Set.of());
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
        return trainingWithLoss(network.withLoss(), parameters, batch, backend, threads);
    }

    /**
     * A plan that computes scores, loss and gradients.
     *
     * @param withLoss   from images to scores, and labels and loss on top: {@link Graph#withLoss(cortado.op.Loss, cortado.op.Input)}
     * @param parameters its weights, shared: later changes are seen. Their type decides that of all activations
     * @param batch      the most images in one step, at least 1
     * @param backend    chooses kernels
     * @param threads    at least 1
     * @return the plan
     */
    public static Plan trainingWithLoss(Graph withLoss, Parameters parameters, int batch, Backend backend, int threads) {
        return trainingWithLoss(withLoss, parameters, batch, backend, threads, Set.of());
    }

    /**
     * A plan that computes scores, loss and gradients of some parameters only. What is not needed for them is not computed: neither the
     * frozen ones' gradients nor any gradient below the lowest layer that learns.
     *
     * @param withLoss   as without {@code frozen}
     * @param parameters its weights, shared: later changes are seen
     * @param batch      the most images in one step, at least 1
     * @param backend    chooses kernels
     * @param threads    at least 1
     * @param frozen     names of parameters that have no gradient; others than the network's mean nothing
     * @return the plan
     */
    public static Plan trainingWithLoss(Graph withLoss, Parameters parameters, int batch, Backend backend, int threads,
            Set<String> frozen) {
        return new Plan(withLoss, parameters, batch, backend, threads, true, Set.copyOf(frozen));
    }

    private static int checked(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new ShapeException("threads: expected 1 … 1024, received " + threads);
        }
        return threads;
    }

    /**
     * Tells a plan for inference that weights have changed: kernels keep them transformed. A plan for training looks at them in every
     * pass.
     */
    public void refresh() {
        c.pass().begin(c.batch(), 0);
        run(prepare);
    }

    /**
     * Sets the key of the random numbers that dropout draws in the passes to come; equal keys give equal masks.
     *
     * @param key of {@link cortado.tensor.Rng}, another one for every step
     */
    public void draw(long key) {
        this.key = key;
    }

    /** {@return where the caller writes the batch: {@code N C H W}, in the layout that the plan has chosen} */
    public Tensor images() {
        return c.images();
    }

    /** {@return where the caller of a training plan writes the classes: {@code N}, I32, or what the loss takes instead} */
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
        return c.gradients();
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
        run(forward);
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
        run(both);
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
        c.pass().begin(n, key);
    }

    private void run(Phase[] phases) {
        for (Phase p : phases) {
            team.run(p);
        }
    }

    /**
     * One step for listings.
     *
     * @param name   of the node
     * @param op     what is computed
     * @param kernel how
     * @param layout of activations
     * @param output shape for the whole batch
     * @param flops  of one forward pass
     * @param bytes  that one forward pass reads and writes at least: inputs, parameters, output
     */
    public record Line(String name, String op, String kernel, Layout layout, Shape output, long flops, long bytes) {
        static Line of(Node n, Kernel kernel, Layout layout, List<Shape> shapes, int v) {
            Shape[] in = Graph.inputs(n, shapes);
            long elements = Arrays.stream(in).mapToLong(Shape::size).sum() + shapes.get(v).size()
                    + n.op().params(in).stream().mapToLong(p -> p.shape().size()).sum();
            return new Line(n.name(), n.op().kind(), kernel.name(), layout, shapes.get(v), n.op().flops(in), 4 * elements);
        }
    }

    /**
     * What a plan will be, before anything is allocated.
     *
     * @param lines the steps in order, with the kernel each gets
     * @param bytes that the plan allocates: activations, gradients, scratch; the weights are the caller's
     */
    public record Outline(List<Line> lines, long bytes) {
        /** Copies the list. */
        public Outline {
            lines = List.copyOf(lines);
        }
    }

    /**
     * {@return what a plan would be; allocates nothing}
     * @param graph    from images to scores, for training with labels and loss on top
     * @param batch    the most images in one pass, at least 1
     * @param backend  chooses kernels
     * @param threads  at least 1
     * @param training whether gradients are computed
     */
    public static Outline outline(Graph graph, int batch, Backend backend, int threads, boolean training) {
        Folding folding = folding(graph, training);
        Outline outline = Compiled.compiler(folding.graph(), Type.F32, batch, backend, checked(threads), training, Set.of())
                .outline();
        return new Outline(outline.lines(), outline.bytes() + folding.bytes());
    }

    private static Folding folding(Graph graph, boolean training) {
        return training ? new Folding(graph, List.of()) : Folding.of(graph);
    }

    /** {@return the steps in order, with the kernel each got} */
    public List<Line> lines() {
        return outline.lines();
    }

    /**
     * Times every step of one pass, forward and in training backward, each apart from the others and with all threads; so what a pass
     * gains by walking several steps while a shard is in cache does not show. What the pass computes is lost.
     *
     * @param n images in the batch
     * @return seconds, by step in the order of {@link #lines}
     */
    public double[] profile(int n) {
        begin(n);
        double[] seconds = new double[c.steps().size()];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = time(c.steps().get(i).forward());
        }
        for (int i = seconds.length - 1; i >= 0; i--) {
            seconds[i] += time(c.steps().get(i).backward());
        }
        return seconds;
    }

    private double time(List<Phase> phases) {
        long start = System.nanoTime();
        for (Phase p : phases) {
            team.run(p);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** {@return bytes that the plan has allocated: activations, gradients, scratch; the weights are the caller's} */
    public long bytes() {
        return outline.bytes();
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
