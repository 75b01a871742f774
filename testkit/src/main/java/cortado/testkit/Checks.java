package cortado.testkit;

import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Backend;
import cortado.op.BatchNorm2d;
import cortado.op.BatchNormAdd;
import cortado.op.AdaptiveAvgPool2d;
import cortado.op.ConvAdd;
import cortado.op.ConvTranspose2d;
import cortado.op.GroupNorm;
import cortado.op.LayerNorm;
import cortado.op.Loss;
import cortado.op.LogSoftmax;
import cortado.op.ChannelScale;
import cortado.op.Concat;
import cortado.op.Conv2d;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Elementwise;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Mul;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Pad;
import cortado.op.Prelu;
import cortado.op.Rectified;
import cortado.op.Relu;
import cortado.op.Softmax;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Upsample;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What must hold for every op: each check takes a {@link Case} and says how far off each tensor is. */
public final class Checks {

    private Checks() {
    }

    /**
     * The shape rule knows the batch only as the outermost size, and parameters do not depend on it.
     *
     * @param c the case
     * @throws ShapeException if the rule says otherwise for another batch
     */
    public static void shapes(Case c) {
        for (int n : new int[] {1, 7, 64}) {
            Shape[] other = Arrays.stream(c.shapes()).map(s -> s.withN(n)).toArray(Shape[]::new);
            if (!c.op().output(other).equals(c.output().withN(n))) {
                throw new ShapeException(c + ": the output of " + n + " images is " + c.op().output(other));
            }
            if (!c.op().params(other).equals(c.op().params(c.shapes()))) {
                throw new ShapeException(c + ": the parameters change with the batch");
            }
        }
    }

    /**
     * Every input's and every parameter's gradient of Σ dy·y against central differences, in F64.
     *
     * @param c       the case
     * @param seed    draws values and elements
     * @param samples elements of each tensor, all if there are no more
     * @return one finding per gradient
     */
    public static List<Finding> differences(Case c, long seed, int samples) {
        Rng rng = new Rng(seed);
        Operands o = c.operands(Type.F64, Layout.ROWS, rng, false);
        Tensor dy = o.dy().to(Type.F64);
        Differences.Loss loss = new Differences.Loss() {
            @Override
            public double value() {
                c.op().forward(o);
                return dot(dy, o.y());
            }

            @Override
            public long branches() {
                return Differences.branches(1, c.op(), o);
            }
        };
        c.op().forward(o);
        c.op().backward(o);
        List<Finding> all = new ArrayList<>();
        for (int i = 0; i < o.inputs(); i++) {
            if (o.dx(i).isPresent()) {
                all.add(Differences.compare("dx" + i, o.x(i), o.dx(i).get(), rng.split(i), samples, loss));
            }
        }
        List<Op.Param> params = c.op().params(c.shapes());
        for (int i = 0; i < params.size(); i++) {
            if (o.dparam(i).isEmpty()) {
                continue;
            }
            Tensor dw = o.dparam(i).get();
            all.add(Differences.compare("d" + params.get(i).name(), o.param(i), dw, rng.split(100 + i), samples, loss));
        }
        return all;
    }

    /**
     * Whether an op is linear in its inputs taken together, and so backward must be its transpose whatever the values.
     *
     * @param op any op
     * @return true for sums and averages, false where values choose or bend
     */
    public static boolean isLinear(Op op) {
        return switch (op) {
            case Conv2d _, ConvAdd _, ConvTranspose2d _, Linear _, AdaptiveAvgPool2d _, AvgPool2d _, GlobalAvgPool2d _, Flatten _, Add _, Dropout _, DropPath _, Concat _, Pad _, Upsample _ ->
                true;
            case Input _, MaxPool2d _, Relu _, Softmax _, LogSoftmax _, Loss _, BatchNorm2d _, BatchNormAdd _, GroupNorm _, LayerNorm _, Elementwise _, Prelu _, Mul _, ChannelScale _, Rectified _, Op.Custom _ ->
                false;
        };
    }

    /**
     * The adjoint identity of a linear op, ⟨A v, dy⟩ = ⟨v, Aᵀ dy⟩, for a fresh v in the inputs' place and, with the inputs
     * kept, in each parameter's: forward and backward are transposes of each other, at any size, without a step size.
     *
     * @param c    a case of a linear op
     * @param seed draws values
     * @return a finding for the inputs together and one per parameter
     */
    public static List<Finding> adjoint(Case c, long seed) {
        Operands o = c.operands(Type.F64, Layout.ROWS, new Rng(seed), false);
        Operands fresh = c.operands(Type.F64, Layout.ROWS, new Rng(seed).split("fresh"), false);
        c.op().forward(o);
        c.op().backward(o);
        List<Tensor> x = IntStream.range(0, o.inputs()).mapToObj(o::x).toList();
        List<Tensor> dx = IntStream.range(0, o.inputs()).mapToObj(i -> o.dx(i).get()).toList();
        List<Tensor> v = IntStream.range(0, o.inputs()).mapToObj(fresh::x).toList();
        List<Finding> all = new ArrayList<>();
        all.add(transposed("dx", c, o, x, v, dx));
        List<Op.Param> params = c.op().params(c.shapes());
        for (int i = 0; i < params.size(); i++) {
            if (o.dparam(i).isEmpty()) {
                continue;
            }
            Tensor dw = o.dparam(i).get();
            all.add(transposed("d" + params.get(i).name(), c, o, List.of(o.param(i)), List.of(fresh.param(i)), List.of(dw)));
        }
        return all;
    }

    private static Finding transposed(String name, Case c, Operands o, List<Tensor> places, List<Tensor> v,
            List<Tensor> gradients) {
        List<Tensor> kept = places.stream().map(t -> t.to(Type.F64)).toList();
        places.forEach(t -> t.fill(0));
        c.op().forward(o);
        double constant = dot(o.dy(), o.y());
        for (int i = 0; i < v.size(); i++) {
            places.get(i).copyFrom(v.get(i));
        }
        c.op().forward(o);
        double left = dot(o.dy(), o.y()) - constant;
        double right = 0;
        double size = 0;
        for (int i = 0; i < v.size(); i++) {
            places.get(i).copyFrom(kept.get(i));
            right += dot(v.get(i), gradients.get(i));
            size += norm(v.get(i)) * norm(gradients.get(i));
        }
        double error = Math.abs(left - right) / Math.max(size, 1e-300);
        return new Finding(name, places.getFirst().shape(), error, error, 1, 0);
    }

    /**
     * Gradients are added to what is there: backward twice on zeros gives twice the gradient, and once on random numbers
     * gives those plus the gradient.
     *
     * @param c    the case
     * @param seed draws values
     * @return one finding per gradient and way
     */
    public static List<Finding> accumulation(Case c, long seed) {
        Operands once = c.operands(Type.F64, Layout.ROWS, new Rng(seed), false);
        Operands twice = c.operands(Type.F64, Layout.ROWS, new Rng(seed), false);
        Operands before = c.operands(Type.F64, Layout.ROWS, new Rng(seed), true);
        Operands onTop = c.operands(Type.F64, Layout.ROWS, new Rng(seed), true);
        for (Operands o : List.of(once, twice, onTop)) {
            c.op().forward(o);
            c.op().backward(o);
        }
        c.op().backward(twice);
        List<Finding> all = new ArrayList<>();
        List<Tensor> g = gradients(c, once);
        for (int i = 0; i < g.size(); i++) {
            double[] sum = new double[g.get(i).size()];
            double[] two = new double[sum.length];
            for (int k = 0; k < sum.length; k++) {
                sum[k] = gradients(c, before).get(i).get(k) + g.get(i).get(k);
                two[k] = 2 * g.get(i).get(k);
            }
            all.add(compare("twice " + i, Tensor.of(two, g.get(i).shape().dims()), gradients(c, twice).get(i)));
            all.add(compare("on top " + i, Tensor.of(sum, g.get(i).shape().dims()), gradients(c, onTop).get(i)));
        }
        return all;
    }

    /**
     * A backend's kernel against the op itself in F64 on the same numbers: y, state that forward keeps, and every gradient. As in a plan, the kernel gets
     * 16 images or fewer at a time, gradients to overwrite if it does, and its parameters' gradients are added up outside.
     *
     * @param c         the case
     * @param backend   whose kernel is held against the op
     * @param type      that the kernel computes in
     * @param seed      draws values
     * @param prefilled whether the inputs' gradients hold random numbers to add to; else they may be overwritten
     * @return one finding per tensor; the error is relative to the tensor's largest element
     */
    public static List<Finding> parity(Case c, Backend backend, Type type, long seed, boolean prefilled) {
        Operands expected = c.operands(Type.F64, Layout.ROWS, new Rng(seed), prefilled);
        Operands actual = c.operands(type, backend.layout(), new Rng(seed), prefilled);
        Shards shards = new Shards(c, backend, actual);
        c.op().forward(expected);
        shards.forward();
        List<Finding> all = new ArrayList<>(List.of(compare("y", expected.y(), actual.y())));
        List<Op.Param> params = c.op().params(c.shapes());
        for (int i = 0; i < params.size(); i++) {
            if (!params.get(i).learned()) {
                all.add(compare(params.get(i).name(), expected.param(i), actual.param(i)));
            }
        }
        c.op().backward(expected);
        shards.backward();
        List<Tensor> e = gradients(c, expected);
        List<Tensor> a = gradients(c, actual);
        for (int i = 0; i < e.size(); i++) {
            all.add(compare("gradient " + i, e.get(i), a.get(i)));
        }
        return all;
    }

    /**
     * {@return the gradients: of the inputs that have one, then of the parameters}
     * @param c the case
     * @param o its operands
     */
    public static List<Tensor> gradients(Case c, Operands o) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < o.inputs(); i++) {
            o.dx(i).ifPresent(all::add);
        }
        for (int i = 0; i < c.op().params(c.shapes()).size(); i++) {
            o.dparam(i).ifPresent(all::add);
        }
        return all;
    }

    /**
     * The largest difference, relative to the largest finite element expected (at least 10⁻³). NaN agrees with NaN, an
     * infinity with the same infinity, and with nothing else.
     *
     * @param name     for the finding
     * @param expected the judge's numbers
     * @param actual   of the same shape, any type and layout
     * @return the finding
     */
    public static Finding compare(String name, Tensor expected, Tensor actual) {
        double scale = 1e-3;
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            double e = Math.abs(expected.get(i));
            scale = Double.isFinite(e) ? Math.max(scale, e) : scale;
        }
        boolean same = expected.shape().equals(actual.shape());
        for (int i = 0; same && i < expected.size(); i++) {
            double e = expected.get(i);
            double a = actual.get(i);
            if (Double.isFinite(e) && Double.isFinite(a)) {
                worst = Math.max(worst, Math.abs(e - a) / scale);
            } else if (Double.compare(e, a) != 0) {
                worst = Double.POSITIVE_INFINITY;
            }
        }
        double error = same ? worst : Double.POSITIVE_INFINITY;
        return new Finding(name, expected.shape(), error, error, expected.size(), 0);
    }

    private static double dot(Tensor a, Tensor b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }

    private static double norm(Tensor a) {
        return Math.sqrt(dot(a, a));
    }
}
