package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.op.Backend;
import cortado.op.Input;
import cortado.op.Kernel;
import cortado.op.Op;
import cortado.op.Rectified;
import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every check on every case of the catalogue, with the ops as their own kernels. Seed 1. */
class CasesTest {

    static List<Case> all() {
        return Cases.all();
    }

    static List<Case> linear() {
        return Cases.all().stream().filter(c -> Checks.isLinear(c.op())).toList();
    }

    /** With ties there is no derivative; golden data and parity judge those cases. */
    static List<Case> smooth() {
        return Cases.all().stream().filter(c -> c.values() != Case.Values.TIES).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theBatchIsOnlyTheOutermostSize(Case c) {
        Checks.shapes(c);
    }

    @ParameterizedTest
    @MethodSource("smooth")
    void gradientsEqualCentralDifferencesSeed1(Case c) {
        for (Finding f : Checks.differences(c, 1, 40)) {
            assertThat(f).matches(g -> g.passed(1e-6), "within 1e-6");
            assertThat(f.kinks()).as("elements without a derivative, %s", f).isLessThanOrEqualTo(f.checked() / 10);
        }
    }

    @ParameterizedTest
    @MethodSource("linear")
    void backwardIsTheTransposeOfForwardSeed1(Case c) {
        assertThat(Checks.adjoint(c, 1)).allMatch(f -> f.passed(1e-13));
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsAccumulateSeed1(Case c) {
        assertThat(Checks.accumulation(c, 1)).allMatch(f -> f.passed(1e-12));
    }

    @ParameterizedTest
    @MethodSource("all")
    void singlePrecisionInRowsAgreesSeed1(Case c) {
        assertThat(Checks.parity(c, Backend.reference(), Type.F32, 1, true)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void singlePrecisionInLanesAgreesSeed1(Case c) {
        assertThat(Checks.parity(c, referenceInLanes(), Type.F32, 1, false)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void vectorKernelsAgreeAddingSeed2(Case c) {
        assertThat(Checks.parity(c, Backend.lanes(), Type.F32, 2, true)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void vectorKernelsAgreeOverwritingSeed3(Case c) {
        assertThat(Checks.parity(c, Backend.lanes(), Type.F32, 3, false)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void kernelsInChannelsAgreeAddingSeed4(Case c) {
        assertThat(Checks.parity(c, Backend.channels(), Type.F32, 4, true)).allMatch(f -> f.passed(1e-5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void kernelsInChannelsAgreeOverwritingSeed5(Case c) {
        assertThat(Checks.parity(c, Backend.channels(), Type.F32, 5, false)).allMatch(f -> f.passed(1e-5));
    }

    private static Backend referenceInLanes() {
        return new Backend() {
            @Override
            public String name() {
                return "reference in lanes";
            }

            @Override
            public Layout layout() {
                return Layout.LANES;
            }

            @Override
            public Kernel kernel(Op op, Shape... x) {
                return Kernel.reference(op);
            }
        };
    }

    @Test
    void labelsOfCasesAreUnique() {
        Set<String> seen = new HashSet<>();
        assertThat(Cases.all()).allMatch(c -> seen.add(c.toString()));
    }

    /** Input computes nothing, and Custom is whatever a user writes: neither has a formula to check. */
    @Test
    void everyOpHasACase() {
        Set<Class<?>> covered = new HashSet<>();
        Set<Class<?>> rectified = new HashSet<>();
        for (Case c : Cases.all()) {
            covered.add(c.op().getClass());
            if (c.op() instanceof Rectified r) {
                rectified.add(r.op().getClass());
            }
        }
        assertThat(leaves(Op.class)).filteredOn(op -> op != Input.class && op != Op.Custom.class)
                .as("ops without a line in Cases").isSubsetOf(covered).hasSizeGreaterThan(5);
        assertThat(rectified).hasSizeGreaterThanOrEqualTo(4);
    }

    private static List<Class<?>> leaves(Class<?> type) {
        Stream<Class<?>> below = type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()) : Stream.empty();
        return type.isSealed() ? below.flatMap(t -> leaves(t).stream()).toList() : List.of(type);
    }
}
