package cortado.testkit;

import cortado.op.Backend;
import cortado.op.Conv2d;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Phase;
import cortado.op.Wide;
import cortado.op.Window;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Times convolutions and linear layers with channels in blocks, one by one on one thread, for whoever tunes them; no test. Arguments
 * are parts of names, none for all. GFLOP/s are those of the plain algorithm, the best of a second.
 *
 * <pre>java --add-modules jdk.incubator.vector -XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64 \
 *     -cp core/target/classes:testkit/target/classes:testkit/target/test-classes cortado.testkit.KernelSpeed 3x3</pre>
 */
final class KernelSpeed {
    /** Floats before a tensor, so that it begins on a cache line. */
    private static final int HEADER = 12;

    private static final int LEAST = 5;

    private record Job(String name, Op op, Shape x, Layout layout) {
    }

    private KernelSpeed() {
    }

    private static List<Job> jobs() {
        List<Job> all = new ArrayList<>();
        int[][] three = {{64, 64, 56}, {128, 128, 28}, {256, 256, 14}, {512, 512, 7}, {16, 16, 32}, {32, 32, 16}, {64, 64, 8}};
        for (int[] s : three) {
            all.add(job("3x3 " + s[0] + " " + s[2], new Conv2d(s[1], Window.of(3, 1, 1), 1, false), s[0], s[2], Layout.CHANNELS));
        }
        int[][] one = {{256, 64, 56}, {64, 256, 56}, {1024, 256, 14}, {512, 2048, 7}, {16, 96, 112}, {96, 24, 56}, {24, 144, 56}, {144, 24, 56},
                {32, 192, 28}, {192, 32, 28}, {576, 96, 14}, {960, 160, 7}};
        for (int[] s : one) {
            all.add(job("1x1 " + s[0] + " " + s[1], new Conv2d(s[1], Window.of(1), 1, false), s[0], s[2], Layout.CHANNELS));
        }
        all.add(job("3x3/2 128 56", new Conv2d(128, Window.of(3, 2, 1), 1, false), 128, 56, Layout.CHANNELS));
        all.add(job("3x3/2 3 224", new Conv2d(32, Window.of(3, 2, 1), 1, false), 3, 224, Layout.ROWS));
        all.add(job("7x7/2 3 224", new Conv2d(64, Window.of(7, 2, 3), 1, false), 3, 224, Layout.ROWS));
        all.add(job("depthwise 96 56", new Conv2d(96, Window.of(3, 1, 1), 96, false), 96, 56, Layout.CHANNELS));
        all.add(job("depthwise 384 14", new Conv2d(384, Window.of(3, 1, 1), 384, false), 384, 14, Layout.CHANNELS));
        all.add(job("depthwise/2 96 112", new Conv2d(96, Window.of(3, 2, 1), 96, false), 96, 112, Layout.CHANNELS));
        all.add(new Job("linear 1024", new Linear(1024, false), Shape.of(1024, 1024), Layout.CHANNELS));
        return all;
    }

    private static Job job(String name, Op op, int c, int side, Layout layout) {
        return new Job(name, op, Shape.of(16, c, side, side), layout);
    }

    public static void main(String[] names) {
        for (Job j : jobs()) {
            if (names.length == 0 || List.of(names).stream().anyMatch(j.name::contains)) {
                System.out.println(time(j));
            }
        }
    }

    private static String time(Job j) {
        Wide kernel = (Wide) Backend.channels().kernel(j.op, j.x);
        Shape y = j.op.output(j.x);
        List<Tensor> params = j.op.params(j.x).stream().map(p -> noise(p.shape(), Layout.ROWS)).toList();
        List<Tensor> room = List.of(noise(Shape.of(Math.max(1, kernel.room())), Layout.ROWS));
        Operands o = Operands.of(List.of(noise(j.x, j.layout)), noise(y, Layout.CHANNELS), params, List.of())
                .withScratch(noise(Shape.of(Math.max(1, kernel.scratch())), Layout.ROWS))
                .withPrepared(noise(Shape.of(Math.max(1, kernel.prepared())), Layout.ROWS));
        Tensor dy = noise(y, Layout.CHANNELS);
        Operands dx = o.withGradients(dy, List.of(Optional.of(noise(j.x, Layout.CHANNELS))), new boolean[1],
                List.of(Optional.empty()));
        Operands dw = o.withGradients(dy, List.of(Optional.empty()), new boolean[1],
                List.of(Optional.of(noise(params.getFirst().shape(), Layout.ROWS))));
        double prepare = best(kernel.prepare(o, room));
        double flops = j.op.flops(j.x) / 1e9;
        return String.format(Locale.ROOT, "%-18s%-14s prepare %5.0f us   forward %6.1f   dx %6.1f   dw %6.1f GFLOP/s", j.name,
                kernel.name(), prepare * 1e6, flops / best(kernel.forward(o, room)), flops / best(kernel.backward(dx, room)),
                flops / best(kernel.backward(dw, room)));
    }

    private static Tensor noise(Shape shape, Layout layout) {
        Tensor t = Tensor.over(new float[layout.length(shape) + HEADER], HEADER, shape, layout);
        Rng rng = new Rng(1);
        for (int i = HEADER; i < t.floats().length; i++) {
            t.floats()[i] = (float) rng.uniform(i) - 0.5f;
        }
        return t;
    }

    private static double best(List<Phase> phases) {
        double best = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + 1_000_000_000L;
        for (int i = 0; i < LEAST || System.nanoTime() < end; i++) { // the first run is interpreted
            long start = System.nanoTime();
            for (Phase p : phases) {
                for (int part = 0; part < p.parts(); part++) {
                    p.run(part, 0);
                }
            }
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }
}
