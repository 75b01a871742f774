package cortado.plan;

import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Pass;
import cortado.op.Phase;
import cortado.op.Wide;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** One op of one input alone, by the kernel and the threads that a plan would use: for measuring kernels. Closing stops the threads. */
public final class Single implements AutoCloseable {
    private final Team team;
    private final Kernel kernel;
    private final Pass pass = new Pass(true);
    private final List<Phase> forward = new ArrayList<>();
    private final List<Phase> backward = new ArrayList<>();
    private final Tensor x;
    private final Tensor y;
    private final Tensor dy;
    private final Optional<Tensor> dx;
    private final List<Tensor> params;
    private final Gradients gradients;

    /**
     * Makes everything ready; the weights are transformed once, as for inference.
     *
     * @param op      what to compute
     * @param backend chooses the kernel
     * @param x       input, in any layout; copied into the backend's, but an image of fewer than 16 channels stays in rows where
     *                channels lie in blocks, as the first layer of a network gets it
     * @param params  as the op declares them, in rows; shared
     * @param dy      gradient of the output, in any layout; copied
     * @param wantsDx whether backward computes the gradient of x
     * @param wantsDw whether backward computes those of the parameters
     * @param threads at least 1
     */
    public Single(Op op, Backend backend, Tensor x, List<Tensor> params, Tensor dy, boolean wantsDx, boolean wantsDw, int threads) {
        this.team = new Team(threads);
        Layout layout = backend.layout();
        int n = x.shape().n();
        boolean first = layout == Layout.CHANNELS && x.shape().rank() == 4 && x.shape().c() < Layout.WIDTH && !wantsDx;
        boolean lanes = layout == Layout.LANES;
        this.params = List.copyOf(params);
        this.x = copy(x, first ? Layout.ROWS : layout);
        this.dy = copy(dy, layout);
        this.y = Memory.aligned(dy.shape(), Type.F32, layout);
        this.dx = wantsDx ? Optional.of(Memory.aligned(x.shape(), Type.F32, layout)) : Optional.empty();
        LinkedHashMap<String, Shape> named = new LinkedHashMap<>();
        for (int i = 0; i < params.size() && wantsDw; i++) {
            named.put(Integer.toString(i), params.get(i).shape());
        }
        this.gradients = Gradients.of(named, Type.F32, lanes ? Math.ceilDiv(n, Layout.WIDTH) : 0);
        this.kernel = backend.kernel(op, x.shape().withN(lanes ? Math.min(n, Layout.WIDTH) : n));
        pass.begin(n, 0);
        if (kernel instanceof Wide w) {
            wide(w, threads);
        } else {
            steps(n, threads, lanes ? Layout.WIDTH : n);
        }
    }

    private static Tensor copy(Tensor t, Layout layout) {
        Tensor copy = Memory.aligned(t.shape(), Type.F32, layout);
        copy.copyFrom(t);
        return copy;
    }

    private static Tensor room(int length) {
        return Memory.aligned(Shape.of(Math.max(1, length)), Type.F32, Layout.ROWS);
    }

    private void wide(Wide w, int threads) {
        List<Tensor> rooms = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            rooms.add(room(w.room()));
        }
        Operands o = operands(0, x.shape().n(), gradients.byName()).withScratch(room(w.scratch())).withPrepared(room(w.prepared()));
        w.prepare(o, rooms).forEach(team::run);
        forward.addAll(w.forward(o, rooms));
        backward.addAll(w.backward(o, rooms));
    }

    /** A plain kernel on so many images at a time; where there are several shards, their gradients are added up in the end. */
    private void steps(int n, int threads, int width) {
        int shards = Math.ceilDiv(n, width);
        Step[][] steps = new Step[threads][shards];
        for (int t = 0; t < threads; t++) {
            Tensor scratch = room(kernel.scratch());
            for (int s = 0; s < shards; s++) {
                Parameters partial = width == n ? gradients.byName() : gradients.of(s);
                Operands o = operands(s * width, Math.min(n, (s + 1) * width), partial).withScratch(scratch);
                steps[t][s] = new Step(kernel, o, kernel.overwrites() ? List.of() : o.dx().stream().toList());
            }
        }
        forward.add(phase(shards, (s, t) -> steps[t][s].forward()));
        backward.add(phase(shards, (s, t) -> steps[t][s].backward()));
        if (width < n) {
            backward.add(gradients.phase(() -> shards));
        }
    }

    private interface Part {
        void run(int part, int worker);
    }

    private static Phase phase(int parts, Part part) {
        return new Phase() {
            @Override
            public int parts() {
                return parts;
            }

            @Override
            public void run(int p, int worker) {
                part.run(p, worker);
            }
        };
    }

    private Operands operands(int from, int to, Parameters sums) {
        List<Optional<Tensor>> dparams = new ArrayList<>();
        for (int i = 0; i < params.size(); i++) {
            dparams.add(Optional.ofNullable(sums.map().get(Integer.toString(i))));
        }
        return Operands.of(List.of(x.slice(from, to)), y.slice(from, to), params, List.of()).in(pass, 0, from)
                .withGradients(dy.slice(from, to), List.of(dx.map(t -> t.slice(from, to))), new boolean[1], dparams);
    }

    /** Computes y. */
    public void forward() {
        for (int i = 0; i < forward.size(); i++) {
            team.run(forward.get(i));
        }
    }

    /** Computes the gradients that are wanted; those of the parameters are set, not added to. */
    public void backward() {
        gradients.byName().fill(0);
        for (int i = 0; i < backward.size(); i++) {
            team.run(backward.get(i));
        }
    }

    /** {@return the kernel's name} */
    public String kernel() {
        return kernel.name();
    }

    /** {@return the output} */
    public Tensor y() {
        return y;
    }

    /** {@return the gradient of x, if wanted} */
    public Optional<Tensor> dx() {
        return dx;
    }

    /** {@return the gradients of the parameters, in order; none where not wanted} */
    public List<Tensor> dparams() {
        return List.copyOf(gradients.byName().map().values());
    }

    @Override
    public void close() {
        team.close();
    }
}
