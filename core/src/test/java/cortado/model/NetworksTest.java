package cortado.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cortado.graph.Graph;
import cortado.op.Conv2d;
import cortado.op.Linear;
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
            Map.entry("cifarnet", 1_978_026L), Map.entry("cifarnet_small", 292_666L),
            Map.entry("wide_resnet28_10", 36_479_194L),
            Map.entry("resnet18", 11_689_512L), Map.entry("resnet34", 21_797_672L), Map.entry("resnet50", 25_557_032L),
            Map.entry("resnet101", 44_549_160L), Map.entry("resnet20", 269_722L), Map.entry("resnet32", 464_154L),
            Map.entry("resnet44", 658_586L), Map.entry("resnet56", 853_018L), Map.entry("alexnet", 61_100_840L),
            Map.entry("vgg11", 132_863_336L), Map.entry("vgg13", 133_047_848L), Map.entry("vgg16", 138_357_544L),
            Map.entry("vgg11_bn", 132_868_840L), Map.entry("vgg13_bn", 133_053_736L), Map.entry("vgg16_bn", 138_365_992L),
            Map.entry("mobilenet_v2", 3_504_872L), Map.entry("mobilenet_v3_small", 2_542_856L),
            Map.entry("mobilenet_v3_large", 5_483_032L), Map.entry("squeezenet1_1", 1_235_496L),
            Map.entry("densenet121", 7_978_856L), Map.entry("efficientnet_b0", 5_288_548L),
            Map.entry("convnext_tiny", 28_589_128L), Map.entry("unet", 31_030_658L));

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

    @Test
    void everyNetworkTakesOtherClassesChannelsAndSizes() {
        for (String name : Networks.NAMES) {
            Shape made = Networks.image(name);
            Shape other = Shape.of(made.dim(0) == 3 ? 1 : 3, made.dim(1) + 5, made.dim(2) + 9);
            Shape scores = Networks.named(name, other, 7).outputExample();
            assertThat(scores).as(name)
                    .isEqualTo(name.equals("unet") ? Shape.of(7, other.dim(1), other.dim(2)) : Shape.of(7));
        }
    }

    /**
     * Billions of multiply-adds in convolutions and linear layers for one image, as torchvision's documentation has them (GFLOPS): a wrong
     * stride or padding would show here.
     */
    @ParameterizedTest
    @CsvSource({"alexnet, 0.71", "vgg11, 7.61", "vgg13, 11.31", "vgg16, 15.47", "vgg11_bn, 7.61", "vgg13_bn, 11.31",
        "vgg16_bn, 15.47", "resnet18, 1.81", "resnet34, 3.66", "resnet50, 4.09", "resnet101, 7.80", "mobilenet_v2, 0.30",
        "mobilenet_v3_small, 0.06", "mobilenet_v3_large, 0.22", "squeezenet1_1, 0.35", "densenet121, 2.83",
        "efficientnet_b0, 0.39", "convnext_tiny, 4.46", "resnet20, 0.04", "wide_resnet28_10, 5.25"})
    void everyNetworkMultipliesAsOftenAsItsOriginal(String name, double billions) {
        Graph g = made(name);
        List<Shape> shapes = g.shapes(1);
        long flops = g.nodes().stream().filter(n -> n.op() instanceof Conv2d || n.op() instanceof Linear)
                .mapToLong(n -> n.op().flops(Graph.inputs(n, shapes))).sum();
        assertThat(flops / 2e9).isCloseTo(billions, within(0.0075));
    }

    /** Names that others' files have, where torchvision has no such network; testkit's TorchvisionTest holds those that it has. */
    @ParameterizedTest
    @CsvSource({"resnet20, 97, linear.weight, 10×64", "resnet56, 277, layer3.8.conv2.weight, 64×64×3×3",
        "wide_resnet28_10, 130, block2.layer.0.convShortcut.weight, 320×160×1×1"})
    void filesOfOthersFit(String network, int count, String name, String shape) {
        List<Op.Param> all = made(network).params();
        assertThat(all.stream().filter(p -> p.name().equals(name)).map(p -> p.shape().toString())).containsExactly(shape);
        assertThat(all).hasSize(count);
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
