package cortado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import cortado.graph.Graph;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.op.Input;
import cortado.op.SoftmaxCrossEntropy;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No step of a named network runs the plain kernel, in training or inference. Nothing is allocated, only planned. */
class KernelsTest {

    static Stream<String> names() {
        return Networks.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyStepOfANamedNetworkHasAVectorKernel(String name) {
        Graph g = Networks.named(name, Networks.image(name), Networks.classes(name));
        for (int batch : new int[] {1, 16}) {
            assertThat(Plan.outline(g.withLoss(), batch, Backend.vector(), 2, true).lines()).as("training, batch %d", batch)
                    .noneMatch(l -> l.kernel().equals("reference"));
            assertThat(Plan.outline(g, batch, Backend.vector(), 2, false).lines()).as("inference, batch %d", batch)
                    .noneMatch(l -> l.kernel().equals("reference"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "convnet", "resnet20"})
    void everyWayToCompareScoresHasAVectorKernel(String name) {
        Graph g = Networks.named(name, Networks.image(name), 10);
        List<Double> weights = Collections.nCopies(10, 0.5);
        for (Input labels : List.of(Input.labels(), Input.targets(10))) {
            for (SoftmaxCrossEntropy loss : List.of(new SoftmaxCrossEntropy(), new SoftmaxCrossEntropy(0.1, weights))) {
                assertThat(Plan.outline(g.withLoss(loss, labels), 64, Backend.vector(), 2, true).lines()).as("%s, %s", loss, labels)
                        .noneMatch(l -> l.kernel().equals("reference"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "vgg16_bn", "mobilenet_v2", "densenet121"})
    void inferenceHasNoNormalisationBehindAConvolution(String name) {
        Graph g = Networks.named(name, Networks.image(name), Networks.classes(name));
        long norms = Plan.outline(g, 1, Backend.vector(), 2, false).lines().stream().filter(l -> l.op().startsWith("batchnorm2d")).count();
        assertThat(norms).isEqualTo(name.equals("densenet121") ? 62 : 0);
    }
}
