package cortado.testkit;

import cortado.tensor.Shape;

/**
 * What a check found about one tensor.
 *
 * @param tensor  its name: {@code conv1.weight}, {@code dx}
 * @param shape   its sizes
 * @param error   the worst relative error among the elements checked, at least 0; NaN never, infinite where a number was not finite
 * @param excess  the worst of what is left of the errors when the rounding of the comparison itself is taken off; this decides
 * @param checked elements compared
 * @param kinks   elements left out, because the loss has no derivative there (a ReLU or a maximum switches within the step)
 */
public record Finding(String tensor, Shape shape, double error, double excess, int checked, int kinks) {

    /**
     * {@return whether the error, beyond what rounding explains, is within it}
     * @param tolerance largest error allowed
     */
    public boolean passed(double tolerance) {
        return excess <= tolerance;
    }
}
