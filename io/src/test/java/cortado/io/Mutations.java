package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import java.util.Arrays;

/** Damaged copies of good bytes, and what may come out of reading them. */
final class Mutations {
    private Mutations() {
    }

    /** Reads; may throw. */
    interface Read {
        void run(byte[] bytes) throws Exception;
    }

    /** One to four bytes changed, a stretch cut out or doubled, or the end cut off; within the first {@code within} bytes. */
    static byte[] damage(byte[] good, int within, Rng rng) {
        byte[] b = good.clone();
        int at = below(rng, 0, within);
        int length = 1 + below(rng, 1, 12);
        int end = Math.min(b.length, at + length);
        switch (below(rng, 2, 6)) {
            case 0 -> b = Arrays.copyOf(b, below(rng, 3, b.length));
            case 1 -> b = join(Arrays.copyOf(b, at), Arrays.copyOfRange(b, end, b.length));
            case 2 -> b = join(Arrays.copyOf(b, end), Arrays.copyOfRange(b, at, b.length));
            default -> {
                for (int i = 0; i <= below(rng, 4, 4); i++) {
                    byte[] telling = "{}[]\",:0123456789-+.eE\\unF \n\u0000".getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    b[below(rng, 10 + i, within)] = below(rng, 20 + i, 3) == 0 ? (byte) rng.bits(30 + i)
                            : telling[below(rng, 30 + i, telling.length)];
                }
            }
        }
        return b;
    }

    private static int below(Rng rng, long index, int bound) {
        return (int) Math.floorMod(rng.bits(index), (long) bound);
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** Nothing but a FormatException of one line may come out, and damage must often be noticed. */
    static void fuzz(byte[] good, int within, long seed, int rounds, Read read) {
        int noticed = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] bad = damage(good, within, new Rng(seed).split(i));
            try {
                read.run(bad);
            } catch (FormatException e) {
                noticed++;
                assertThat(e.getMessage()).as("seed " + seed + ", round " + i).doesNotContain("\n").hasSizeLessThan(900);
            } catch (Exception | Error e) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + new String(bad, 0, Math.min(bad.length, within),
                        java.nio.charset.StandardCharsets.UTF_8), e);
            }
        }
        assertThat(noticed).isGreaterThan(rounds / 4);
    }
}
