package cortado.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.graph.Parameters;
import cortado.op.Backend;
import cortado.plan.Plan;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten steps of LeNet-5 from given weights on given images follow PyTorch's: every loss, and the weights at the end. */
class LeNet5CurveTest {
    private static final int BATCH = 16;
    private static final Graph LENET5 = Networks.named("lenet5", Shape.of(1, 28, 28), 10);
    private static final Map<String, Tensor> GOLDEN = Golden.file("lenet5").tensors();

    /** PyTorch's formulas written down once more, so that this test rests on no optimizer of ours. */
    private enum Rule {
        SGD {
            @Override
            double step(int t, double g, double[] state) {
                state[0] = 0.9 * state[0] + g;
                return 0.05 * state[0];
            }
        },
        ADAM {
            @Override
            double step(int t, double g, double[] state) {
                state[0] = 0.9 * state[0] + 0.1 * g;
                state[1] = 0.999 * state[1] + 0.001 * g * g;
                return 0.001 / (1 - Math.pow(0.9, t)) * state[0] / (Math.sqrt(state[1] / (1 - Math.pow(0.999, t))) + 1e-8);
            }
        };

        /** How far weight moves in step t = 1, 2, …; state keeps its two moments. */
        abstract double step(int t, double g, double[] state);

        String key(String name) {
            return name().toLowerCase(java.util.Locale.ROOT) + "/" + name;
        }
    }

    /** One step: gradients of the mean loss over a batch, which is returned. */
    private interface Step {
        double run(Tensor images, Tensor labels);
    }

    @Test
    void thePlainWalkInDoublePrecision() {
        Parameters p = weights(Type.F64);
        Walk walk = new Walk(LENET5.withLoss(), p, BATCH, Type.F64);
        int labels = LENET5.nodes().size();
        follow(Rule.ADAM, p, walk.gradients(), 1e-9, (x, y) -> {
            walk.value(0).copyFrom(x);
            walk.value(labels).copyFrom(y);
            double loss = walk.forward();
            walk.backward();
            return loss;
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPlanOfVectorKernels(Rule rule) {
        Parameters p = weights(Type.F32);
        try (Plan plan = Plan.training(LENET5, p, BATCH, Backend.lanes(), 2)) {
            follow(rule, p, plan.gradients(), 1e-5, (x, y) -> {
                plan.images().copyFrom(x);
                plan.labels().copyFrom(y);
                plan.gradients().fill(0);
                return plan.forwardBackward(BATCH);
            });
        }
    }

    private static void follow(Rule rule, Parameters p, Parameters gradients, double tolerance, Step step) {
        Map<String, double[][]> state = new LinkedHashMap<>();
        p.map().forEach((name, t) -> state.put(name, new double[t.size()][2]));
        for (int s = 0; s < 10; s++) {
            int from = s % 3 * BATCH;
            double loss = step.run(GOLDEN.get("images").slice(from, from + BATCH), GOLDEN.get("labels").slice(from, from + BATCH));
            double expected = GOLDEN.get(rule.key("losses")).get(s);
            assertThat(loss).as("loss of step %d", s).isCloseTo(expected, within(tolerance * expected));
            for (String name : p.map().keySet()) {
                if (s == 0) {
                    begins("gradient of " + name, GOLDEN.get("first/" + name), gradients.get(name), tolerance);
                }
                for (int i = 0; i < p.get(name).size(); i++) {
                    p.get(name).add(i, -rule.step(s + 1, gradients.get(name).get(i), state.get(name)[i]));
                }
            }
        }
        for (String name : p.map().keySet()) {
            begins(name, GOLDEN.get(rule.key(name)), p.get(name), 20 * tolerance);
            assertThat(norm(p.get(name))).as("norm of " + name)
                    .isCloseTo(GOLDEN.get(rule.key("norm/" + name)).get(0), within(20 * tolerance));
        }
    }

    /** The first elements of a tensor are those of PyTorch. */
    private static void begins(String name, Tensor expected, Tensor actual, double tolerance) {
        Tensor first = Tensor.of(expected.shape(), Type.F64);
        for (int i = 0; i < first.size(); i++) {
            first.set(i, actual.get(i));
        }
        assertThat(Checks.compare(name, expected, first)).matches(f -> f.passed(tolerance), "within " + tolerance);
    }

    private static double norm(Tensor t) {
        double sum = 0;
        for (int i = 0; i < t.size(); i++) {
            sum += t.get(i) * t.get(i);
        }
        return Math.sqrt(sum);
    }

    private static Parameters weights(Type type) {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        LENET5.params().forEach(param -> all.put(param.name(), GOLDEN.get(param.name()).to(type)));
        return Parameters.of(all);
    }
}
