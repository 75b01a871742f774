package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Grid;
import cortado.op.Window;
import cortado.tensor.Tensor;
import java.util.HashSet;
import java.util.Set;

/** Matrices laid out in larger ones of zeros: padded, spread by a stride, turned. */
final class Frames {
    private Frames() {
    }

    /** Puts t into rows × columns zeros: its element (i, j) at (top + i·stepH, left + j·stepW), where that is inside. */
    static Grid spread(String name, Tensor t, int rows, int columns, At first, int stepH, int stepW) {
        Tensor out = Tensor.f64(rows, columns);
        Set<At> zeros = new HashSet<>();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                zeros.add(new At(r, c));
            }
        }
        for (int i = 0; i < t.shape().dim(0); i++) {
            for (int j = 0; j < t.shape().dim(1); j++) {
                At at = new At(first.row() + i * stepH, first.column() + j * stepW);
                if (at.row() >= 0 && at.row() < rows && at.column() >= 0 && at.column() < columns) {
                    out.set(at.row(), at.column(), t.get(i, j));
                    zeros.remove(at);
                }
            }
        }
        return new Grid(name, out, Set.of(), zeros);
    }

    /** x with its padding, as the windows see it. */
    static Grid padded(String name, Tensor x, Window w) {
        int rows = x.shape().dim(0) + w.h().before() + w.h().after();
        int columns = x.shape().dim(1) + w.w().before() + w.w().after();
        return spread(name, x, rows, columns, new At(w.h().before(), w.w().before()), 1, 1);
    }

    /** The cells of a padded input that the window of output (p, q) meets. */
    static Set<At> window(Window w, int p, int q) {
        Set<At> cells = new HashSet<>();
        for (int r = 0; r < w.h().kernel(); r++) {
            for (int s = 0; s < w.w().kernel(); s++) {
                cells.add(new At(p * w.h().stride() + r * w.h().dilation(), q * w.w().stride() + s * w.w().dilation()));
            }
        }
        return cells;
    }

    /** Turned by 180°. */
    static Tensor rot180(Tensor k) {
        Tensor out = Tensor.f64(k.shape().dims());
        for (int i = 0; i < k.size(); i++) {
            out.set(k.size() - 1 - i, k.get(i));
        }
        return out;
    }

    static Tensor copy(Tensor t) {
        return Tensor.of(t.toDoubles(), t.shape().dims());
    }
}
