package cortado.simd;

import static cortado.simd.Lanes.F;
import static cortado.simd.Lanes.V;
import static cortado.simd.Lanes.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What kernels do to whole stretches of blocks: rectify, add, pad, and sum per channel. */
public final class Blocks {
    private Blocks() {
    }

    /**
     * {@code y = min(max(x, 0), most)}; a NaN stays.
     *
     * @param y  output, may be x
     * @param yo its first element
     * @param x  input
     * @param xo its first element
     * @param n  elements, a multiple of 16
     * @param most infinite for ReLU, 6 for ReLU6
     */
    public static void rectify(float[] y, int yo, float[] x, int xo, int n, float most) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).blend(most, v.compare(VectorOperators.GT, most)).intoArray(y, yo + i);
        }
    }

    /**
     * {@code y = min(max(y + x, 0), most)} in one pass; a NaN stays.
     *
     * @param y    changed in place
     * @param yo   its first element
     * @param x    what is added
     * @param xo   its first element
     * @param n    elements, a multiple of 16
     * @param most infinite for ReLU, 6 for ReLU6
     */
    public static void addAndRectify(float[] y, int yo, float[] x, int xo, int n, float most) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = FloatVector.fromArray(F, y, yo + i).add(FloatVector.fromArray(F, x, xo + i));
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).blend(most, v.compare(VectorOperators.GT, most)).intoArray(y, yo + i);
        }
    }

    /**
     * {@code dy = 0} where {@code y ≥ most}.
     *
     * @param dy   gradient, changed in place
     * @param dyo  its first element
     * @param y    output of a ReLU6
     * @param yo   its first element
     * @param n    elements, a multiple of 16
     * @param most where it was cut off
     */
    public static void below(float[] dy, int dyo, float[] y, int yo, int n, float most) {
        for (int i = 0; i < n; i += V) {
            FloatVector.fromArray(F, dy, dyo + i).blend(0f, FloatVector.fromArray(F, y, yo + i).compare(VectorOperators.GE, most))
                    .intoArray(dy, dyo + i);
        }
    }

    /**
     * {@code dx (+)= dy} where {@code x > 0}, else 0.
     *
     * @param dx  output, may be dy when it does not add
     * @param dxo its first element
     * @param dy  gradient
     * @param dyo its first element
     * @param x   input or output of the ReLU
     * @param xo  its first element
     * @param n   elements, a multiple of 16
     * @param add whether dx keeps what it holds
     */
    public static void mask(float[] dx, int dxo, float[] dy, int dyo, float[] x, int xo, int n, boolean add) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = FloatVector.fromArray(F, x, xo + i);
            FloatVector d = FloatVector.zero(F).blend(FloatVector.fromArray(F, dy, dyo + i), v.compare(VectorOperators.GT, 0f));
            (add ? d.add(FloatVector.fromArray(F, dx, dxo + i)) : d).intoArray(dx, dxo + i);
        }
    }

    /**
     * {@code y += x}.
     *
     * @param y  sum
     * @param yo its first element
     * @param x  what is added
     * @param xo its first element
     * @param n  elements, a multiple of 16
     */
    public static void add(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector.fromArray(F, y, yo + i).add(FloatVector.fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    /**
     * {@code y = a + b}.
     *
     * @param y  sum
     * @param yo its first element
     * @param a  summand
     * @param ao its first element
     * @param b  summand
     * @param bo its first element
     * @param n  elements, a multiple of 16
     */
    public static void sum(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n) {
        for (int i = 0; i < n; i += V) {
            FloatVector.fromArray(F, a, ao + i).add(FloatVector.fromArray(F, b, bo + i)).intoArray(y, yo + i);
        }
    }

    /**
     * Copies blocks to other distances.
     *
     * @param y     output
     * @param yo    its first element
     * @param yStep from block to block
     * @param x     input
     * @param xo    its first element
     * @param xStep from block to block
     * @param n     blocks
     */
    public static void spread(float[] y, int yo, int yStep, float[] x, int xo, int xStep, int n) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            for (int i = 0; i < n; i++) {
                FloatVector.fromArray(F, x, xo + i * xStep + lane).intoArray(y, yo + i * yStep + lane);
            }
        }
    }

    /**
     * {@code y (+)= a · b}.
     *
     * @param y   output
     * @param yo  its first element
     * @param a   factor
     * @param ao  its first element
     * @param b   factor
     * @param bo  its first element
     * @param n   elements, a multiple of 16
     * @param add whether y keeps what it holds
     */
    public static void multiply(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n, boolean add) {
        for (int i = 0; i < n; i += V) {
            FloatVector v = FloatVector.fromArray(F, a, ao + i).mul(FloatVector.fromArray(F, b, bo + i));
            (add ? v.add(FloatVector.fromArray(F, y, yo + i)) : v).intoArray(y, yo + i);
        }
    }

    /**
     * Copies images into a border of zeros.
     *
     * @param y      room for {@code C × (top+H+bottom) × (left+W+right)} blocks
     * @param yo     its first element
     * @param x      {@code C H W} blocks
     * @param xo     its first element
     * @param size   C, H, W
     * @param border top, left, bottom, right
     */
    public static void pad(float[] y, int yo, float[] x, int xo, int[] size, int[] border) {
        int row = size[2] * WIDTH;
        int left = border[1] * WIDTH;
        int right = border[3] * WIDTH;
        int wide = left + row + right;
        for (int c = 0; c < size[0]; c++) {
            Arrays.fill(y, yo, yo + border[0] * wide, 0);
            yo += border[0] * wide;
            for (int h = 0; h < size[1]; h++, yo += wide, xo += row) {
                Arrays.fill(y, yo, yo + left, 0);
                System.arraycopy(x, xo, y, yo + left, row);
                Arrays.fill(y, yo + left + row, yo + wide, 0);
            }
            Arrays.fill(y, yo, yo + border[2] * wide, 0);
            yo += border[2] * wide;
        }
    }

    /**
     * Copies some rows of one plane into a border of zeros.
     *
     * @param y     room for {@code deep} rows
     * @param yo    its first element
     * @param deep  rows wanted
     * @param wide  floats of each
     * @param x     the plane
     * @param xo    its first element
     * @param h     rows it has
     * @param row   floats of each
     * @param first the first row wanted; what lies outside the plane is zero
     * @param left  floats of zeros before each row
     */
    public static void pad(float[] y, int yo, int deep, int wide, float[] x, int xo, int h, int row, int first, int left) {
        for (int r = first; r < first + deep; r++, yo += wide) {
            if (r < 0 || r >= h) {
                Arrays.fill(y, yo, yo + wide, 0);
            } else {
                Arrays.fill(y, yo, yo + left, 0);
                System.arraycopy(x, xo + r * row, y, yo + left, row);
                Arrays.fill(y, yo + left + row, yo + wide, 0);
            }
        }
    }

    /**
     * Copies some rows of a plane, pixel by pixel, into one lane of blocks.
     *
     * @param y     blocks; those of pixels outside the plane are left alone
     * @param yo    the lane of the first
     * @param deep  rows wanted
     * @param wide  floats of each in y
     * @param x     the plane
     * @param xo    its first element
     * @param h     rows it has
     * @param w     columns
     * @param first the first row wanted
     * @param left  blocks left free before each row
     */
    public static void interleave(float[] y, int yo, int deep, int wide, float[] x, int xo, int h, int w, int first, int left) {
        for (int r = Math.max(0, first); r < Math.min(h, first + deep); r++) {
            int to = yo + (r - first) * wide + left * WIDTH;
            for (int q = 0; q < w; q++) {
                y[to + q * WIDTH] = x[xo + r * w + q];
            }
        }
    }

    /**
     * {@code sums += Σ x} lane by lane, in four interleaved sums.
     *
     * @param sums   16 sums
     * @param so     the first
     * @param x      blocks
     * @param xo     the first element
     * @param blocks how many
     * @param step   floats from block to block
     */
    public static void addLanes(float[] sums, int so, float[] x, int xo, int blocks, int step) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            int b = 0;
            int at = xo + lane;
            for (; b <= blocks - 4; b += 4, at += 4 * step) {
                s0 = s0.add(FloatVector.fromArray(F, x, at));
                s1 = s1.add(FloatVector.fromArray(F, x, at + step));
                s2 = s2.add(FloatVector.fromArray(F, x, at + 2 * step));
                s3 = s3.add(FloatVector.fromArray(F, x, at + 3 * step));
            }
            for (; b < blocks; b++, at += step) {
                s0 = s0.add(FloatVector.fromArray(F, x, at));
            }
            FloatVector.fromArray(F, sums, so + lane).add(s0.add(s1).add(s2.add(s3))).intoArray(sums, so + lane);
        }
    }

    /**
     * The sum of all elements of some blocks: per lane in four interleaved sums, then the fixed tree.
     *
     * @param x      blocks
     * @param xo     the first element
     * @param blocks how many
     * @param sums   room for 16 floats
     * @param so     where it begins
     * @return the sum
     */
    public static float sum(float[] x, int xo, int blocks, float[] sums, int so) {
        for (int lane = 0; lane < WIDTH; lane += V) {
            FloatVector a0 = FloatVector.zero(F), a1 = a0, a2 = a0, a3 = a0;
            int i = 0;
            for (; i + 4 <= blocks; i += 4) {
                int o = xo + lane + i * WIDTH;
                a0 = a0.add(FloatVector.fromArray(F, x, o));
                a1 = a1.add(FloatVector.fromArray(F, x, o + WIDTH));
                a2 = a2.add(FloatVector.fromArray(F, x, o + 2 * WIDTH));
                a3 = a3.add(FloatVector.fromArray(F, x, o + 3 * WIDTH));
            }
            for (; i < blocks; i++) {
                a0 = a0.add(FloatVector.fromArray(F, x, xo + lane + i * WIDTH));
            }
            a0.add(a1).add(a2.add(a3)).intoArray(sums, so + lane);
        }
        return Lanes.sum(sums, so);
    }

    /**
     * Reads an element of each block, for the sake of the cache.
     *
     * @param x    memory
     * @param xo   the first block's first element
     * @param n    blocks
     * @param step elements from block to block
     * @return some number: whoever keeps it keeps the compiler from leaving this out
     */
    public static float fetch(float[] x, int xo, int n, int step) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0; // one sum would take an addition's latency per block
        int i = xo;
        for (int end = xo + n / 4 * 4 * step; i < end; i += 4 * step) {
            s0 += x[i];
            s1 += x[i + step];
            s2 += x[i + 2 * step];
            s3 += x[i + 3 * step];
        }
        for (; i < xo + n * step; i += step) {
            s0 += x[i];
        }
        return s0 + s1 + s2 + s3;
    }
}
