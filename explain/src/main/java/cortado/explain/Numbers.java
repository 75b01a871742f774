package cortado.explain;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as a person writes them: six significant digits, a real minus sign, no trailing zeros. */
final class Numbers {
    private Numbers() {
    }

    /** {@code 0.5}, {@code −3}, {@code 1.2e−7}. */
    static String text(double v) {
        return text(v, 6);
    }

    /** Two significant digits: enough for a difference. */
    static String rough(double v) {
        return text(v, 2);
    }

    /** Three significant digits. */
    static String brief(double v) {
        return text(v, 3);
    }

    /** For use beside another factor: {@code 4}, {@code (−3)}. */
    static String factor(double v) {
        return v < 0 ? "(" + text(v) + ")" : text(v);
    }

    private static String text(double v, int digits) {
        if (v == 0) {
            return "0";
        }
        if (Double.isNaN(v) || Double.isInfinite(v)) {
            return Double.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞";
        }
        BigDecimal d = new BigDecimal(v).round(new MathContext(digits)).stripTrailingZeros();
        int exponent = d.precision() - d.scale() - 1;
        String s = d.toPlainString();
        if (exponent < -4 || exponent > 8) {
            BigDecimal mantissa = d.movePointLeft(exponent).stripTrailingZeros();
            s = mantissa.toPlainString() + "e" + exponent;
        }
        return s.replace('-', '−');
    }
}
