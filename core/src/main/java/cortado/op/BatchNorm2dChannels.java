package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Blocks;
import cortado.simd.Planes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Batch normalisation of channels in blocks, and the ReLU after it.
 *
 * <p>Three phases each way. Each plane (16 channels of an image) is summed up by itself; the planes of a block are merged in their
 * order, in double precision; each plane is scaled. Threads share planes, a few at a time, so that 16 channels are work enough
 * for all, and the order of additions knows nothing of them. The ReLU's mask is computed again from x, which costs less than
 * reading y. Forward leaves mean and 1/σ as the bits of floats, so that backward need not sum up x.
 *
 * @param op        settings
 * @param x         shape of the input
 * @param residual  whether a second input is added to the result, as in {@link BatchNormAdd}
 * @param most      of the ReLU that follows: infinite, or 6 for ReLU6; 0 if none does
 */
record BatchNorm2dChannels(BatchNorm2d op, Shape x, boolean residual, float most) implements Wide {
    static final float[] NONE = {};
    /** Floats that a part of a phase walks over, about: enough to be worth a thread's while. */
    private static final int PART = 1 << 15;

    BatchNorm2dChannels(BatchNorm2d op, Shape x, boolean residual, float most) {
        this.op = op;
        this.residual = residual;
        this.x = x.images("batchnorm2d");
        this.most = most;
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

    /** Images of a part. */
    private int images() {
        return Math.clamp(PART / (pixels() * WIDTH), 1, x.n());
    }

    private int partial(int n, int block) {
        return (n * blocks() + block) * 2 * WIDTH;
    }

    private int table(int block) {
        return partial(x.n(), 0) + block * Planes.TABLE;
    }

    @Override
    public int scratch() {
        return table(blocks());
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (foreign(o)) {
            return List.of(Phase.of(() -> 1, (_, _) -> reference().forward(o)));
        }
        List<Phase> phases = new ArrayList<>();
        float[] s = o.scratch().floats();
        int so = o.scratch().offset();
        float[] in = o.x().floats();
        if (o.training()) {
            phases.add(planes(o, (n, block, at) -> Planes.moments(in, o.x().offset() + at, pixels(), s, so + partial(n, block))));
        }
        phases.add(Phase.of(this::blocks, (block, _) -> merge(o, block)));
        phases.add(
                planes(o, (_, block, at) -> Planes.scale(o.y().floats(), o.y().offset() + at, in, o.x().offset() + at, pixels(),
                        residual ? o.x(1).floats() : NONE, residual ? o.x(1).offset() + at : 0, s, so + table(block), most)));
        return phases;
    }

    /** An input that is the network's lies in rows. */
    private boolean foreign(Operands o) {
        return o.x().layout() != Layout.CHANNELS || residual && o.x(1).layout() != Layout.CHANNELS;
    }

    private Op reference() {
        Op plain = residual ? new BatchNormAdd(op) : op;
        return most > 0 ? new Rectified(plain, most) : plain;
    }

    /** The work on one plane. */
    private interface Plane {
        void run(int n, int block, int at);
    }

    private Phase planes(Operands o, Plane work) {
        return Phase.of(() -> blocks() * Math.ceilDiv(o.n(), images()), (part, _) -> {
            int block = part % blocks();
            int from = part / blocks() * images();
            for (int n = from; n < Math.min(o.n(), from + images()); n++) {
                work.run(n, block, (n * blocks() + block) * pixels() * WIDTH);
            }
        });
    }

    /** Mean, scale and shift of a block's channels; in training also what backward and inference want to know. */
    private void merge(Operands o, int block) {
        float[] t = o.scratch().floats();
        int to = o.scratch().offset() + table(block);
        for (int l = 0; l < WIDTH; l++) {
            int c = block * WIDTH + l;
            if (c >= x.c()) {
                scaled(o, t, to, l, c, 0, 0);
                continue;
            }
            double mean = o.param(2).get(c);
            double variance = o.param(3).get(c);
            if (o.training()) {
                long m = (long) o.n() * pixels();
                mean = mean(o, block, l);
                variance = squares(o, block, l, mean) / m;
                op.run(o, c, mean, variance, m);
            }
            scaled(o, t, to, l, c, (float) mean, (float) (1 / Math.sqrt(variance + op.eps())));
        }
    }

    /** Channels past C become 0, whatever lies there. */
    private void scaled(Operands o, float[] t, int to, int l, int c, float mean, float r) {
        boolean real = c < x.c();
        // The weight goes with r, so that a single value's gradient, dy − Σ dy, is exactly 0.
        Planes.set(t, to + l, mean, 1, real ? (float) o.w().get(c) * r : 0, real ? (float) o.param(1).get(c) : 0);
        int[] saved = o.saved(0).ints();
        saved[o.saved(0).offset() + 2 * c] = Float.floatToRawIntBits(mean);
        saved[o.saved(0).offset() + 2 * c + 1] = Float.floatToRawIntBits(r);
    }

    private double mean(Operands o, int block, int l) {
        double sum = 0;
        for (int n = 0; n < o.n(); n++) {
            sum += o.scratch().floats()[o.scratch().offset() + partial(n, block) + l];
        }
        return sum / o.n();
    }

    private double squares(Operands o, int block, int l, double mean) {
        double sum = 0;
        for (int n = 0; n < o.n(); n++) {
            int at = o.scratch().offset() + partial(n, block) + l;
            double apart = o.scratch().floats()[at] - mean;
            sum += o.scratch().floats()[at + WIDTH] + apart * apart * pixels();
        }
        return sum;
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (foreign(o)) {
            return List.of(Phase.of(() -> 1, (_, _) -> reference().backward(o)));
        }
        float[] s = o.scratch().floats();
        int so = o.scratch().offset();
        float[] in = o.x().floats();
        float[] dy = o.dy().floats();
        float[] gate = residual && most > 0 ? o.y().floats() : NONE;
        int go = o.y().offset();
        Optional<Tensor> dr = residual ? o.dx(1) : Optional.empty();
        boolean early = gate.length > 0 && dr.isPresent() && !o.accumulates(1); // what passes the ReLU is dr: it is taken from there
        float[] passed = early ? dr.get().floats() : NONE;
        int po = early ? dr.get().offset() : 0;
        List<Phase> phases = new ArrayList<>();
        phases.add(Phase.of(this::blocks, (block, _) -> recall(o, block)));
        phases.add(planes(o, (n, block, at) -> Planes.sums(dy, o.dy().offset() + at, in, o.x().offset() + at, pixels(), s,
                so + table(block), most, gate, go + at, passed, po + at, s, so + partial(n, block))));
        phases.add(Phase.of(this::blocks, (block, _) -> gradients(o, block)));
        o.dx().ifPresent(dx -> phases.add(planes(o, (_, block, at) -> Planes.gradient(dx.floats(), dx.offset() + at,
                early ? passed : dy, (early ? po : o.dy().offset()) + at, in, o.x().offset() + at, pixels(), s, so + table(block),
                early ? 0 : most, gate, go + at, o.accumulates(0)))));
        dr.filter(_ -> !early).ifPresent(t -> phases.add(planes(o, (_, _, at) -> pass(t, o, at))));
        return phases;
    }

    /** The gradient of the second input: dy where the output is positive. */
    private void pass(Tensor dr, Operands o, int at) {
        int length = pixels() * WIDTH;
        if (most == Float.POSITIVE_INFINITY) {
            Blocks.mask(dr.floats(), dr.offset() + at, o.dy().floats(), o.dy().offset() + at, o.y().floats(), o.y().offset() + at,
                    length,
                    o.accumulates(1));
        } else if (o.accumulates(1)) {
            Blocks.add(dr.floats(), dr.offset() + at, o.dy().floats(), o.dy().offset() + at, length);
        } else {
            System.arraycopy(o.dy().floats(), o.dy().offset() + at, dr.floats(), dr.offset() + at, length);
        }
    }

    private void recall(Operands o, int block) {
        for (int l = 0; l < WIDTH; l++) {
            int c = block * WIDTH + l;
            int at = o.saved(0).offset() + 2 * c;
            scaled(o, o.scratch().floats(), o.scratch().offset() + table(block), l, c,
                    Float.intBitsToFloat(o.saved(0).ints()[at]), Float.intBitsToFloat(o.saved(0).ints()[at + 1]));
        }
    }

    /** db, dw, and of dx what all pixels of a channel have in common. */
    private void gradients(Operands o, int block) {
        float[] s = o.scratch().floats();
        int to = o.scratch().offset() + table(block);
        for (int l = 0; l < Math.min(WIDTH, x.c() - block * WIDTH); l++) {
            int c = block * WIDTH + l;
            double sum = 0;
            double product = 0;
            for (int n = 0; n < o.n(); n++) {
                int at = o.scratch().offset() + partial(n, block) + l;
                sum += s[at];
                product += s[at + WIDTH];
            }
            double r = Float.intBitsToFloat(o.saved(0).ints()[o.saved(0).offset() + 2 * c + 1]);
            double m = o.training() ? (double) o.n() * pixels() : Double.POSITIVE_INFINITY;
            Planes.slope(s, to + l, (float) (sum / m), (float) (r * r * product / m));
            add(o.dw(), c, product * r);
            add(o.db(), c, sum);
        }
    }

    private static void add(Optional<Tensor> gradient, int c, double v) {
        if (gradient.isPresent()) {
            gradient.get().add(c, v);
        }
    }
}
