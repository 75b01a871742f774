package cortado.op;

import cortado.op.Packed.Panel;
import cortado.simd.Product;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of w of a {@link Correlation}, by its own tables with their roles changed: rows of the register tile are taps, its
 * blocks those of dy, and the sum runs over pixels, so that there is no sum across lanes.
 *
 * <p>Parts are panels of dy × cuts of the taps × slots. A slot takes its share of the batch, stretch by stretch, into a sum of its
 * own. Slots are few, as shapes say, and are added up in order.
 */
final class WeightGradient {
    /** Taps of a part at least, since each part reads a panel of dy. */
    private static final int TAPS = 96;

    private final Correlation f;
    private final List<Panel> panels;
    private final List<Product> products;
    private final int splits;
    private final int slots;

    WeightGradient(Correlation f, int n) {
        this.f = f;
        panels = f.packed().panels();
        products = panels.stream().map(f::transposed).toList();
        splits = Math.clamp(Math.min(f.tapCuts(), f.taps() / TAPS), 1, Math.ceilDiv(Cuts.PARTS, panels.size()));
        slots = Math.clamp(Math.ceilDiv(Cuts.PARTS, panels.size() * splits), 1, f.cuts.stretches(n));
    }

    /** {@return elements of scratch: the sums of all slots} */
    int scratch() {
        return slots * f.packed().gradient();
    }

    /** Sums, then adds them to dw. */
    List<Phase> phases(Operands o, List<Tensor> room) {
        Tensor dw = o.dw().orElseThrow();
        return List.of(Phase.of(() -> panels.size() * splits * slots, (part, worker) -> sum(part, o, room.get(worker))),
                Phase.of(panels::size, (panel, _) -> f.packed().addSlots(panels.get(panel), slots, o.scratch(), dw)));
    }

    private void sum(int part, Operands o, Tensor room) {
        int panel = part % panels.size();
        int split = part / panels.size() % splits;
        int slot = part / panels.size() / splits;
        Panel p = panels.get(panel);
        int from = split * f.tapCuts() / splits;
        int to = (split + 1) * f.tapCuts() / splits;
        float[] sums = o.scratch().floats();
        int at = o.scratch().offset() + slot * f.packed().gradient() + f.packed().gradientAt(p);
        Arrays.fill(sums, at + f.tapsBefore(from) * p.lanes(), at + (splits == 1 ? f.taps() : f.tapsBefore(to)) * p.lanes(), 0);
        int all = f.cuts.stretches(o.n());
        for (int s = slot * all / slots; s < (slot + 1) * all / slots; s++) {
            f.gradient(s, o.n(), products.get(panel), p, from, to, sums, at, o.x(), o.dy(), room);
        }
    }
}
