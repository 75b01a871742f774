package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Backend;
import cortado.op.Conv2d;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Pass;
import cortado.op.Phase;
import cortado.op.Rectified;
import cortado.op.Wide;
import cortado.op.Window;
import cortado.tensor.Layout;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and linear layers with channels in blocks: sizes around a block, a panel, a part; parts in any order on any worker. */
class ChannelsTest {

    static List<Case> cases() {
        List<Op> three = List.of(conv(17, Window.of(3, 1, 1), 1), conv(33, Window.of(3, 2, 1), 1), conv(64, Window.of(1), 1),
                conv(48, Window.of(3, 1, 1), 1));
        List<Case> all = new ArrayList<>();
        for (int c : new int[] {3, 16, 17, 48}) {
            three.forEach(op -> all.add(Case.of("c " + c, op, Shape.of(3, c, 9, 7))));
        }
        all.add(Case.of("bands", conv(20, Window.of(3, 1, 1), 1), Shape.of(1, 5, 40, 33)));
        all.add(Case.of("bands, stride 2", conv(20, Window.of(3, 2, 1), 1), Shape.of(2, 16, 45, 33)));
        all.add(Case.of("few channels, stride 2", conv(20, Window.of(7, 2, 3), 1), Shape.of(3, 3, 17, 20)));
        all.add(Case.of("few channels, patches", conv(33, Window.of(4, 4, 0), 1), Shape.of(2, 3, 17, 13)));
        all.add(Case.of("few channels, places past a block", conv(17, Window.of(5, 2, 1), 1), Shape.of(2, 5, 13, 31)));
        all.add(Case.of("one channel, cells of two strides", conv(20, Window.of(7, 2, 6), 1), Shape.of(2, 1, 13, 17)));
        all.add(Case.of("few channels, cells past the border", conv(7, Window.of(5, 3, 4), 1), Shape.of(3, 2, 31, 7)));
        all.add(Case.of("few channels, a small image", conv(7, Window.of(7, 2, 3), 1), Shape.of(1, 3, 1, 5)));
        all.add(Case.of("images together", conv(16, Window.of(3, 1, 1), 1), Shape.of(17, 16, 4, 4)));
        all.add(Case.of("many taps, panels of 3 and 2", conv(80, Window.of(3, 1, 1), 1), Shape.of(2, 96, 5, 5)));
        all.add(Case.of("Winograd, cut tiles", conv(33, Window.of(3, 1, 1), 1), Shape.of(3, 17, 13, 15)));
        all.add(Case.of("Winograd, small maps", new Rectified(conv(33, Window.of(3, 1, 1), 1)), Shape.of(41, 48, 4, 4)));
        all.add(Case.of("Winograd, no padding", conv(16, Window.of(3), 1), Shape.of(17, 16, 9, 7)));
        all.add(Case.of("Winograd, many channels", conv(68, Window.of(3, 1, 1), 1), Shape.of(11, 70, 7, 8)));
        all.add(Case.of("Winograd, one image", conv(16, Window.of(3, 1, 1), 1), Shape.of(1, 20, 28, 26)));
        all.add(Case.of("groups of a block", conv(32, Window.of(3, 1, 1), 2), Shape.of(3, 32, 5, 5)));
        all.add(Case.of("groups beside blocks", conv(40, Window.of(3, 2, 1), 2), Shape.of(3, 20, 7, 5)));
        all.add(Case.of("small groups", new Rectified(conv(24, Window.of(3, 1, 1), 6)), Shape.of(3, 12, 5, 7)));
        all.add(Case.of("depthwise", conv(33, Window.of(3, 1, 1), 33), Shape.of(3, 33, 9, 7)));
        all.add(Case.of("depthwise, stride 2", new Rectified(conv(16, Window.of(3, 2, 1), 16)), Shape.of(2, 16, 45, 33)));
        all.add(Case.of("depthwise, 5×5", conv(48, Window.of(5, 1, 2), 48), Shape.of(17, 48, 5, 5)));
        all.add(Case.of("depthwise, 1×1", conv(20, Window.of(1), 20), Shape.of(2, 20, 5, 5)));
        all.add(Case.of("1×1, stride 2", conv(70, Window.of(1, 2, 0), 1), Shape.of(3, 33, 13, 17)));
        all.add(Case.of("1×1, stride 3, pieces of rows", conv(20, Window.of(1, 3, 0), 1), Shape.of(2, 17, 65, 76)));
        all.add(Case.of("1×1, stride 2, images together", new Rectified(conv(16, Window.of(1, 2, 0), 1)), Shape.of(31, 16, 7, 5)));
        all.add(Case.of("1×1, a last row alone", conv(64, Window.of(1), 1), Shape.of(1, 20, 7, 7)));
        all.add(Case.of("1×1, bands between tiles", new Rectified(conv(48, Window.of(1), 1)), Shape.of(1, 33, 31, 33)));
        all.add(Case.of("wide", Linear.of(70), Shape.of(17, 530)));
        all.add(Case.of("cut off", new Rectified(conv(24, Window.of(3, 2, 1), 1), 0.3f), Shape.of(3, 12, 5, 7)));
        all.add(Case.of("Winograd, cut off", new Rectified(conv(32, Window.of(3, 1, 1), 1), 6), Shape.of(5, 16, 9, 13)));
        all.add(Case.of("one image", new Rectified(Linear.of(130)), Shape.of(1, 70)));
        all.add(Case.of("filters past a panel", new Rectified(conv(70, Window.of(3, 1, 1), 1)), Shape.of(3, 5, 7, 7)));
        return all;
    }

    private static Conv2d conv(int filters, Window window, int groups) {
        return new Conv2d(filters, window, groups, true);
    }

    static List<Case> all() {
        return Stream.concat(cases().stream(), Cases.all().stream().filter(c -> {
            Op op = c.op() instanceof Rectified(Op inner, float _) ? inner : c.op();
            return op instanceof Conv2d || op instanceof Linear;
        })).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorKernelsAgreeAddingSeed2(Case c) {
        assertThat(Checks.parity(c, Backend.channels(), Type.F32, 2, true)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorKernelsAgreeOverwritingSeed3(Case c) {
        assertThat(Checks.parity(c, Backend.channels(), Type.F32, 3, false)).allMatch(f -> f.passed(1e-5));
    }

    /** The network's input lies in rows, and has no gradient. */
    @ParameterizedTest
    @MethodSource("all")
    void vectorKernelsReadRowsSeed4(Case c) {
        Operands expected = c.operands(Type.F64, Layout.ROWS, new Rng(4), false);
        Operands rows = rows(c, c.operands(Type.F32, Layout.CHANNELS, new Rng(4), false));
        Wide kernel = (Wide) Backend.channels().kernel(c.op(), c.shapes());
        Operands o = rooms(kernel, rows);
        c.op().forward(expected);
        c.op().backward(expected);
        kernel.forward(o);
        kernel.backward(o);
        assertThat(Checks.compare("y", expected.y(), o.y())).matches(f -> f.passed(1e-5));
        for (int i = 0; i < c.op().params(c.shapes()).size(); i++) {
            assertThat(Checks.compare("d" + i, expected.dparam(i).get(), o.dparam(i).get())).matches(f -> f.passed(1e-5));
        }
    }

    private static Operands rows(Case c, Operands o) {
        List<Tensor> params = IntStream.range(0, c.op().params(c.shapes()).size()).mapToObj(o::param).toList();
        List<Optional<Tensor>> gradients = IntStream.range(0, params.size()).mapToObj(o::dparam).toList();
        return Operands.of(List.of(o.x().to(Type.F32)), o.y(), params, List.of()).withGradients(o.dy(), List.of(Optional.empty()),
                new boolean[1], gradients);
    }

    private static Operands rooms(Wide kernel, Operands o) {
        Tensor scratch = Tensor.f32(Math.max(1, kernel.scratch()));
        scratch.fill(Case.JUNK);
        return o.withScratch(scratch).withPrepared(Tensor.f32(Math.max(1, kernel.prepared())));
    }

    /** Parts in reverse on three workers give the same bits, and a pass of fewer images leaves the others alone. */
    @ParameterizedTest
    @MethodSource("all")
    void partsAreIndependentSeed6(Case c) {
        Wide kernel = (Wide) Backend.channels().kernel(c.op(), c.shapes());
        Operands one = rooms(kernel, c.operands(Type.F32, Layout.CHANNELS, new Rng(6), true));
        Operands many = rooms(kernel, c.operands(Type.F32, Layout.CHANNELS, new Rng(6), true));
        int n = one.x().shape().n();
        Pass pass = new Pass(true);
        pass.begin(Math.max(1, n - 1), 0);
        many = many.in(pass, 0, 0);
        one = one.in(pass, 0, 0);
        kernel.forward(one);
        kernel.backward(one);
        List<Tensor> room = IntStream.range(0, 3).mapToObj(i -> Tensor.f32(Math.max(1, kernel.room()))).toList();
        reversed(kernel.prepare(many, room));
        reversed(kernel.forward(many, room));
        reversed(kernel.backward(many, room));
        assertThat(many.y().toDoubles()).isEqualTo(one.y().toDoubles());
        for (int i = 0; i < Checks.gradients(c, one).size(); i++) {
            assertThat(Checks.gradients(c, many).get(i).toDoubles()).isEqualTo(Checks.gradients(c, one).get(i).toDoubles());
        }
        if (n > 1) {
            Tensor before = c.operands(Type.F32, Layout.CHANNELS, new Rng(6), true).dx().orElseThrow();
            assertThat(one.dx().orElseThrow().slice(n - 1, n).toDoubles()).isEqualTo(before.slice(n - 1, n).toDoubles());
            assertThat(one.y().slice(n - 1, n).toDoubles()).containsOnly(0);
        }
    }

    /** A NaN and an infinity in one image come out where they must, and in that image only. Winograd's tile spreads them. */
    @ParameterizedTest
    @MethodSource("cases")
    void specialValuesStayInTheirImageSeed7(Case c) {
        int n = c.inputs().getFirst().n();
        Operands expected = c.operands(Type.F64, Layout.ROWS, new Rng(7), false);
        Wide kernel = (Wide) Backend.channels().kernel(c.op(), c.shapes());
        Operands o = rooms(kernel, c.operands(Type.F32, Layout.CHANNELS, new Rng(7), false));
        for (Operands each : List.of(expected, o)) {
            each.x().set(each.x().size() / n * (n - 1), Double.NaN);
            each.x().set(each.x().size() - 1, Double.POSITIVE_INFINITY);
        }
        c.op().forward(expected);
        c.op().backward(expected);
        kernel.forward(o);
        kernel.backward(o);
        if (kernel.name().equals("direct")) {
            assertThat(Checks.compare("y", expected.y(), o.y())).matches(f -> f.passed(1e-5));
            for (int i = 0; i < Checks.gradients(c, o).size(); i++) {
                Tensor gradient = Checks.gradients(c, o).get(i);
                assertThat(Checks.compare("gradient " + i, Checks.gradients(c, expected).get(i), gradient))
                        .matches(f -> f.passed(1e-5));
            }
        }
        for (Tensor t : List.of(o.y(), o.dx().orElseThrow())) {
            assertThat(IntStream.range(0, t.size() / n * (n - 1)).allMatch(i -> Double.isFinite(t.get(i)))).isTrue();
        }
        assertThat(IntStream.range(0, o.y().size()).anyMatch(i -> !Double.isFinite(o.y().get(i)))).isTrue();
    }

    private static void reversed(List<Phase> phases) {
        for (Phase p : phases) {
            for (int part = p.parts() - 1; part >= 0; part--) {
                p.run(part, part % 3);
            }
        }
    }
}
