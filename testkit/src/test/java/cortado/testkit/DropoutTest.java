package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.AvgPool2d;
import cortado.op.Backend;
import cortado.op.DropPath;
import cortado.op.Dropout;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Op;
import cortado.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dropout and DropPath drop as often as they say, keep the mean, and draw anew in every step: on images of ones, by every backend. */
class DropoutTest {
    private static final List<Backend> BACKENDS = List.of(Backend.reference(), Backend.lanes(), Backend.channels());
    private static final int IMAGES = 500;
    /** Channels past a block. */
    private static final int C = 17;
    private static final int H = 3;
    private static final int W = 5;
    private static final int PER = C * H * W;

    @Test
    void dropoutDropsElementsOnTheirOwnSeed1() {
        for (Backend backend : BACKENDS) {
            for (double p : new double[] {0.1, 0.6}) {
                double[] y = drawn(backend, 1, new Dropout(p));
                onlyZeroAnd(1 / (1 - p), y);
                assertThat(dropped(y)).as("share dropped").isCloseTo(p, within(deviations(p, y.length)));
                assertThat(Arrays.stream(y).average().orElseThrow()).as("mean")
                        .isCloseTo(1, within(deviations(p, y.length) / (1 - p)));
                for (int apart : new int[] {1, H * W, PER}) { // the next pixel, channel, image
                    double both = share(y.length - apart, i -> y[i] == 0 && y[i + apart] == 0);
                    assertThat(both).as("dropped with the element %d further on", apart)
                            .isCloseTo(p * p, within(2 * deviations(p, y.length)));
                }
            }
        }
    }

    @Test
    void dropPathDropsWholeImagesSeed2() {
        for (Backend backend : BACKENDS) {
            double[] y = drawn(backend, 2, new DropPath(0.3));
            onlyZeroAnd(1 / 0.7, y);
            assertThat(share(y.length, i -> y[i] == y[i / PER * PER])).as("elements as the first of their image").isEqualTo(1);
            assertThat(dropped(y)).as("share of images dropped").isCloseTo(0.3, within(deviations(0.3, IMAGES)));
            assertThat(Arrays.stream(y).average().orElseThrow()).as("mean").isCloseTo(1, within(deviations(0.3, IMAGES) / 0.7));
        }
    }

    @Test
    void aStepRepeatsAndTheNextDiffersSeed3() {
        for (Op op : List.of(new Dropout(0.4), new DropPath(0.4))) {
            double[] plain = drawn(Backend.reference(), 3, op);
            int draws = op instanceof DropPath ? IMAGES : plain.length;
            for (Backend backend : BACKENDS) {
                double[] y = drawn(backend, 3, op);
                assertThat(y).as("%s, the same step", op).isEqualTo(plain);
                double[] next = drawn(backend, 4, op);
                assertThat(share(y.length, i -> (y[i] == 0) != (next[i] == 0))).as("%s, share that differs in the next", op)
                        .isCloseTo(2 * 0.4 * 0.6, within(2 * deviations(0.4, draws)));
            }
        }
    }

    @Test
    void twoLayersOfANetworkDropUnlikeElementsSeed5() {
        for (Backend backend : BACKENDS) {
            double[] y = drawn(backend, 5, new Dropout(0.5), new Dropout(0.5));
            assertThat(dropped(y)).isCloseTo(0.75, within(deviations(0.75, y.length)));
        }
    }

    @Test
    void inferenceDropsNothing() {
        for (Backend backend : BACKENDS) {
            try (Plan plan = Plan.inference(network(new Dropout(0.5), new DropPath(0.5)), Parameters.none(), 3, backend, 1)) {
                plan.images().fill(1);
                plan.forward(3);
                assertThat(plan.scores().toDoubles()).containsOnly(1);
            }
        }
    }

    private static Graph network(Op... ops) {
        // The pool of one pixel, which changes nothing, brings images into the backend's layout.
        Graph.Builder g = Graph.builder().then("x", Input.images(C, H, W)).then("pool", AvgPool2d.of(1));
        for (int i = 0; i < ops.length; i++) {
            g.then("drop" + i, ops[i]);
        }
        return g.then("flatten", new Flatten()).build();
    }

    /** What a training step makes of ones; the key stands for the step. */
    private static double[] drawn(Backend backend, long key, Op... ops) {
        try (Plan plan = Plan.training(network(ops), Parameters.none(), IMAGES, backend, 2)) {
            plan.images().fill(1);
            plan.draw(key);
            plan.forward(IMAGES);
            return plan.scores().toDoubles();
        }
    }

    private static void onlyZeroAnd(double kept, double[] y) {
        assertThat(Arrays.stream(y)).allMatch(v -> v == 0 || Math.abs(v - kept) < 1e-6, "0 or " + kept);
    }

    private static double dropped(double[] y) {
        return share(y.length, i -> y[i] == 0);
    }

    private static double share(int n, IntPredicate of) {
        return IntStream.range(0, n).filter(of).count() / (double) n;
    }

    /** Four standard deviations of the share of n draws that each come true with chance p. */
    private static double deviations(double p, int n) {
        return 4 * Math.sqrt(p * (1 - p) / n);
    }
}
