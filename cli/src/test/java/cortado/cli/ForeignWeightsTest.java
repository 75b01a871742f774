package cortado.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cortado.data.Dataset;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.io.Foreign;
import cortado.io.Json;
import cortado.io.Network;
import cortado.io.NetworkJson;
import cortado.io.Safetensors;
import cortado.model.Networks;
import cortado.op.Backend;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.train.Evaluation;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that others trained give what is documented of them: the files and figures of ../shared/README.md. */
class ForeignWeightsTest {
    private static final Path PHOTOS = Path.of("/usr/lib/python3/dist-packages/skimage/data");
    @TempDir
    Path dir;

    /** A file or folder beside the project. */
    private static Path shared(String name) {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("shared/weights"))) {
            at = at.getParent();
        }
        Path file = Optional.ofNullable(at).orElse(Path.of("")).resolve("shared").resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "skipped: there is no ../shared/" + name);
        return file;
    }

    private static Path network(String name) {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/networks"))) {
            at = at.getParent();
        }
        return at.resolve("examples/networks").resolve(name);
    }

    private static double number(String line, String key) {
        return ((Json.Num) ((Json.Obj) Json.parse(line, "stdout")).get(key).orElseThrow()).value();
    }

    /** Of each class the first 100 test images, and one to stand for the training images. */
    private void cifar(Path archive) throws IOException {
        try (InputStream in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive), 1 << 16), 1 << 16)) {
            for (byte[] h = in.readNBytes(512); h.length == 512 && h[0] != 0; h = in.readNBytes(512)) {
                String name = new String(h, 0, 100, StandardCharsets.US_ASCII).replaceFirst("\0.*", "");
                int size = Integer.parseInt(new String(h, 124, 11, StandardCharsets.US_ASCII).strip(), 8);
                boolean wanted = name.matches(".*test/[a-z]+/00[0-9]{2}\\.jpg") || name.matches(".*train/[a-z]+/0000\\.jpg");
                if (wanted) {
                    Path file = dir.resolve(name.replaceFirst("^.*(test|train)/", "$1/"));
                    Files.createDirectories(file.getParent());
                    Files.write(file, in.readNBytes(size));
                } else {
                    in.skipNBytes(size);
                }
                in.skipNBytes(-size & 511);
            }
        }
    }

    @Test
    void resnet20KnowsCifar() throws IOException {
        Path weights = shared("weights/cifar10_resnet20.safetensors");
        cifar(shared("data/cifar10-jpeg.tar.gz"));
        Cli c = Cli.run("val", dir.toString(), "--model", "resnet20", "--weights", weights.toString(), "--mean",
                "0.485,0.456,0.406",
                "--std", "0.229,0.224,0.225", "--json");
        assertThat(c.code()).as(c.err()).isZero();
        assertThat(number(c.last(), "images")).isEqualTo(1000);
        assertThat(number(c.last(), "top1")).as("80.4 % is documented").isCloseTo(0.804, within(0.0015));
    }

    /** Judges a network by the first 2,000 test images of MNIST. */
    private static double digits(Path weights, Network network, double mean, double std) {
        Dataset all = Datasets.open("mnist", Options.defaults().withFolder(shared("data/mnist"))).test();
        byte[] pixels = new byte[2000 * 784];
        int[] labels = new int[2000];
        for (int i = 0; i < labels.length; i++) {
            all.pixels(i, pixels, i * 784);
            labels[i] = all.label(i);
        }
        Dataset first = Dataset.of(all.image(), pixels, labels, all.classes(), "mnist");
        Foreign foreign = new Foreign(1, List.of(mean), List.of(std), false);
        return Evaluation.of(foreign.model(weights, network, List.of()), first, Backend.vector(), 2).top1();
    }

    @Test
    void aNetworkOfBurnKnowsDigits() {
        Path weights = shared("weights/burn_mnist.safetensors");
        Network burn = NetworkJson.read(network("burn-mnist.json"), Optional.empty(), 10);
        assertThat(digits(weights, burn, 0.1307, 0.3081)).as("98.9 % is documented").isCloseTo(0.989, within(0.0006));
    }

    /** There is no reader of ONNX: the weights are picked out of the file, the network is written down here. */
    @Test
    void aNetworkOfTribuoKnowsDigits() throws IOException {
        Path weights = dir.resolve("tribuo.safetensors");
        Safetensors.write(weights, initializers(Files.readAllBytes(shared("weights/tribuo_pytorch_cnn_mnist.onnx"))), Map.of());
        String text = """
                {"input": [1, 28, 28], "layers": [
                  {"op": "conv2d", "name": "conv1", "filters": 10, "kernel": 5}, {"op": "maxpool2d", "kernel": 2}, {"op": "relu"},
                  {"op": "conv2d", "name": "conv2", "filters": 20, "kernel": 5}, {"op": "maxpool2d", "kernel": 2}, {"op": "relu"},
                  {"op": "flatten"}, {"op": "linear", "name": "fc1", "outputs": 50}, {"op": "relu"},
                  {"op": "linear", "name": "fc2", "outputs": 10}, {"op": "relu"}, {"op": "logsoftmax"}]}""";
        Network tribuo = NetworkJson.read(text, "tribuo.json", Optional.empty(), 10);
        assertThat(tribuo.graph().learned()).isEqualTo(21_840);
        assertThat(digits(weights, tribuo, 0, 1)).as("98.4 % is documented").isCloseTo(0.984, within(0.0006));
    }

    /** ModelProto.graph is field 7, its initializers 5; a TensorProto has dims in 1, its name in 8 and floats in 9. */
    private static Map<String, Tensor> initializers(byte[] onnx) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (ByteBuffer graph : fields(ByteBuffer.wrap(onnx), 7)) {
            for (ByteBuffer t : fields(graph, 5)) {
                int[] dims = fields(t, 1).stream().mapToInt(ByteBuffer::getInt).toArray();
                FloatBuffer values = fields(t, 9).getFirst().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                Tensor w = Tensor.f32(dims);
                values.get(w.floats(), 0, w.size());
                all.put(StandardCharsets.UTF_8.decode(fields(t, 8).getFirst()).toString(), w);
            }
        }
        return all;
    }

    /** The values of one field of a protobuf message: bytes, or a whole number as four bytes. */
    private static List<ByteBuffer> fields(ByteBuffer message, int field) {
        List<ByteBuffer> all = new ArrayList<>();
        for (ByteBuffer m = message.duplicate(); m.hasRemaining();) {
            int key = varint(m);
            int number = varint(m);
            ByteBuffer value = (key & 7) == 2 ? m.slice(m.position(), number) : ByteBuffer.allocate(4).putInt(0, number);
            assertThat(key & 7).as("a number or bytes").isIn(0, 2);
            m.position(m.position() + ((key & 7) == 2 ? number : 0));
            if (key >> 3 == field) {
                all.add(value);
            }
        }
        return all;
    }

    private static int varint(ByteBuffer m) {
        int value = 0;
        for (int shift = 0;; shift += 7) {
            byte b = m.get();
            value |= (b & 127) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    @Test
    void scoresOfPixelsAreNoClassOfAnImage() {
        Graph unet = Networks.named("unet", Shape.of(1, 16, 16), 2);
        Path file = dir.resolve("unet.safetensors");
        Safetensors.write(file, Parameters.init(unet, new Rng(1)).zeros().map(), Map.of());
        Cli c = Cli.run("predict", "x.png", "--model", "unet", "--weights", file.toString(), "--input", "1x16x16");
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err()).contains("cortado: predict names a class for each image, but unet gives scores of 2×16×16");
    }

    private Cli squeezenet(Path image, int top) {
        return Cli.run("predict", image.toString(), "--model", network("squeezenet-caffe.json").toString(), "--weights",
                shared("weights/squeezenet_v1.1_fp16.safetensors").toString(), "--bgr", "--input-scale", "255", "--mean",
                "104,117,123", "--top", Integer.toString(top), "--json");
    }

    /** Half floats, blue first, pixels from 0 to 255: the same probabilities as PyTorch's of the same weights and the same pattern. */
    @Test
    void squeezenetGivesPyTorchsProbabilities() throws IOException {
        int row = 684;
        ByteBuffer bmp = ByteBuffer.allocate(54 + 227 * row).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0).putInt(54);
        bmp.putInt(40).putInt(227).putInt(227).putShort((short) 1).putShort((short) 24).putInt(0).putInt(227 * row);
        for (int y = 0; y < 227; y++) {
            for (int x = 0; x < 3 * 227; x++) {
                // Rows from below, blue first.
                bmp.put(54 + (226 - y) * row + x, (byte) (y * 7 + x / 3 * 13 + y * (x / 3) / 64 + 50 * (2 - x % 3)));
            }
        }
        Path file = dir.resolve("pattern.bmp");
        Files.write(file, bmp.array());
        Cli c = squeezenet(file, 4);
        assertThat(c.code()).as(c.err()).isZero();
        Json.Arr top = (Json.Arr) ((Json.Obj) Json.parse(c.last(), "stdout")).get("top").orElseThrow();
        List<Integer> classes = List.of(915, 905, 858, 906);
        List<Double> probabilities = List.of(0.5583354234695435, 0.3121946156024933, 0.05602360889315605, 0.02503710612654686);
        for (int i = 0; i < 4; i++) {
            Json.Obj o = (Json.Obj) top.items().get(i);
            assertThat(o.get("class")).contains(new Json.Str(Integer.toString(classes.get(i))));
            assertThat(((Json.Num) o.get("probability").orElseThrow()).value()).isCloseTo(probabilities.get(i), within(2e-4));
        }
    }

    /** Classes of ImageNet: 281, 282 and 285 are cats, 504 and 967 to 969 coffee and its cups, 670 and 665 motor scooter and moped. */
    @ParameterizedTest
    @CsvSource({"chelsea.png, 281 282 285", "coffee.png, 504 967 968 969", "motorcycle_left.png, 665 670"})
    void squeezenetKnowsPhotos(String photo, String classes) {
        Assumptions.assumeTrue(Files.isRegularFile(PHOTOS.resolve(photo)), "skipped: Debian's python3-skimage is not installed");
        Cli c = squeezenet(PHOTOS.resolve(photo), 1);
        assertThat(c.code()).as(c.err()).isZero();
        String best = ((Json.Str) ((Json.Obj) Json.parse(c.last(), "stdout")).get("class").orElseThrow()).value();
        assertThat(Set.of(classes.split(" "))).contains(best);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--weights no.safetensors|--weights needs a network to go with them: its name or its .json (--model resnet20)",
        "--weights no.safetensors --model a.safetensors|--weights goes with a network's name or its .json, received --model a.safe",
        "--weights no.safetensors --model lenet5|cannot read no.safetensors: there is no such file",
        "--model lenet5|the network lenet5 has no weights of its own; give a trained model's file or run, or weights from elsewhere",
        "--model lenet5.safetensors --input 3x8x8|--input, --in-chans, --num-classes, --mean, --std,",
        "--model lenet5 --bgr|tell about weights from elsewhere (--weights FILE)",
        "--weights no.safetensors --model resnet20 --mean 1,2|needs one mean and one positive std per channel, received mean [1.0, 2.0]",
        "--weights no.safetensors --model resnet20 --std 0|one positive std per channel",
        "--weights no.safetensors --model resnet20 --input-scale -1|the input's scale: expected a positive number",
        "--weights no.safetensors --model resnet20 --in-chans 1 --input 3x8x8|--in-chans 1 contradicts --input 3x8x8",
        "--weights no.safetensors --model alexnet --input 3x32x32|alexnet cannot take images of 3×32×32: layer features.12: the window",
        "--weights no.safetensors --model resnet20 --class-map no.txt|cannot read no.txt"})
    void mistakesAreNamed(String options, String message) {
        String[] words = ("predict x.png " + options).split(" ");
        Cli c = Cli.run(words);
        assertThat(c.code()).isEqualTo(2);
        assertThat(c.err().lines().toList().getLast()).startsWith("cortado: ").contains(message);
    }
}
