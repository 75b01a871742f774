package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Blocks;
import cortado.simd.Gates;
import cortado.tensor.Tensor;
import java.util.Arrays;

/** Products of blocks: element by element, or each plane by its 16 factors, whose gradient is summed over pixels in their order. */
record MulVector() implements Lanewise {

    @Override
    public void forward(Operands o) {
        multiply(o.y(), o.x(0), o.x(1), false);
    }

    @Override
    public void backward(Operands o) {
        if (o.dx(0).isPresent()) {
            multiply(o.dx(0).get(), o.dy(), o.x(1), o.accumulates(0));
        }
        if (o.dx(1).isPresent()) {
            gate(o.dx(1).get(), o.dy(), o.x(0), o.accumulates(1));
        }
    }

    private static void multiply(Tensor y, Tensor a, Tensor b, boolean add) {
        int pixels = a.length() / b.length();
        if (pixels == 1) {
            Blocks.multiply(y.floats(), y.offset(), a.floats(), a.offset(), b.floats(), b.offset(), y.length(), add);
            return;
        }
        for (int g = 0; g < b.length(); g += WIDTH) {
            Gates.scale(y.floats(), y.offset() + g * pixels, a.floats(), a.offset() + g * pixels, b.floats(), b.offset() + g,
                    pixels,
                    add);
        }
    }

    private static void gate(Tensor db, Tensor dy, Tensor a, boolean add) {
        int pixels = a.length() / db.length();
        if (pixels == 1) {
            multiply(db, dy, a, add);
            return;
        }
        for (int g = 0; g < db.length(); g += WIDTH) {
            int at = db.offset() + g;
            if (!add) {
                Arrays.fill(db.floats(), at, at + WIDTH, 0);
            }
            Gates.dot(db.floats(), at, dy.floats(), dy.offset() + g * pixels, a.floats(), a.offset() + g * pixels, pixels, false);
        }
    }
}
