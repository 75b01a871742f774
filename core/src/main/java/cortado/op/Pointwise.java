package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;

/** What losses share that compare each score with a target of its own: the mean of ℓ(f, t) over the elements of each image. */
final class Pointwise {
    private Pointwise() {
    }

    /** A function of a score and its target. */
    interface Function {
        double at(double f, double t);
    }

    static Shape output(String op, Shape... x) {
        if (!x[0].equals(x[1]) || x[0].rank() == 0) {
            throw new ShapeException(op + " takes a target for each score: expected " + x[0] + ", received " + x[1]);
        }
        return Shape.of(x[0].n());
    }

    /** L_i = 1/m · Σ ℓ(f, t). */
    static void forward(Operands o, Function loss) {
        int m = o.x(0).size() / o.x(0).shape().n();
        for (int n = 0; n < o.x(0).shape().n(); n++) {
            double sum = 0;
            for (int i = n * m; i < (n + 1) * m; i++) {
                sum += loss.at(o.x(0).get(i), o.x(1).get(i));
            }
            o.y().set(n, sum / m);
        }
    }

    /** df += dL_i · 1/m · ∂ℓ/∂f. */
    static void backward(Operands o, Function slope) {
        int m = o.x(0).size() / o.x(0).shape().n();
        o.dx(0).ifPresent(df -> {
            for (int i = 0; i < df.size(); i++) {
                df.add(i, o.dy().get(i / m) / m * slope.at(o.x(0).get(i), o.x(1).get(i)));
            }
        });
    }
}
