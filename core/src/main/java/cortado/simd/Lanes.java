package cortado.simd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sixteen lanes, whatever the machine's vectors: a block of 16 floats is walked in {@code 16 / V} vectors of V lanes. Every
 * element sees the same operations in the same order for any V, and sums across lanes use one fixed tree, so results have the
 * same bits on 128-, 256- and 512-bit machines.
 */
public final class Lanes {
    /** Lanes of a block. */
    public static final int WIDTH = 16;
    /**
     * The vectors in use: the widest of the machine up to 512 bits, or what {@code -Dcortado.vectorBits} asks for. It must be a
     * constant for the compiler, hence a property and not a parameter.
     */
    public static final VectorSpecies<Float> F = species(Integer.getInteger("cortado.vectorBits", 512));
    /** Integers of the same number of lanes. */
    public static final VectorSpecies<Integer> I = F.withLanes(int.class);
    /** Lanes of one vector. */
    public static final int V = F.length();

    private Lanes() {
    }

    private static VectorSpecies<Float> species(int bits) {
        return switch (Math.min(bits, FloatVector.SPECIES_PREFERRED.vectorBitSize())) {
            case 512 -> FloatVector.SPECIES_512;
            case 256 -> FloatVector.SPECIES_256;
            default -> FloatVector.SPECIES_128;
        };
    }

    /**
     * The sum of 16 lanes by a fixed tree: halves, quarters, pairs.
     *
     * @param a memory
     * @param o first lane
     * @return the sum
     */
    public static float sum(float[] a, int o) {
        float s0 = (a[o] + a[o + 8]) + (a[o + 4] + a[o + 12]);
        float s1 = (a[o + 1] + a[o + 9]) + (a[o + 5] + a[o + 13]);
        float s2 = (a[o + 2] + a[o + 10]) + (a[o + 6] + a[o + 14]);
        float s3 = (a[o + 3] + a[o + 11]) + (a[o + 7] + a[o + 15]);
        return (s0 + s2) + (s1 + s3);
    }

    /**
     * {@code y = e^(x − max)} for one vector with x − max below 88; 0 below −87.3. Cody and Waite reduction by ln 2 and a Taylor
     * polynomial of degree 7 on [−ln2/2, ln2/2], relative error under 3e-7. The vector API's own exp differs between machines.
     *
     * @param y   output
     * @param yo  its first lane
     * @param in  arguments; a NaN gives NaN
     * @param xo  the first
     * @param max what is subtracted
     * @param mo  the first
     */
    public static void exp(float[] y, int yo, float[] in, int xo, float[] max, int mo) {
        FloatVector x = FloatVector.fromArray(F, in, xo).sub(FloatVector.fromArray(F, max, mo));
        FloatVector t = x.max(-87.3f);
        FloatVector n = t.mul(1.44269504f).add(12582912f).sub(12582912f); // to nearest: 1.5·2²³ has no fraction bits
        FloatVector r = n.fma(broadcast(-0.693359375f), t);
        r = n.fma(broadcast(2.12194440e-4f), r);
        FloatVector p = broadcast(1f / 5040);
        p = p.fma(r, broadcast(1f / 720));
        p = p.fma(r, broadcast(1f / 120));
        p = p.fma(r, broadcast(1f / 24));
        p = p.fma(r, broadcast(1f / 6));
        p = p.fma(r, broadcast(0.5f));
        p = p.fma(r, broadcast(1f));
        p = p.fma(r, broadcast(1f));
        IntVector exponent = (IntVector) n.convertShape(VectorOperators.F2I, I, 0);
        FloatVector scale = exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        p.mul(scale).blend(0f, x.compare(VectorOperators.LT, -87.3f)).intoArray(y, yo);
    }

    /** Loads a pattern anew, with what it is to know. Not from there: the pattern itself, which knows nothing, is never initialized. */
    static <T> T load(Class<T> type, String pattern, Object known) {
        try (InputStream in = Lanes.class.getResourceAsStream(pattern)) {
            Lookup l = MethodHandles.lookup().defineHiddenClassWithClassData(in.readAllBytes(), known, true);
            return type.cast(l.lookupClass().getDeclaredConstructor().newInstance());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a pattern was loaded with. */
    static <T> T known(Lookup pattern, Class<T> type) {
        try {
            return MethodHandles.classData(pattern, "_", type);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static FloatVector broadcast(float v) {
        return FloatVector.broadcast(F, v);
    }
}
