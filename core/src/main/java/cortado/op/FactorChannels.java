package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Gates;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link ChannelScale} and {@link Prelu} of channels in blocks: a learned factor for each channel, everywhere or below 0. Threads share
 * planes; a factor's gradient is summed over images in their order, and a factor of all channels over these in theirs.
 *
 * @param op    one of the two
 * @param x     shape of the input
 * @param below whether the factor is for what is not above 0 only
 */
record FactorChannels(Op op, Shape x, boolean below) implements Wide {

    static FactorChannels of(ChannelScale op, Shape x) {
        return new FactorChannels(op, x, false);
    }

    static FactorChannels of(Prelu op, Shape x) {
        return new FactorChannels(op, x.images("prelu"), true);
    }

    @Override
    public String name() {
        return "planes";
    }

    private int blocks() {
        return Math.ceilDiv(x.c(), WIDTH);
    }

    private int pixels() {
        return x.h() * x.w();
    }

    @Override
    public int scratch() {
        return blocks() * WIDTH;
    }

    @Override
    public int room() {
        return WIDTH;
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.forward(o)));
        }
        return List.of(planes(o, room, o.y(), o.x(), false));
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.backward(o)));
        }
        List<Phase> phases = new ArrayList<>();
        o.dx().ifPresent(dx -> phases.add(planes(o, room, dx, o.dy(), o.accumulates(0))));
        o.dw().ifPresent(dw -> {
            phases.add(Phase.of(this::blocks, (block, _) -> sum(o, block)));
            phases.add(Phase.of(() -> 1, (_, _) -> gather(o, dw)));
        });
        return phases;
    }

    /** y (+)= factor · v. */
    private Phase planes(Operands o, List<Tensor> room, Tensor y, Tensor v, boolean add) {
        return Phase.of(() -> o.n() * blocks(), (part, worker) -> {
            float[] g = room.get(worker).floats();
            int go = room.get(worker).offset();
            for (int l = 0; l < WIDTH; l++) {
                int c = part % blocks() * WIDTH + l;
                g[go + l] = c < x.c() ? (float) o.w().get(o.w().size() == 1 ? 0 : c) : 0;
            }
            int at = part * pixels() * WIDTH;
            if (below) {
                Gates.bend(y.floats(), y.offset() + at, v.floats(), v.offset() + at, o.x().floats(), o.x().offset() + at, g, go,
                        pixels(), add);
            } else {
                Gates.scale(y.floats(), y.offset() + at, v.floats(), v.offset() + at, g, go, pixels(), add);
            }
        });
    }

    private void sum(Operands o, int block) {
        float[] s = o.scratch().floats();
        int so = o.scratch().offset() + block * WIDTH;
        Arrays.fill(s, so, so + WIDTH, 0);
        for (int n = 0; n < o.n(); n++) {
            int at = (n * blocks() + block) * pixels() * WIDTH;
            Gates.dot(s, so, o.dy().floats(), o.dy().offset() + at, o.x().floats(), o.x().offset() + at, pixels(), below);
        }
    }

    private void gather(Operands o, Tensor dw) {
        for (int c = 0; c < x.c(); c++) {
            dw.add(dw.size() == 1 ? 0 : c, o.scratch().floats()[o.scratch().offset() + c]);
        }
    }
}
