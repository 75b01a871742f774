package cortado.op;

import cortado.simd.Blocks;
import cortado.tensor.Tensor;

/** Kernels that walk blocks from end to end: ReLU, the sum of two tensors, and an op with its ReLU in place. */
final class ElementwiseVector {
    private ElementwiseVector() {
    }

    /** ReLU. */
    record ReluVector() implements Lanewise {
        @Override
        public void forward(Operands o) {
            Blocks.rectify(o.y().floats(), o.y().offset(), o.x().floats(), o.x().offset(), o.y().length(), Float.POSITIVE_INFINITY);
        }

        @Override
        public void backward(Operands o) {
            if (o.dx().isPresent()) {
                Tensor dx = o.dx().get();
                Blocks.mask(dx.floats(), dx.offset(), o.dy().floats(), o.dy().offset(), o.x().floats(), o.x().offset(), dx.length(),
                        o.accumulates(0));
            }
        }
    }

    /** Sum of two tensors. */
    record AddVector() implements Lanewise {
        @Override
        public void forward(Operands o) {
            Tensor y = o.y();
            Blocks.sum(y.floats(), y.offset(), o.x(0).floats(), o.x(0).offset(), o.x(1).floats(), o.x(1).offset(), y.length());
        }

        @Override
        public void backward(Operands o) {
            for (int i = 0; i < 2; i++) {
                if (o.dx(i).isPresent()) {
                    Tensor dx = o.dx(i).get();
                    if (o.accumulates(i)) {
                        Blocks.add(dx.floats(), dx.offset(), o.dy().floats(), o.dy().offset(), dx.length());
                    } else {
                        System.arraycopy(o.dy().floats(), o.dy().offset(), dx.floats(), dx.offset(), dx.length());
                    }
                }
            }
        }
    }

    /**
     * An op's kernel and a ReLU on its output, in place.
     *
     * @param inner the op's kernel
     */
    record RectifiedVector(Kernel inner) implements Kernel {
        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public boolean overwrites() {
            return inner.overwrites();
        }

        @Override
        public int scratch() {
            return inner.scratch();
        }

        @Override
        public void forward(Operands o) {
            inner.forward(o);
            Tensor y = o.y();
            Blocks.rectify(y.floats(), y.offset(), y.floats(), y.offset(), y.length(), Float.POSITIVE_INFINITY);
        }

        @Override
        public void backward(Operands o) {
            Tensor dy = o.dy();
            Blocks.mask(dy.floats(), dy.offset(), dy.floats(), dy.offset(), o.y().floats(), o.y().offset(), dy.length(), false);
            inner.backward(o);
        }
    }
}
