package cortado.op;

import cortado.simd.Blocks;
import cortado.simd.Lanes;
import cortado.simd.Tile;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights as a register tile reads them: outputs in panels of up to four blocks, for each tap the blocks of the panel side by side.
 * Before them lies what each output begins with.
 *
 * <p>Taps go by block of inputs, window row, window column, input of the block. The gradient of w is summed up in the same order.
 */
final class Packed {
    /** How weights lie: floats from output to output, from input to input, from row to row of the window, from group to group. */
    record Weights(int out, int in, int row, int group) {
        /** Sixteen groups of one output taken for one group of sixteen. */
        Weights sideBySide() {
            return new Weights(group, 0, row, Lanes.WIDTH * group);
        }
    }

    /** Blocks of outputs that a register tile takes at once: of that group, from that block on. */
    record Panel(int group, int first, int blocks) {
        int lanes() {
            return blocks * Lanes.WIDTH;
        }
    }

    /** Rows and columns of the window that some outputs use, and where their weights lie. */
    private record Part(int[] rows, int[] columns, int taps, int at) {
    }

    private final int in;
    private final int out;
    private final int outputs;
    private final int unit;
    private final int begin;
    private final Weights weights;
    private final List<Part> parts = new ArrayList<>();
    private final List<Panel> panels = new ArrayList<>();
    private int length;

    /**
     * No weights yet.
     *
     * @param groups  groups
     * @param in      inputs of each
     * @param out     outputs of each
     * @param outputs of all groups; the last may have fewer
     * @param unit    inputs in a block
     * @param weights how they lie
     */
    Packed(int groups, int in, int out, int outputs, int unit, Weights weights) {
        this.in = in;
        this.out = out;
        this.outputs = outputs;
        this.unit = unit;
        this.weights = weights;
        int blocks = blocks();
        int count = Math.ceilDiv(blocks, Tile.BLOCKS);
        for (int g = 0; g < groups; g++) {
            for (int p = 0; p < count; p++) {
                int first = p * blocks / count;
                panels.add(new Panel(g, first, (p + 1) * blocks / count - first));
            }
        }
        begin = groups * blocks * Lanes.WIDTH;
        length = begin;
    }

    /** Adds weights for some rows and columns of the window. */
    void add(int[] rows, int[] columns) {
        int taps = in * rows.length * columns.length;
        parts.add(new Part(rows, columns, taps, length));
        length += begin * taps;
    }

    List<Panel> panels() {
        return panels;
    }

    /** {@return blocks of a group's outputs} */
    int blocks() {
        return Math.ceilDiv(out, Lanes.WIDTH);
    }

    /** {@return elements of memory} */
    int length() {
        return length;
    }

    /** {@return elements of a gradient: the same without what outputs begin with} */
    int gradient() {
        return length - begin;
    }

    /** {@return where a panel's beginnings lie} */
    int start(Panel p) {
        return (p.group * blocks() + p.first) * Lanes.WIDTH;
    }

    /** {@return where a panel's weights lie} */
    int at(int part, Panel p) {
        return parts.get(part).at + parts.get(part).taps * start(p);
    }

    /** {@return where a panel's gradient lies} */
    int gradientAt(Panel p) {
        return at(0, p) - begin;
    }

    /** Packs the weights of a panel. Lanes past the outputs get zeros, and so does what outputs begin with if b is empty. */
    void pack(Panel p, float[] w, int wo, float[] b, int bo, float[] to, int at) {
        for (int l = 0; l < p.lanes(); l++) {
            int k = p.first * Lanes.WIDTH + l;
            to[at + start(p) + l] = b.length > 0 && k < outputs(p) ? b[bo + p.group * out + k] : 0;
        }
        for (int part = 0; part < parts.size(); part++) {
            Part s = parts.get(part);
            for (int c = 0; c < in; c += unit) {
                int many = Math.min(unit, in - c);
                for (int l = 0; l < p.lanes(); l++) {
                    int k = p.first * Lanes.WIDTH + l;
                    int from = wo + weight(p, l, c);
                    int t = at + at(part, p) + c * s.rows.length * s.columns.length * p.lanes() + l;
                    for (int r : s.rows) {
                        for (int q : s.columns) {
                            for (int i = 0; i < many; i++, t += p.lanes()) {
                                to[t] = k < outputs(p) ? w[from + i * weights.in + r * weights.row + q] : 0;
                            }
                        }
                    }
                }
            }
        }
    }

    /** Adds a panel's gradients up, of which there are some in a row, and adds them to that of the weights. */
    void addSlots(Panel p, int slots, Tensor sums, Tensor dw) {
        int at = sums.offset() + gradientAt(p);
        for (int s = 1; s < slots; s++) {
            Blocks.add(sums.floats(), at, sums.floats(), at + s * gradient(), parts.getFirst().taps * p.lanes());
        }
        unpack(p, dw.floats(), dw.offset(), sums.floats(), sums.offset());
    }

    /** The opposite of packing. */
    private void unpack(Panel p, float[] dw, int dwo, float[] sums, int at) {
        Part s = parts.getFirst();
        for (int c = 0; c < in; c += unit) {
            int many = Math.min(unit, in - c);
            for (int l = 0; l < Math.min(p.lanes(), outputs(p) - p.first * Lanes.WIDTH); l++) {
                int to = dwo + weight(p, l, c);
                int t = at + gradientAt(p) + c * s.rows.length * s.columns.length * p.lanes() + l;
                for (int r : s.rows) {
                    for (int q : s.columns) {
                        for (int i = 0; i < many; i++, t += p.lanes()) {
                            dw[to + i * weights.in + r * weights.row + q] += sums[t];
                        }
                    }
                }
            }
        }
    }

    private int outputs(Panel p) {
        return Math.min(out, outputs - p.group * out);
    }

    private int weight(Panel p, int lane, int c) {
        return p.group * weights.group + (p.first * Lanes.WIDTH + lane) * weights.out + c * weights.in;
    }
}
