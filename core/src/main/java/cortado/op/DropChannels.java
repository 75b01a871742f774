package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Gates;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link Dropout} and {@link DropPath} of channels in blocks. Masks are drawn again in backward: an element's place in row order decides,
 * as in the plain ops.
 *
 * @param op one of the two, or for an input that lies in rows, which only a network's first op meets
 */
record DropChannels(Op op) implements Kernel {

    @Override
    public String name() {
        return "blocks";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public int scratch() {
        return WIDTH;
    }

    @Override
    public void forward(Operands o) {
        if (o.x().layout() == Layout.CHANNELS) {
            images(o, o.y(), o.x(), false);
        } else {
            op.forward(o);
        }
    }

    @Override
    public void backward(Operands o) {
        if (o.dx().isPresent()) {
            images(o, o.dx().get(), o.dy(), o.accumulates(0));
        }
    }

    /** y (+)= mask · x. */
    private void images(Operands o, Tensor y, Tensor x, boolean add) {
        int length = x.length() / x.shape().n();
        float[] g = o.scratch().floats();
        int go = o.scratch().offset();
        for (int n = 0; n < x.shape().n(); n++) {
            int yo = y.offset() + n * length;
            int xo = x.offset() + n * length;
            if (op instanceof Dropout d && o.training()) {
                elements(d, o.key(n), y, yo, x, xo, add);
            } else {
                Arrays.fill(g, go, go + WIDTH, op instanceof DropPath d ? (float) d.mask(o, n) : 1);
                Gates.scale(y.floats(), yo, x.floats(), xo, g, go, length / WIDTH, add);
            }
        }
    }

    private static void elements(Dropout d, long key, Tensor y, int yo, Tensor x, int xo, boolean add) {
        float[] out = y.floats();
        float[] in = x.floats();
        float keep = (float) (1 / (1 - d.p()));
        int channels = x.shape().dim(1);
        int pixels = x.size() / x.shape().n() / channels;
        for (int c = 0; c < channels; c++) {
            int at = c / WIDTH * pixels * WIDTH + c % WIDTH;
            for (int p = 0; p < pixels; p++, at += WIDTH) {
                float v = Rng.uniform(key, (long) c * pixels + p) < d.p() ? 0 * in[xo + at] : keep * in[xo + at];
                out[yo + at] = add ? out[yo + at] + v : v;
            }
        }
    }
}
