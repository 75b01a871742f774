package cortado.plan;

import cortado.graph.Parameters;
import cortado.op.Phase;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntSupplier;

/** The gradients of all parameters in one stretch of memory, and as many again for each shard; added up in the shards' order. */
final class Gradients {
    private static final int CHUNK = 8192;

    private final Parameters byName;
    private final Tensor sum;
    private final Tensor[] shard;

    private Gradients(Parameters byName, Tensor sum, Tensor[] shard) {
        this.byName = byName;
        this.sum = sum;
        this.shard = shard;
    }

    /**
     * @param parameters shapes of the learned ones
     * @param shards     that leave gradients of their own; 0 if all steps add to the sums
     */
    static Gradients of(Map<String, Shape> parameters, Type type, int shards) {
        Shape all = Shape.of(Math.toIntExact(length(parameters.values())));
        Tensor sum = Memory.aligned(all, type, Layout.ROWS);
        Tensor[] shard = new Tensor[shards];
        for (int s = 0; s < shards; s++) {
            shard[s] = Memory.aligned(all, type, Layout.ROWS);
        }
        return new Gradients(views(parameters, sum), sum, shard);
    }

    /** Elements for the gradients of parameters of these shapes. */
    static long length(Collection<Shape> shapes) {
        return Math.max(1, shapes.stream().mapToLong(s -> Memory.align(s.size())).sum());
    }

    private static Parameters views(Map<String, Shape> parameters, Tensor memory) {
        LinkedHashMap<String, Tensor> views = new LinkedHashMap<>();
        int at = 0;
        for (var p : parameters.entrySet()) {
            views.put(p.getKey(), memory.view(at, p.getValue(), Layout.ROWS));
            at += (int) Memory.align(p.getValue().size());
        }
        return Parameters.of(views);
    }

    Parameters byName() {
        return byName;
    }

    /** The gradients that shard s leaves, by name. */
    Parameters of(int s) {
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        byName.map().forEach((name, g) -> shapes.put(name, g.shape()));
        return views(shapes, shard[s]);
    }

    private int chunks() {
        return (sum.length() + CHUNK - 1) / CHUNK;
    }

    /** The sum over shards, in chunks. */
    Phase phase(IntSupplier shards) {
        return new Phase() {
            @Override
            public int parts() {
                return chunks();
            }

            @Override
            public void run(int chunk, int worker) {
                reduce(chunk, shards.getAsInt());
            }
        };
    }

    /** Adds one chunk of the first {@code shards} shards' gradients to the sum. */
    private void reduce(int chunk, int shards) {
        int from = chunk * CHUNK;
        int to = Math.min(from + CHUNK, sum.length());
        for (int s = 0; s < shards; s++) {
            if (sum.type() == Type.F32) {
                add(sum.floats(), sum.offset() + from, shard[s].floats(), shard[s].offset() + from, to - from);
            } else {
                add(sum.doubles(), sum.offset() + from, shard[s].doubles(), shard[s].offset() + from, to - from);
            }
        }
    }

    private static void add(float[] y, int yo, float[] x, int xo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    private static void add(double[] y, int yo, double[] x, int xo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }
}
