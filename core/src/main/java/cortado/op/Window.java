package cortado.op;

import cortado.tensor.ShapeException;

/**
 * A window that slides over rows and columns: shared by convolution and pooling. Output position {@code p} and window
 * position {@code r} meet input position {@code p·stride − before + r·dilation}.
 *
 * @param h along rows
 * @param w along columns
 */
public record Window(Axis h, Axis w) {

    /**
     * One axis of a window.
     *
     * @param kernel   positions in the window, at least 1
     * @param stride   distance between windows, at least 1
     * @param before   padding before the first element, at least 0
     * @param after    padding after the last element, at least 0
     * @param dilation distance between positions of one window, at least 1
     */
    public record Axis(int kernel, int stride, int before, int after, int dilation) {
        /** Far beyond any image, and small enough that no size computed from a window overflows. */
        private static final int MOST = 32_767;

        /** Checks the ranges. */
        public Axis {
            if (kernel < 1 || stride < 1 || before < 0 || after < 0 || dilation < 1
                    || Math.max(Math.max(kernel, stride), Math.max(Math.max(before, after), dilation)) > MOST) {
                throw new ShapeException("a window needs kernel, stride and dilation of 1 … " + MOST + " and padding of 0 … " + MOST
                        + ", received kernel " + kernel + ", stride " + stride + ", padding " + before + "+" + after + ", dilation "
                        + dilation);
            }
        }

        /** {@return input positions that one window spans: dilation·(kernel−1)+1} */
        public int extent() {
            return dilation * (kernel - 1) + 1;
        }

        /**
         * The output size: ⌊(in + before + after − extent) / stride⌋ + 1.
         *
         * @param in input size
         * @return how many windows fit
         * @throws ShapeException if not even one does
         */
        public int output(int in) {
            int room = in + before + after - extent();
            if (room < 0) {
                throw new ShapeException("the window spans " + extent() + " positions, but the input has only " + in
                        + (before + after > 0 ? " and " + (before + after) + " of padding" : "")
                        + "; use a smaller kernel or dilation, more padding or a larger image");
            }
            return room / stride + 1;
        }

        /**
         * PyTorch's {@code ceil_mode}: a last window may hang over the end if it begins inside the input or the padding before it.
         *
         * @param in input size
         * @return how many windows there are
         */
        public int outputCeil(int in) {
            int floor = output(in);
            int room = in + before + after - extent();
            return room % stride != 0 && floor * stride < in + before ? floor + 1 : floor;
        }

        /**
         * {@return the input position where they meet; outside 0 … in−1 it is padding}
         * @param p output position
         * @param r window position
         */
        public int at(int p, int r) {
            return p * stride - before + r * dilation;
        }
    }

    /**
     * A square window with stride 1 and no padding.
     *
     * @param kernel rows and columns
     * @return the window
     */
    public static Window of(int kernel) {
        return of(kernel, 1, 0);
    }

    /**
     * A square window.
     *
     * @param kernel  rows and columns
     * @param stride  along both axes
     * @param padding on all four sides
     * @return the window
     */
    public static Window of(int kernel, int stride, int padding) {
        Axis a = new Axis(kernel, stride, padding, padding, 1);
        return new Window(a, a);
    }

    /**
     * Stride 1 and as much padding as keeps the size; an odd rest goes after, as in PyTorch's {@code padding='same'}.
     *
     * @param kernelH   rows
     * @param kernelW   columns
     * @param dilationH along rows
     * @param dilationW along columns
     * @return the window
     */
    public static Window same(int kernelH, int kernelW, int dilationH, int dilationW) {
        return new Window(same(kernelH, dilationH), same(kernelW, dilationW));
    }

    private static Axis same(int kernel, int dilation) {
        int total = dilation * (kernel - 1);
        return new Axis(kernel, 1, total / 2, total - total / 2, dilation);
    }

    /** {@return positions in the window: rows × columns} */
    public int size() {
        return h.kernel * w.kernel;
    }

    /** {@return kernel, stride, padding and dilation, leaving out what is usual: {@code 5×5 /2 pad 2}} */
    public String text() {
        StringBuilder s = new StringBuilder().append(h.kernel).append('×').append(w.kernel);
        if (h.stride != 1 || w.stride != 1) {
            s.append(" /").append(h.stride).append(h.stride == w.stride ? "" : "," + w.stride);
        }
        if (h.before + h.after + w.before + w.after > 0) {
            boolean one = h.before == h.after && h.before == w.before && w.before == w.after;
            s.append(" pad ").append(h.before).append(one ? "" : "," + h.after + "," + w.before + "," + w.after);
        }
        if (h.dilation != 1 || w.dilation != 1) {
            s.append(" dilation ").append(h.dilation).append(h.dilation == w.dilation ? "" : "," + w.dilation);
        }
        return s.toString();
    }
}
