package cortado.op;

import static cortado.simd.Lanes.WIDTH;

import cortado.simd.Shift;
import cortado.tensor.Layout;
import cortado.tensor.Tensor;
import java.util.Arrays;

/** Kernels for channels in blocks that only move data: concatenation, padding, flattening. They take images one by one. */
final class MovedChannels {
    private MovedChannels() {
    }

    /** A kernel that reads channels in blocks, and leaves what lies in rows, a network's input, to the plain op. */
    private interface Moving extends Kernel {
        Op op();

        void move(Operands o);

        void back(Operands o);

        @Override
        default String name() {
            return "blocks";
        }

        @Override
        default boolean overwrites() {
            return true;
        }

        @Override
        default void forward(Operands o) {
            if (blocked(o)) {
                move(o);
            } else {
                op().forward(o);
            }
        }

        @Override
        default void backward(Operands o) {
            if (blocked(o)) {
                back(o);
                return;
            }
            for (int i = 0; i < o.inputs(); i++) {
                if (o.dx(i).isPresent() && !o.accumulates(i)) {
                    o.dx(i).get().fill(0);
                }
            }
            op().backward(o);
        }

        private static boolean blocked(Operands o) {
            for (int i = 0; i < o.inputs(); i++) {
                if (o.x(i).layout() != Layout.CHANNELS) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Concatenation: whole blocks at once where channels are multiples of 16. */
    record ConcatChannels(Concat op) implements Moving {
        @Override
        public void move(Operands o) {
            for (int i = 0, from = 0; i < o.inputs(); from += o.x(i).shape().dim(1), i++) {
                part(o.y(), o.x(i), from, false, false);
            }
        }

        @Override
        public void back(Operands o) {
            for (int i = 0, from = 0; i < o.inputs(); from += o.x(i).shape().dim(1), i++) {
                if (o.dx(i).isPresent()) {
                    part(o.dy(), o.dx(i).get(), from, true, o.accumulates(i));
                }
            }
        }

        private static void part(Tensor y, Tensor x, int from, boolean back, boolean add) {
            int n = x.shape().n();
            int c = x.shape().dim(1);
            int pixels = x.size() / n / c;
            for (int i = 0; i < n; i++) {
                Shift.move(y.floats(), y.offset() + i * (y.length() / n), pixels * WIDTH, from, x.floats(),
                        x.offset() + i * (x.length() / n), pixels * WIDTH, c, pixels, back, add);
            }
        }
    }

    /** Padding, row by row. */
    record PadChannels(Pad op) implements Moving {
        @Override
        public void move(Operands o) {
            Tensor y = o.y();
            Arrays.fill(y.floats(), y.offset(), y.offset() + y.length(), (float) op.value());
            rows(y, o.x(), false, false);
        }

        @Override
        public void back(Operands o) {
            if (o.dx().isPresent()) {
                rows(o.dy(), o.dx().get(), true, o.accumulates(0));
            }
        }

        private void rows(Tensor y, Tensor x, boolean back, boolean add) {
            int n = x.shape().n();
            int w = x.shape().w();
            int wide = y.shape().w();
            for (int i = 0; i < n; i++) {
                int yo = y.offset() + i * (y.length() / n);
                int xo = x.offset() + i * (x.length() / n);
                for (int h = 0; h < x.shape().h(); h++) {
                    Shift.move(y.floats(), yo + ((op.top() + h) * wide + op.left()) * WIDTH, y.shape().h() * wide * WIDTH,
                            op.channelsBefore(), x.floats(), xo + h * w * WIDTH, x.shape().h() * w * WIDTH, x.shape().c(), w, back,
                            add);
                }
            }
        }
    }

    /** Flattening: 16 channels of a pixel part. */
    record FlattenChannels(Flatten op) implements Moving {
        @Override
        public void move(Operands o) {
            each(o.y(), o.x(), false, false);
        }

        @Override
        public void back(Operands o) {
            if (o.dx().isPresent()) {
                each(o.dy(), o.dx().get(), true, o.accumulates(0));
            }
        }

        private static void each(Tensor y, Tensor x, boolean back, boolean add) {
            int n = x.shape().n();
            int pixels = x.size() / n / x.shape().dim(1);
            for (int i = 0; i < n; i++) {
                for (int c = 0; c < x.shape().dim(1); c++) {
                    int yo = y.offset() + i * (y.length() / n) + c * pixels;
                    int xo = x.offset() + i * (x.length() / n) + c / WIDTH * pixels * WIDTH + c % WIDTH;
                    channel(y.floats(), yo, x.floats(), xo, pixels, back, add);
                }
            }
        }

        private static void channel(float[] y, int yo, float[] x, int xo, int pixels, boolean back, boolean add) {
            for (int p = 0; p < pixels; p++, xo += WIDTH) {
                if (back) {
                    x[xo] = add ? x[xo] + y[yo + p] : y[yo + p];
                } else {
                    y[yo + p] = x[xo];
                }
            }
        }
    }
}
