package cortado.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Graph;
import cortado.op.Op;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworksTest {
    /** Learned numbers, as torchvision's documentation or the paper counts them, for the images and classes each was made for. */
    private static final Map<String, Long> COUNTS = Map.ofEntries(
            Map.entry("lenet5", 61_706L), Map.entry("convnet", 421_642L), Map.entry("mlp", 203_530L), Map.entry("vgg", 1_187_274L),
            Map.entry("wide_resnet28_10", 36_479_194L),
            Map.entry("resnet18", 11_689_512L), Map.entry("resnet34", 21_797_672L), Map.entry("resnet50", 25_557_032L),
            Map.entry("resnet101", 44_549_160L));

    private static Graph made(String name) {
        return Networks.named(name, Networks.image(name), Networks.classes(name));
    }

    @Test
    void everyNetworkHasTheParametersOfItsOriginal() {
        assertThat(new TreeSet<>(Networks.NAMES)).isEqualTo(new TreeSet<>(COUNTS.keySet()));
        for (String name : Networks.NAMES) {
            assertThat(made(name).learned()).as(name).isEqualTo(COUNTS.get(name));
        }
    }

    /** Tensors of torchvision's {@code state_dict}, without {@code num_batches_tracked}: how many, and some of them. */
    @ParameterizedTest
    @CsvSource({"resnet50, 267, 0, conv1.weight, 64×3×7×7", "resnet50, 267, 4, bn1.running_var, 64",
        "resnet50, 267, 5, layer1.0.conv1.weight, 64×64×1×1", "resnet50, 267, 20, layer1.0.downsample.0.weight, 256×64×1×1",
        "resnet50, 267, 24, layer1.0.downsample.1.running_var, 256",
        "resnet50, 267, 266, fc.bias, 1000", "resnet50, 267, 260, layer4.2.conv3.weight, 2048×512×1×1"})
    void tensorsHaveTorchvisionsNames(String network, int count, int at, String name, String shape) {
        List<Op.Param> all = made(network).params();
        assertThat(all).hasSize(count);
        assertThat(all.get(at).name()).isEqualTo(name);
        assertThat(all.get(at).shape()).hasToString(shape);
    }

    @Test
    void everyNetworkTakesOtherClassesChannelsAndSizes() {
        for (String name : Networks.NAMES) {
            Shape made = Networks.image(name);
            Shape other = Shape.of(made.dim(0) == 3 ? 1 : 3, made.dim(1) + 5, made.dim(2) + 9);
            Shape scores = Networks.named(name, other, 7).outputExample();
            assertThat(scores).as(name).isEqualTo(Shape.of(7));
        }
    }

    /** {@code kuangliu/pytorch-cifar} counts these for its ResNets with 10 classes. */
    @ParameterizedTest
    @CsvSource({"resnet18, 11173962", "resnet34, 21282122", "resnet50, 23520842", "resnet101, 42512970"})
    void smallImagesEnterResNetsByAThreeByThreeConvolution(String name, long count) {
        Graph g = Networks.named(name, Shape.of(3, 32, 32), 10);
        assertThat(g.learned()).isEqualTo(count);
        assertThat(g.shapes(1).get(1)).isEqualTo(Shape.of(1, 64, 32, 32));
        assertThat(Networks.named(name, Shape.of(3, 64, 64), 10).learned()).isEqualTo(count);
        assertThat(Networks.named(name, Shape.of(3, 65, 65), 10).shapes(1).get(1)).isEqualTo(Shape.of(1, 64, 33, 33));
    }

    @Test
    void tooSmallImagesAreRefusedInOneLine() {
        assertThatThrownBy(() -> Networks.named("vgg", Shape.of(3, 7, 32), 10)).isInstanceOf(ShapeException.class)
                .hasMessage(
                        "vgg cannot take images of 3×7×32: layer pool3: the window spans 2 positions, but the input has only 1; "
                                + "use a smaller kernel or dilation, more padding or a larger image (it was made for 3×32×32)");
        assertThatThrownBy(() -> Networks.named("resnet52", Shape.of(3, 32, 32), 10)).isInstanceOf(ShapeException.class)
                .hasMessageStartingWith("there is no network resnet52; there are lenet5, convnet, ");
    }
}
