package cortado.testkit;

import cortado.op.Loss;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Pass;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An op on given sizes: what every check of an op takes.
 *
 * @param label  what is special about it
 * @param op     what to compute
 * @param inputs shapes of the inputs, batch included
 * @param values how inputs are drawn
 * @param training whether batch statistics are in force, else running ones
 */
public record Case(String label, Op op, List<Shape> inputs, Values values, boolean training) {

    /** What a lane that holds no image contains, so that a kernel that lets it into a result is caught. */
    static final double JUNK = 1e6;

    /** How the elements of inputs are drawn. */
    public enum Values {
        /**
         * A shuffled row of evenly spaced numbers between −1 and 1 without 0: no two are equal, so no ReLU and no maximum
         * of inputs sits on a kink.
         */
        SPREAD,
        /** The same between −8 and 8, past the ends of what is bent. */
        WIDE,
        /** −1, 0, 1 and 2: windows with several equal maxima, zeros exactly on the kink of a ReLU. */
        TIES
    }

    /** Copies the list. */
    public Case {
        inputs = List.copyOf(inputs);
    }

    /**
     * {@return a case with spread values}
     * @param label  what is special about it
     * @param op     what to compute
     * @param inputs shapes of the inputs
     */
    public static Case of(String label, Op op, Shape... inputs) {
        return new Case(label, op, List.of(inputs), Values.SPREAD, true);
    }

    /** {@return this case as inference computes it: by running statistics} */
    public Case inferring() {
        return new Case(label, op, inputs, values, false);
    }

    /** {@return the shapes of the inputs as the op's rules take them} */
    public Shape[] shapes() {
        return inputs.toArray(Shape[]::new);
    }

    /** {@return the output's shape by the op's own rule} */
    public Shape output() {
        return op.output(shapes());
    }

    /**
     * {@return whether that input holds a loss's targets, which have no gradient}
     * @param i which input
     */
    public boolean targets(int i) {
        return op instanceof Loss && i == 1;
    }

    /**
     * Tensors for this case with every gradient wanted. Values are rounded to F32, so the same seed gives the same numbers
     * in every type and layout. As in a plan, lanes that hold no element contain junk in {@code x} and zeros in {@code dy}.
     *
     * @param type      F32 or F64, of everything but labels and saved positions
     * @param layout    of activations; parameters and targets lie in rows
     * @param rng       seed
     * @param prefilled whether gradients begin with random numbers to add to, else with zeros
     * @return operands for both passes; {@code y} and {@code saved} are zero
     */
    public Operands operands(Type type, Layout layout, Rng rng, boolean prefilled) {
        List<Tensor> x = new ArrayList<>();
        List<Optional<Tensor>> dx = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Rng r = rng.split("x").split(i);
            if (targets(i)) {
                x.add(inputs.get(i).rank() < inputs.getFirst().rank() ? labels(inputs.get(i), inputs.getFirst().dim(1), r)
                        : values(inputs.get(i), type, Layout.ROWS, values, r));
                dx.add(Optional.empty());
            } else {
                x.add(values(inputs.get(i), type, layout, values, r));
                dx.add(Optional.of(gradient(inputs.get(i), type, layout, rng.split("dx").split(i), prefilled)));
            }
        }
        List<Tensor> params = new ArrayList<>();
        List<Optional<Tensor>> dparams = new ArrayList<>();
        for (Op.Param p : op.params(shapes())) {
            params.add(values(p.shape(), type, Layout.ROWS, Values.SPREAD, rng.split(p.name())));
            if (p.learned()) {
                dparams.add(Optional.of(gradient(p.shape(), type, Layout.ROWS, rng.split("d" + p.name()), prefilled)));
            } else {
                around(p.low(), params.getLast());
                dparams.add(Optional.empty());
            }
        }
        List<Tensor> saved = op.saved(shapes()).stream().map(s -> Tensor.of(s, Type.I32, layout)).toList();
        boolean[] accumulate = new boolean[inputs.size()];
        Arrays.fill(accumulate, prefilled);
        Tensor dy = Tensor.of(output(), type, layout);
        dy.copyFrom(values(output(), type, Layout.ROWS, Values.SPREAD, rng.split("dy")));
        return Operands.of(x, Tensor.of(output(), type, layout), params, saved).withGradients(dy, dx, accumulate, dparams)
                .in(new Pass(training), 0, 0);
    }

    /** State within a half of what it begins as, so that variances stay above 0. */
    private static void around(double start, Tensor t) {
        for (int i = 0; i < t.size(); i++) {
            t.set(i, (float) (start + t.get(i) / 2));
        }
    }

    private static Tensor labels(Shape shape, int classes, Rng rng) {
        Tensor t = Tensor.of(shape, Type.I32);
        for (int i = 0; i < t.size(); i++) {
            t.set(i, rng.below(i, classes));
        }
        return t;
    }

    private static Tensor gradient(Shape shape, Type type, Layout layout, Rng rng, boolean prefilled) {
        return prefilled ? values(shape, type, layout, Values.SPREAD, rng) : Tensor.of(shape, type, layout);
    }

    private static Tensor values(Shape shape, Type type, Layout layout, Values values, Rng rng) {
        Tensor t = Tensor.of(shape, type, layout);
        if (layout != Layout.ROWS) {
            t.fill(JUNK);
        }
        int[] order = rng.permutation(t.size());
        for (int i = 0; i < t.size(); i++) {
            t.set(i, switch (values) {
                case SPREAD -> (float) ((order[i] + 0.3) / t.size() * 2 - 1);
                case WIDE -> (float) (((order[i] + 0.3) / t.size() * 2 - 1) * 8);
                case TIES -> rng.below(i, 4) - 1;
            });
        }
        return t;
    }

    /** {@return kind, sizes and label: {@code conv2d 3×1×5×5: no bias}} */
    @Override
    public String toString() {
        return op.kind() + " " + String.join(", ", inputs.stream().map(Shape::toString).toList()) + ": " + label
                + (training ? "" : ", inference");
    }
}
