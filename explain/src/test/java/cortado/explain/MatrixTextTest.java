package cortado.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"1 2 3; 4 5 -6.5e0", "1,2,3;4,5,-6.5", " 1, 2  3 \n\n 4\t5 , −6.5\r\n", "1 2 3;4 5 -6.5;"})
    void rowsAndValuesMayBeSeparatedInSeveralWays(String text) {
        assertThat(MatrixText.parse("--x", text).toDoubles()).containsExactly(1, 2, 3, 4, 5, -6.5);
        assertThat(MatrixText.parse("--x", text).shape()).isEqualTo(Shape.of(2, 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 2; 3 | --x: every row needs as many values as the first, 2; row 2 has 1",
        "1 two | --x, row 1, value 2: expected a number, received \"two\"",
        "1 NaN | --x, row 1, value 2: expected a number, received \"NaN\"",
        "1 0x10 | expected a number",
        "1 2f | expected a number",
        "1e999 | 1.8e308",
        "1,,2 | row 1, value 2: expected a number",
        "'' | received nothing",
        "' ; ; ' | received nothing",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 | 1×13 is too large"})
    void oneClearLineForWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> MatrixText.parse("--x", text)).isInstanceOf(FormatException.class).hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void onlyFormatExceptionsFromMutatedTextsSeed7() {
        String alphabet = "0123456789 ;,.eE+-−\n\t\u0000xNaInf";
        Rng rng = new Rng(7);
        int parsed = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder s = new StringBuilder("1 2.5 -3; 4,5e1,6");
            Rng r = rng.split(i);
            for (int m = 0; m <= r.below(0, 4); m++) {
                s.setCharAt(r.below(2 * m + 1, s.length()), alphabet.charAt(r.below(2 * m + 2, alphabet.length())));
            }
            try {
                assertThat(DoubleStream.of(MatrixText.parse("--x", s.toString()).toDoubles()).allMatch(Double::isFinite)).isTrue();
                parsed++;
            } catch (FormatException e) {
                assertThat(e.getMessage()).startsWith("--x");
            }
        }
        assertThat(parsed).isBetween(1_000, 19_000);
    }
}
