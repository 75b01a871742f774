package cortado.bench;

import java.util.function.IntToDoubleFunction;

/** Few numbers that tell whether two sides have computed the same tensor. */
public final class Outcomes {
    private Outcomes() {
    }

    /**
     * The root mean square of a tensor's elements, and its first, middle and last.
     *
     * @param size    at least 1
     * @param element by index in row order
     * @return four numbers
     */
    public static double[] summary(int size, IntToDoubleFunction element) {
        double squares = 0;
        for (int i = 0; i < size; i++) {
            double v = element.applyAsDouble(i);
            squares += v * v;
        }
        return new double[] {Math.sqrt(squares / size), element.applyAsDouble(0), element.applyAsDouble(size / 2),
            element.applyAsDouble(size - 1)};
    }
}
