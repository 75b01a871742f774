package cortado.train;

import cortado.tensor.FormatException;

/** Checks of settings; each throws {@link FormatException} with one line. */
final class Ranges {
    private Ranges() {
    }

    /** 0 ≤ value < 1: the coefficient of a running mean, a share. */
    static void share(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new FormatException(what + ": expected a number from 0 to below 1, received " + value);
        }
    }

    /** 0 ≤ value < ∞: a rate, a decay, an ε. */
    static void positive(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new FormatException(what + ": expected a number of 0 or more, received " + value);
        }
    }

    /** Weight decay, 0 ≤ λ ≤ 1: what takes more than all of a weight at a rate of 1 is a slip of the keyboard. */
    static void decay(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new FormatException("weight decay (--weight-decay): expected 0 … 1, usually 1e-5 … 0.1, received " + value);
        }
    }

    /** 0 < value < ∞: a limit, a divisor. */
    static void above(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new FormatException(what + ": expected a number above 0, received " + value);
        }
    }

    /** 0 < value ≤ 1: what is left of something. */
    static void part(String what, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new FormatException(what + ": expected a number above 0, at most 1, received " + value);
        }
    }

    /** low ≤ value ≤ high. */
    static void count(String what, long value, long low, long high) {
        if (value < low || value > high) {
            throw new FormatException(what + ": expected " + low + " … " + high + ", received " + value);
        }
    }
}
