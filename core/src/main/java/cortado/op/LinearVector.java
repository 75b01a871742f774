package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Outer;
import cortado.simd.Taps;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Linear layer over a block of 16 images: a correlation without pixels ({@link Taps}) for y and dx, sixteen outer products
 * ({@link Outer}) for dw.
 */
final class LinearVector implements Kernel {
    private static final float[] NO_BIAS = {};

    private final int k;
    private final int c;
    private final Taps forward;
    private final Taps input;

    LinearVector(Linear op, Shape x) {
        k = op.outputs();
        c = x.dim(1);
        int[] y = {Lanes.WIDTH, 0, 0};
        int[] none = {0, 0};
        forward = new Taps(IntStream.range(0, c).map(i -> i * Lanes.WIDTH).toArray(), k, 1, 1, y, none, new int[] {c, 1});
        input = new Taps(IntStream.range(0, k).map(i -> i * Lanes.WIDTH).toArray(), c, 1, 1, y, none, new int[] {1, c});
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public boolean overwrites() {
        return true;
    }

    @Override
    public int scratch() {
        return c * Lanes.WIDTH;
    }

    @Override
    public void forward(Operands o) {
        float[] b = o.b().isPresent() ? o.b().get().floats() : NO_BIAS;
        int bo = o.b().isPresent() ? o.b().get().offset() : 0;
        forward.run(o.y().floats(), o.y().offset(), o.x().floats(), o.x().offset(), o.w().floats(), o.w().offset(), b, bo);
    }

    @Override
    public void backward(Operands o) {
        Tensor dy = o.dy();
        Tensor room = o.scratch();
        if (o.dw().isPresent()) {
            Tensor dw = o.dw().get();
            Outer.run(dw.floats(), dw.offset(), dy.floats(), dy.offset(), o.x().floats(), o.x().offset(), k, c, room.floats(),
                    room.offset());
        }
        if (o.db().isPresent()) {
            Tensor db = o.db().get();
            for (int i = 0; i < k; i++) {
                db.floats()[db.offset() + i] = Lanes.sum(dy.floats(), dy.offset() + i * Lanes.WIDTH);
            }
        }
        if (o.dx().isPresent()) {
            Tensor dx = o.dx().get();
            Tensor out = o.accumulates(0) ? room : dx;
            input.run(out.floats(), out.offset(), dy.floats(), dy.offset(), o.w().floats(), o.w().offset(), NO_BIAS, 0);
            if (o.accumulates(0)) {
                Blocks.add(dx.floats(), dx.offset(), out.floats(), out.offset(), c * Lanes.WIDTH);
            }
        }
    }
}
