package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Pixels;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Layer normalisation of channels in blocks, an image a part, pixel by pixel: mean and squares in two walks over a pixel's blocks,
 * lanes added by the fixed tree. Each image's share of dw and db is kept apart and added up in the images' order.
 *
 * @param op settings
 * @param x  shape of the input
 */
record LayerNormChannels(LayerNorm op, Shape x) implements Wide {

    LayerNormChannels(LayerNorm op, Shape x) {
        this.op = op;
        this.x = x.images("layernorm");
    }

    @Override
    public String name() {
        return "pixels";
    }

    private int blocks() {
        return Math.ceilDiv(x.c(), WIDTH);
    }

    private int pixels() {
        return x.h() * x.w();
    }

    /** Weights and biases in whole blocks, and 32 floats to sum up lanes. */
    @Override
    public int room() {
        return weights() + blocks() * 2 * WIDTH;
    }

    private int weights() {
        return 2 * WIDTH;
    }

    @Override
    public int scratch() {
        return x.n() * blocks() * 2 * WIDTH;
    }

    private void weights(Operands o, float[] s, int so) {
        Arrays.fill(s, so + weights(), so + room(), 0);
        System.arraycopy(o.w().floats(), o.w().offset(), s, so + weights(), x.c());
        System.arraycopy(o.param(1).floats(), o.param(1).offset(), s, so + weights() + blocks() * WIDTH, x.c());
    }

    private float r(float[] in, int at, float mean, float[] s, int so) {
        return (float) (1 / Math.sqrt(Pixels.squares(in, at, pixels() * WIDTH, x.c(), mean, s, so) / (double) x.c() + op.eps()));
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.forward(o)));
        }
        return List.of(Phase.of(o::n, (n, worker) -> {
            float[] s = room.get(worker).floats();
            int so = room.get(worker).offset();
            int step = pixels() * WIDTH;
            float[] in = o.x().floats();
            weights(o, s, so);
            for (int p = 0; p < pixels(); p++) {
                int at = n * blocks() * step + p * WIDTH;
                float mean = Pixels.sum(in, o.x().offset() + at, step, x.c(), s, so) / x.c();
                float r = r(in, o.x().offset() + at, mean, s, so);
                Pixels.scale(o.y().floats(), o.y().offset() + at, in, o.x().offset() + at, step, x.c(), mean, r, s, so + weights());
            }
        }));
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.backward(o)));
        }
        return List.of(Phase.of(o::n, (n, worker) -> image(o, n, room.get(worker).floats(), room.get(worker).offset())),
                Phase.of(this::blocks, (block, _) -> GroupNormChannels.reduce(o, block, blocks(), x.c())));
    }

    private void image(Operands o, int n, float[] s, int so) {
        int step = pixels() * WIDTH;
        int shares = o.scratch().offset() + n * blocks() * 2 * WIDTH;
        weights(o, s, so);
        Arrays.fill(o.scratch().floats(), shares, shares + blocks() * 2 * WIDTH, 0);
        for (int p = 0; p < pixels(); p++) {
            int at = n * blocks() * step + p * WIDTH;
            int xo = o.x().offset() + at;
            int dyo = o.dy().offset() + at;
            float mean = Pixels.sum(o.x().floats(), xo, step, x.c(), s, so) / x.c();
            float r = r(o.x().floats(), xo, mean, s, so);
            Pixels.sums(o.dy().floats(), dyo, o.x().floats(), xo, step, x.c(), mean, r, s, so + weights(), o.scratch().floats(),
                    shares,
                    s, so);
            if (o.dx().isPresent()) {
                Tensor dx = o.dx().get();
                Pixels.gradient(dx.floats(), dx.offset() + at, o.dy().floats(), dyo, o.x().floats(), xo, step, x.c(), mean, r, s,
                        so + weights(), s[so] / x.c(), s[so + 1] / x.c(), o.accumulates(0));
            }
        }
    }
}
