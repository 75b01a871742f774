package cortado.testkit;

import cortado.op.Backend;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Wide;
import cortado.op.Pass;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Runs a backend's kernel on a case as a plan does: in lanes 16 images or fewer at a time, each shard with its own parameter gradients;
 * in channels image by image where the kernel is plain and has no parameters; else, and where the op mixes images, the whole batch.
 */
final class Shards {
    private final Operands whole;
    private final Kernel kernel;
    private final List<Operands> parts = new ArrayList<>();
    private final int params;

    Shards(Case c, Backend backend, Operands whole) {
        this.whole = whole;
        int n = whole.x().shape().n();
        boolean lanes = backend.layout() == Layout.LANES;
        Shape[] x = Arrays.stream(c.shapes()).map(s -> s.withN(lanes && !c.op().mixes() ? Math.min(n, Layout.WIDTH) : n))
                .toArray(Shape[]::new);
        this.kernel = backend.kernel(c.op(), x);
        boolean images = backend.layout() == Layout.CHANNELS && !(kernel instanceof Wide) && !c.op().mixes()
                && c.op().params(x).isEmpty();
        int step = c.op().mixes() ? n : lanes ? Layout.WIDTH : images ? 1 : n;
        List<Op.Param> declared = c.op().params(x);
        this.params = declared.size();
        int saved = c.op().saved(x).size();
        for (int from = 0; from < n; from += step) {
            parts.add(part(from, Math.min(n, from + step), saved).in(new Pass(c.training()), 0, from));
        }
    }

    private Operands part(int from, int to, int saved) {
        List<Optional<Tensor>> dx = new ArrayList<>();
        List<Optional<Tensor>> dparams = new ArrayList<>();
        boolean[] accumulate = new boolean[whole.inputs()];
        for (int i = 0; i < whole.inputs(); i++) {
            accumulate[i] = whole.accumulates(i);
            dx.add(whole.dx(i).map(t -> t.slice(from, to)));
            if (!accumulate[i]) {
                dx.getLast().ifPresent(this::toBeOverwritten);
            }
        }
        for (int i = 0; i < params; i++) {
            dparams.add(whole.dparam(i).map(t -> Tensor.of(t.shape(), t.type())));
            if (!(kernel instanceof Wide)) { // those add to the plan's sums
                dparams.getLast().ifPresent(this::toBeOverwritten);
            }
        }
        return Operands.of(IntStream.range(0, whole.inputs()).mapToObj(i -> whole.x(i).slice(from, to)).toList(),
                whole.y().slice(from, to),
                IntStream.range(0, params).mapToObj(whole::param).toList(),
                IntStream.range(0, saved).mapToObj(i -> whole.saved(i).slice(from, to)).toList())
                .withGradients(whole.dy().slice(from, to), dx, accumulate, dparams)
                .withScratch(Tensor.f32(Math.max(1, kernel.scratch())))
                .withPrepared(Tensor.f32(kernel instanceof Wide w ? Math.max(1, w.prepared()) : 1));
    }

    private void toBeOverwritten(Tensor t) {
        t.fill(kernel.overwrites() ? Case.JUNK : 0);
    }

    void forward() {
        parts.forEach(kernel::forward);
    }

    void backward() {
        for (Operands o : parts) {
            kernel.backward(o);
            for (int i = 0; i < params; i++) {
                if (whole.dparam(i).isEmpty()) {
                    continue;
                }
                Tensor sum = whole.dparam(i).get();
                Tensor part = o.dparam(i).get();
                for (int k = 0; k < sum.size(); k++) {
                    sum.add(k, part.get(k));
                }
            }
        }
    }
}
