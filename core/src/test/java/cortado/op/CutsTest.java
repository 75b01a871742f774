package cortado.op;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Cuts.Stretch;
import org.junit.jupiter.api.Test;

/** Cuts cover every row of every image once, for any shape. */
class CutsTest {

    @Test
    void everyRowOfEveryImageBelongsToOneStretch() {
        int[] sizes = {1, 2, 3, 5, 7, 13, 14, 17, 31, 33, 49, 196, 3136};
        for (int high : sizes) {
            for (int columns : new int[] {1, 7, 13, 112}) {
                for (int n : new int[] {1, 2, 3, 16, 17}) {
                    for (int panels : new int[] {1, 3, 8, 17}) {
                        for (int tile : new int[] {1, 6, 12}) {
                            covers(new Cuts(n, high, columns, panels, panels, tile, false), n, high, panels);
                        }
                    }
                }
            }
        }
    }

    private static void covers(Cuts c, int n, int high, int panels) {
        for (int images = 1; images <= n; images++) {
            int[][] met = new int[images][high];
            for (int i = 0; i < c.stretches(images); i++) {
                Stretch s = c.stretch(i, images);
                assertThat(s.rows()).isBetween(0, c.band);
                assertThat(s.images()).isBetween(1, c.together);
                for (int m = s.first(); m < s.first() + s.images(); m++) {
                    for (int r = s.top(); r < s.top() + s.rows(); r++) {
                        met[m][r]++;
                    }
                }
            }
            for (int[] rows : met) {
                assertThat(rows).containsOnly(1);
            }
        }
        assertThat(c.splits).isBetween(1, panels);
        assertThat(panels % c.splits).isZero();
    }

    @Test
    void rowsThatAreTheBatchAreCutAsManyAsThereAre() {
        for (int batch : new int[] {1, 5, 33, 600}) {
            Cuts c = new Cuts(1, batch, 1, 2, 2, 1, true);
            for (int n = 1; n <= batch; n++) {
                int rows = 0;
                for (int i = 0; i < c.stretches(n); i++) {
                    Stretch s = c.stretch(i, n);
                    assertThat(s.top()).isEqualTo(rows);
                    rows += s.rows();
                }
                assertThat(rows).isEqualTo(n);
            }
        }
    }

    @Test
    void oneImageIsCutIntoHalvesOfOneSize() {
        for (int high : new int[] {49, 196, 784, 3136}) {
            for (int panels : new int[] {1, 2, 3, 4, 5}) {
                Cuts c = new Cuts(1, high, 1, panels, panels, 6, false);
                int parts = c.stretches(1) * c.splits;
                int half = 0;
                for (int part = 0; part < parts / 2; part++) { // as Correlation counts them, and Team hands them out
                    half += c.stretch(part % c.stretches(1), 1).rows() * panels / c.splits;
                }
                assertThat(2.0 * half / (high * panels)).as("%d pixels, %d panels, %d parts", high, panels, parts).isBetween(0.9, 1.05);
            }
        }
    }
}
