package cortado.op;

import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The tensors one step touches, by the literature's names. Bound once when a plan is made; a step allocates nothing. */
public final class Operands {
    private final Tensor[] x;
    private final Tensor y;
    private final Tensor[] params;
    private final Tensor[] saved;
    private final List<Optional<Tensor>> dx;
    private final List<Optional<Tensor>> dparams;
    private final Tensor dy;
    private final boolean[] accumulate;
    private final Tensor scratch;
    private final Tensor prepared;
    private final Optional<Tensor> b;
    private final Pass pass;
    private final long salt;
    private final int first;

    private Operands(Tensor[] x, Tensor y, Tensor[] params, Tensor[] saved, List<Optional<Tensor>> dx,
            List<Optional<Tensor>> dparams, Tensor dy, boolean[] accumulate, Tensor scratch, Tensor prepared, Pass pass, long salt,
            int first) {
        this.x = x;
        this.y = y;
        this.params = params;
        this.saved = saved;
        this.dx = dx;
        this.dparams = dparams;
        this.dy = dy;
        this.accumulate = accumulate;
        this.scratch = scratch;
        this.prepared = prepared;
        this.pass = pass;
        this.salt = salt;
        this.first = first;
        this.b = params.length > 1 ? Optional.of(params[1]) : Optional.empty();
    }

    /**
     * Operands of a forward pass.
     *
     * @param x      inputs
     * @param y      output
     * @param params learned tensors, as {@link Op#params} lists them
     * @param saved  tensors left for backward, as {@link Op#saved} lists them
     * @return the operands, with no gradient wanted
     */
    public static Operands of(List<Tensor> x, Tensor y, List<Tensor> params, List<Tensor> saved) {
        return new Operands(x.toArray(Tensor[]::new), y, params.toArray(Tensor[]::new), saved.toArray(Tensor[]::new),
                Collections.nCopies(x.size(), Optional.empty()), Collections.nCopies(params.size(), Optional.empty()), y,
                new boolean[x.size()], Tensor.f32(1), Tensor.f32(1), new Pass(true), 0, 0);
    }

    /**
     * These operands with gradients.
     *
     * @param dy         gradient of the output
     * @param dx         gradients of the inputs, empty where not wanted
     * @param accumulate per input, whether {@code dx} holds something to add to; where false a kernel may overwrite
     * @param dparams    gradients of the parameters, empty where not wanted; always added to
     * @return operands for both passes
     */
    public Operands withGradients(Tensor dy, List<Optional<Tensor>> dx, boolean[] accumulate, List<Optional<Tensor>> dparams) {
        return new Operands(x, y, params, saved, List.copyOf(dx), List.copyOf(dparams), dy, accumulate.clone(), scratch, prepared,
                pass,
                salt, first);
    }

    /**
     * These operands with room to work in.
     *
     * @param scratch F32, at least {@link Kernel#scratch()} elements; what it holds is lost between calls
     * @return the operands
     */
    public Operands withScratch(Tensor scratch) {
        return new Operands(x, y, params, saved, dx, dparams, dy, accumulate, scratch, prepared, pass, salt, first);
    }

    /**
     * These operands with room for what a kernel makes of the parameters before a pass.
     *
     * @param prepared F32, at least {@link Wide#prepared()} elements
     * @return the operands
     */
    public Operands withPrepared(Tensor prepared) {
        return new Operands(x, y, params, saved, dx, dparams, dy, accumulate, scratch, prepared, pass, salt, first);
    }

    /**
     * These operands as a part of a plan's pass.
     *
     * @param pass  what all steps of the pass have in common; shared
     * @param salt  of this step, so that steps draw different random numbers
     * @param first the place in the batch of these operands' first image
     * @return the operands
     */
    public Operands in(Pass pass, long salt, int first) {
        return new Operands(x, y, params, saved, dx, dparams, dy, accumulate, scratch, prepared, pass, salt, first);
    }

    /** {@return these operands with x and dy in each other's place, for the gradient of a transposed convolution's weights} */
    Operands exchanged() {
        return new Operands(new Tensor[] {dy}, y, params, saved, dx, dparams, x[0], accumulate, scratch, prepared, pass, salt,
                first);
    }

    /** {@return the number of inputs} */
    public int inputs() {
        return x.length;
    }

    /** {@return the first input} */
    public Tensor x() {
        return x[0];
    }

    /**
     * {@return that input}
     * @param i which input
     */
    public Tensor x(int i) {
        return x[i];
    }

    /** {@return the output} */
    public Tensor y() {
        return y;
    }

    /**
     * {@return that parameter}
     * @param i which parameter, in the op's order
     */
    public Tensor param(int i) {
        return params[i];
    }

    /** {@return the first parameter, the weights} */
    public Tensor w() {
        return params[0];
    }

    /** {@return the bias, the second parameter, if the op has one} */
    public Optional<Tensor> b() {
        return b;
    }

    /**
     * {@return what forward left for backward}
     * @param i which saved tensor
     */
    public Tensor saved(int i) {
        return saved[i];
    }

    /**
     * {@return its gradient, if wanted}
     * @param i which input
     */
    public Optional<Tensor> dx(int i) {
        return dx.get(i);
    }

    /** {@return the gradient of the first input, if wanted} */
    public Optional<Tensor> dx() {
        return dx(0);
    }

    /**
     * {@return whether {@code dx(i)} already holds something that a kernel must add to}
     * @param i which input
     */
    public boolean accumulates(int i) {
        return accumulate[i];
    }

    /**
     * {@return its gradient, if wanted}
     * @param i which parameter
     */
    public Optional<Tensor> dparam(int i) {
        return i < dparams.size() ? dparams.get(i) : Optional.empty();
    }

    /** {@return the gradient of the weights, if wanted} */
    public Optional<Tensor> dw() {
        return dparam(0);
    }

    /** {@return the gradient of the bias, if there is one and it is wanted} */
    public Optional<Tensor> db() {
        return dparam(1);
    }

    /** {@return whether a gradient is wanted, of an input or a parameter} */
    public boolean learns() {
        return dx.stream().anyMatch(Optional::isPresent) || dparams.stream().anyMatch(Optional::isPresent);
    }

    /** {@return the gradient of the output} */
    public Tensor dy() {
        return dy;
    }

    /** {@return whether this is training: batch statistics, dropout; else running statistics, no dropout} */
    public boolean training() {
        return pass.training();
    }

    /** {@return the place in the batch of the first image of these operands} */
    public int first() {
        return first;
    }

    /** {@return images of the whole batch that are real in this pass, for kernels that see all of it} */
    public int n() {
        return Math.min(pass.n(), y.shape().n());
    }

    /**
     * {@return uniform in [0, 1): a function of the pass's key, this step, the image's place in the batch and the element}
     * @param image   index among these operands' images
     * @param element index in the image
     */
    public double uniform(int image, long element) {
        return Rng.uniform(key(image), element);
    }

    /** {@return the key of an image's random numbers, for {@link Rng#uniform(long, long)}} */
    long key(int image) {
        return Rng.key(Rng.key(pass.key(), salt), first + image);
    }

    /** {@return room to work in} */
    public Tensor scratch() {
        return scratch;
    }

    /** {@return what a kernel made of the parameters} */
    public Tensor prepared() {
        return prepared;
    }
}
