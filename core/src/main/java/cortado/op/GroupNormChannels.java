package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Planes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Group normalisation of channels in blocks, an image a part: each plane is summed up, the channels of a group are merged in their
 * order in double precision, each plane is scaled. Backward sums x up again, which is still in the cache.
 *
 * @param op settings
 * @param x  shape of the input
 */
record GroupNormChannels(GroupNorm op, Shape x) implements Wide {

    GroupNormChannels(GroupNorm op, Shape x) {
        this.op = op;
        this.x = x.images("groupnorm");
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

    /** For each block sums, 2·16 floats, then for each block a table. */
    @Override
    public int room() {
        return blocks() * (2 * WIDTH + Planes.TABLE);
    }

    /** Each image's share of dw and db. */
    @Override
    public int scratch() {
        return x.n() * blocks() * 2 * WIDTH;
    }

    private int sums(int c) {
        return c / WIDTH * 2 * WIDTH + c % WIDTH;
    }

    private int table(int block) {
        return blocks() * 2 * WIDTH + block * Planes.TABLE;
    }

    private int entry(int c) {
        return table(c / WIDTH) + c % WIDTH;
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.forward(o)));
        }
        return List.of(Phase.of(o::n, (n, worker) -> {
            float[] s = room.get(worker).floats();
            int so = room.get(worker).offset();
            tables(o, n, s, so);
            for (int b = 0; b < blocks(); b++) {
                int at = (n * blocks() + b) * pixels() * WIDTH;
                Planes.scale(o.y().floats(), o.y().offset() + at, o.x().floats(), o.x().offset() + at, pixels(),
                        BatchNorm2dChannels.NONE, 0, s, so + table(b), 0);
            }
        }));
    }

    /** What each channel of an image is shifted and scaled by. Places past C become 0. */
    private void tables(Operands o, int n, float[] s, int so) {
        for (int b = 0; b < blocks(); b++) {
            Planes.moments(o.x().floats(), o.x().offset() + (n * blocks() + b) * pixels() * WIDTH, pixels(), s,
                    so + b * 2 * WIDTH);
        }
        Arrays.fill(s, so + table(0), so + table(blocks()), 0);
        int size = x.c() / op.groups();
        for (int g = 0; g < op.groups(); g++) {
            double mean = 0;
            double squares = 0;
            for (int c = g * size; c < (g + 1) * size; c++) {
                mean += s[so + sums(c)] / (double) size;
            }
            for (int c = g * size; c < (g + 1) * size; c++) {
                double apart = s[so + sums(c)] - mean;
                squares += s[so + sums(c) + WIDTH] + apart * apart * pixels();
            }
            float r = (float) (1 / Math.sqrt(squares / ((double) size * pixels()) + op.eps()));
            for (int c = g * size; c < (g + 1) * size; c++) {
                Planes.set(s, so + entry(c), (float) mean, (float) o.w().get(c), r, (float) o.param(1).get(c));
            }
        }
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.backward(o)));
        }
        return List.of(Phase.of(o::n, (n, worker) -> image(o, n, room.get(worker).floats(), room.get(worker).offset())),
                Phase.of(this::blocks, (block, _) -> reduce(o, block, blocks(), x.c())));
    }

    private void image(Operands o, int n, float[] s, int so) {
        tables(o, n, s, so);
        for (int b = 0; b < blocks(); b++) {
            int at = (n * blocks() + b) * pixels() * WIDTH;
            Planes.sums(o.dy().floats(), o.dy().offset() + at, o.x().floats(), o.x().offset() + at, pixels(), s, so + table(b),
                    0, BatchNorm2dChannels.NONE, 0, BatchNorm2dChannels.NONE, 0, s, so + b * 2 * WIDTH);
        }
        gradients(o, n, s, so);
        if (o.dx().isPresent()) {
            Tensor dx = o.dx().get();
            for (int b = 0; b < blocks(); b++) {
                int at = (n * blocks() + b) * pixels() * WIDTH;
                Planes.gradient(dx.floats(), dx.offset() + at, o.dy().floats(), o.dy().offset() + at, o.x().floats(),
                        o.x().offset() + at, pixels(), s, so + table(b), 0, BatchNorm2dChannels.NONE, 0,
                        o.accumulates(0));
            }
        }
    }

    /** The image's share of dw and db, and of dx what the pixels of a group have in common. */
    private void gradients(Operands o, int n, float[] s, int so) {
        int size = x.c() / op.groups();
        int to = o.scratch().offset() + n * blocks() * 2 * WIDTH;
        for (int g = 0; g < op.groups(); g++) {
            double sum = 0;
            double product = 0;
            double r = Planes.r(s, so + entry(g * size));
            for (int c = g * size; c < (g + 1) * size; c++) {
                sum += o.w().get(c) * s[so + sums(c)];
                product += o.w().get(c) * s[so + sums(c) + WIDTH];
                o.scratch().floats()[to + sums(c)] = s[so + sums(c)];
                o.scratch().floats()[to + sums(c) + WIDTH] = (float) (s[so + sums(c) + WIDTH] * r);
            }
            double m = (double) size * pixels();
            for (int c = g * size; c < (g + 1) * size; c++) {
                Planes.slope(s, so + entry(c), (float) (sum / m), (float) (product * r * r / m));
            }
        }
    }

    /**
     * Adds the images' shares of dw and db, in their order.
     *
     * @param o      {@code scratch} holds for each image and block 16 shares of db and 16 of dw
     * @param block  of 16 channels
     * @param blocks of an image
     * @param c      channels
     */
    static void reduce(Operands o, int block, int blocks, int c) {
        for (int l = 0; l < WIDTH && block * WIDTH + l < c; l++) {
            double db = 0;
            double dw = 0;
            for (int n = 0; n < o.n(); n++) {
                int at = o.scratch().offset() + (n * blocks + block) * 2 * WIDTH + l;
                db += o.scratch().floats()[at];
                dw += o.scratch().floats()[at + WIDTH];
            }
            if (o.db().isPresent()) {
                o.db().get().add(block * WIDTH + l, db);
            }
            if (o.dw().isPresent()) {
                o.dw().get().add(block * WIDTH + l, dw);
            }
        }
    }
}
