package cortado.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.explain.Part.Grid;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Row;
import cortado.explain.Part.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The walk says what the notes say, with numbers worked out by hand from X = 1…9, K = [1 −1; −2 4], b = −14, δ = [0.5 −1; 2 3]. */
class NotesTest {
    private static final Document NOTES = Explain.notes();

    @Test
    void everyStatementIsThereAndHolds() {
        List<String> marks = NOTES.parts().stream().filter(Heading.class::isInstance).map(p -> ((Heading) p).mark()).toList();
        assertThat(marks).containsExactlyInAnyOrder("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N11", "N12");
        assertThat(NOTES.failures()).isEmpty();
        assertThat(NOTES.ok()).isTrue();
        for (String mark : marks) {
            assertThat(section(mark)).as(mark).hasAtLeastOneElementOfType(Part.Check.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "N1 | z11  | x11·k11 + x12·k12 + x21·k21 + x22·k22 + b | 1·1 + 2·(−1) + 4·(−2) + 5·4 + (−14) | −3",
        "N1 | z22  | x22·k11 + x23·k12 + x32·k21 + x33·k22 + b | 5·1 + 6·(−1) + 8·(−2) + 9·4 + (−14) | 5",
        "N2 | dk11 | δ11·x11 + δ12·x12 + δ21·x21 + δ22·x22 | 0.5·1 + (−1)·2 + 2·4 + 3·5 | 21.5",
        "N2 | dk22 | δ11·x22 + δ12·x23 + δ21·x32 + δ22·x33 | 0.5·5 + (−1)·6 + 2·8 + 3·9 | 39.5",
        "N4 | db   | δ11 + δ12 + δ21 + δ22 | 0.5 + (−1) + 2 + 3 | 4.5",
        "N5 | dx11 | δ11·k11 | 0.5·1 | 0.5",
        "N5 | dx12 | δ11·k12 + δ12·k11 | 0.5·(−1) + (−1)·1 | −1.5",
        "N5 | dx13 | δ12·k12 | (−1)·(−1) | 1",
        "N5 | dx21 | δ11·k21 + δ21·k11 | 0.5·(−2) + 2·1 | 1",
        "N5 | dx22 | δ11·k22 + δ12·k21 + δ21·k12 + δ22·k11 | 0.5·4 + (−1)·(−2) + 2·(−1) + 3·1 | 5",
        "N5 | dx23 | δ12·k22 + δ22·k12 | (−1)·4 + 3·(−1) | −7",
        "N5 | dx31 | δ21·k21 | 2·(−2) | −4",
        "N5 | dx32 | δ21·k22 + δ22·k21 | 2·4 + 3·(−2) | 2",
        "N5 | dx33 | δ22·k22 | 3·4 | 12",
        "N7 | p11  | c11 + c12 + c21 + c22 | 1 + 2 + 3 + 4 | 4",
        "N7 | dc22 | dp11 | 2 | 2",
        "N7 | dc21 | '' | '' | 0",
        "N8 | dz12 | dc12·∂c12/∂z12 | (−1)·0 | 0",
        "N8 | dz21 | dc21·∂c21/∂z21 | 2·1 | 2",
        "N10 | p11 | 1/4·c11 + 1/4·c12 + 1/4·c21 + 1/4·c22 | 1/4·1 + 1/4·2 + 1/4·3 + 1/4·4 | 2.5",
        "N10 | dc12 | 1/4·dp11 | 1/4·2 | 0.5",
        "N12 | df0 | P0 − 1 | 0.785597 − 1 | −0.214403",
        "N12 | df2 | P2 | 0.17529 | 0.17529"})
    void cellsAreTheSumsOfTheNotes(String mark, String cell, String symbols, String numbers, String value) {
        Row row = rows(mark).get(cell);
        assertThat(row.terms().stream().map(Part.Term::symbols).collect(Collectors.joining(" + "))).isEqualTo(symbols);
        assertThat(row.terms().stream().map(Part.Term::numbers).collect(Collectors.joining(" + "))).isEqualTo(numbers);
        assertThat(Numbers.text(row.value())).isEqualTo(value);
    }

    @Test
    void everyGradientCellIsMeasured() {
        for (String mark : List.of("N2", "N4", "N5", "N12")) {
            assertThat(rows(mark).values()).as(mark).allSatisfy(r -> {
                assertThat(r.slope()).isPresent();
                assertThat(r.slope().orElseThrow().value()).isCloseTo(r.value(), within(1e-8));
                assertThat(r.slope().orElseThrow().kink()).isFalse();
            });
        }
    }

    @Test
    void theInputGradientIsAConvolutionOfPaddedDeltaAndTheTurnedKernel() {
        assertThat(grid("N6", "pad(δ)").values().toDoubles()).containsExactly(0, 0, 0, 0, 0, 0.5, -1, 0, 0, 2, 3, 0, 0, 0, 0, 0);
        assertThat(grid("N6", "rot180(K)").values().toDoubles()).containsExactly(4, -2, -1, 1);
        assertThat(grid("N6", "∂L/∂X").values().toDoubles()).containsExactly(0.5, -1.5, 1, 1, 5, -7, -4, 2, 12);
        assertThat(grid("N3", "∂L/∂K").values().toDoubles()).containsExactly(21.5, 26, 35, 39.5);
    }

    @Test
    void poolingHandsOnTheNotesNumbers() {
        assertThat(grid("N7", "∂L/∂C").values().toDoubles()).containsExactly(0, 0, 0, 2);
        assertThat(grid("N10", "∂L/∂C").values().toDoubles()).containsExactly(0.5, 0.5, 0.5, 0.5);
        assertThat(grid("N8", "C").values().toDoubles()).containsExactly(0, 0, 3, 5);
    }

    @Test
    void twoConvolutionsDeepEveryParameterIsMeasured() {
        List<String> checks = section("N9").stream().filter(Part.Check.class::isInstance).map(p -> ((Part.Check) p).what())
                .toList();
        for (String name : List.of("W", "c", "K[2]", "b[2]", "K[1]", "b[1]", "X")) {
            assertThat(checks).anyMatch(c -> c.startsWith("`∂L/∂" + name + "` is what finite differences measure"));
        }
        assertThat(Slopes.largest(grid("N9", "∂L/∂X").values())).as("the gradient reaches the image").isGreaterThan(0.1);
    }

    private static List<Part> section(String mark) {
        List<Part> parts = new ArrayList<>();
        String now = "";
        for (Part p : NOTES.parts()) {
            now = p instanceof Heading h ? h.mark() : now;
            if (now.equals(mark)) {
                parts.add(p);
            }
        }
        return parts;
    }

    private static Map<String, Row> rows(String mark) {
        Map<String, Row> rows = new LinkedHashMap<>();
        section(mark).stream().filter(Terms.class::isInstance).flatMap(t -> ((Terms) t).rows().stream())
                .forEach(r -> rows.put(r.cell(), r));
        return rows;
    }

    private static Grid grid(String mark, String name) {
        return section(mark).stream().filter(Matrices.class::isInstance).flatMap(m -> ((Matrices) m).pieces().stream())
                .filter(Grid.class::isInstance).map(Grid.class::cast).filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    }
}
