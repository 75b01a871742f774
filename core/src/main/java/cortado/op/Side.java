package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.Optional;

/**
 * Where the elements of a tensor lie, as kernels for channels in blocks see it. A batch of vectors is one image of N rows.
 *
 * @param c      channels
 * @param h      rows
 * @param w      columns
 * @param lanes  whether 16 channels lie side by side, in blocks; else each channel is a block
 * @param image  floats from image to image; 0 for vectors
 * @param block  floats from block to block
 * @param row    floats from row to row
 * @param pixel  floats from column to column
 */
record Side(int c, int h, int w, boolean lanes, int image, int block, int row, int pixel) {

    static Side of(Shape s, Layout layout) {
        boolean lanes = layout == Layout.CHANNELS;
        int unit = lanes ? Lanes.WIDTH : 1;
        int blocks = Math.ceilDiv(s.dim(1), unit);
        if (s.rank() == 2) {
            return new Side(s.dim(1), s.n(), 1, lanes, 0, unit, blocks * unit, blocks * unit);
        }
        int block = s.h() * s.w() * unit;
        return new Side(s.c(), s.h(), s.w(), lanes, blocks * block, block, s.w() * unit, unit);
    }

    /** {@return the same tensor in blocks} */
    Side inBlocks() {
        return of(Shape.of(1, c, h, w), Layout.CHANNELS);
    }

    /** {@return the same tensor with its images seen as one column: for what treats every pixel alike} */
    Side column() {
        return new Side(c, h * w, 1, lanes, image, block, pixel, pixel);
    }

    /** {@return whether this is a batch of vectors} */
    boolean vectors() {
        return image == 0;
    }

    /** {@return channels of a block} */
    int unit() {
        return lanes ? Lanes.WIDTH : 1;
    }

    /** {@return how many blocks there are} */
    int blocks() {
        return Math.ceilDiv(c, unit());
    }

    /** {@return where a channel begins in an image} */
    int channel(int c) {
        return c / unit() * block + c % unit();
    }

    /** y + plus, then min(max(y, 0), most) unless most is 0, of some rows of the block that begins at {@code plane}. */
    void finish(Tensor y, int plane, int top, int rows, Optional<Tensor> plus, float most) {
        boolean whole = row == w * Lanes.WIDTH; // then rows follow each other
        int length = w * Lanes.WIDTH * (whole ? rows : 1);
        for (int r = 0; r < (whole ? 1 : rows); r++) {
            int at = plane + (top + r) * row;
            if (plus.isPresent() && most > 0) {
                Blocks.addAndRectify(y.floats(), y.offset() + at, plus.get().floats(), plus.get().offset() + at, length, most);
            } else if (plus.isPresent()) {
                Blocks.add(y.floats(), y.offset() + at, plus.get().floats(), plus.get().offset() + at, length);
            } else if (most > 0) {
                Blocks.rectify(y.floats(), y.offset() + at, y.floats(), y.offset() + at, length, most);
            }
        }
    }
}
