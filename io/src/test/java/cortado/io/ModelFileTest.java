package cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.model.Networks;
import cortado.graph.Normalization;
import cortado.graph.Parameters;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.tensor.FormatException;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
    @TempDir
    Path dir;

    private static Model small(long seed) {
        Graph g = Graph.builder().then("x", Input.images(2, 3, 3)).then("flat", new Flatten())
                .then("layer1.0.fc", Linear.of(4)).then("fc", new Linear(3, false)).build();
        return new Model("small", g, Parameters.init(g, new Rng(seed)), List.of("cat", "\"dog\"", "ünï"),
                new Normalization(List.of(0.1307, 1e-9), List.of(0.3081, 255.0)), Map.of("seed", "1", "data", "a b\nc"));
    }

    @Test
    void whatIsWrittenIsReadSeed1() throws IOException {
        Path file = dir.resolve("m.safetensors");
        Model m = small(1);
        ModelFile.write(file, m);
        Model back = ModelFile.read(file);
        assertThat(List.of(back.name(), back.graph(), back.classes(), back.normalization(), back.provenance()))
                .isEqualTo(List.of(m.name(), m.graph(), m.classes(), m.normalization(), m.provenance()));
        assertThat(List.copyOf(back.parameters().map().keySet())).isEqualTo(List.copyOf(m.parameters().map().keySet()));
        SafetensorsTest.same(m.parameters().map(), back.parameters().map());
        Path again = dir.resolve("n.safetensors");
        ModelFile.write(again, back);
        assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void namedNetworksAreKeptSeed2() {
        for (String name : List.of("lenet5", "convnet", "mlp", "vgg")) {
            Graph g = Networks.named(name, Shape.of(1, 28, 28), 10);
            Model m = new Model(name, g, Parameters.init(g, new Rng(2)), List.of(), Normalization.none(1), Map.of());
            m.parameters().map().firstEntry().getValue().set(0, Double.NaN);
            Path file = dir.resolve(name);
            ModelFile.write(file, m);
            assertThat(ModelFile.read(file).graph()).isEqualTo(g);
            assertThat(Safetensors.sha256(ModelFile.weights(file, g).map())).isEqualTo(Safetensors.sha256(m.parameters().map()));
        }
    }

    /** Writes a model whose tensors and metadata were changed, and expects reading to say so. */
    private void changed(BiConsumer<SequencedMap<String, Tensor>, Map<String, String>> change, String message) {
        Path file = dir.resolve("m.safetensors");
        ModelFile.write(file, small(3));
        Safetensors st = Safetensors.read(file);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(st.tensors());
        Map<String, String> metadata = new TreeMap<>(st.metadata());
        change.accept(tensors, metadata);
        Safetensors.write(file, tensors, metadata);
        assertThatThrownBy(() -> ModelFile.read(file)).isInstanceOf(FormatException.class).hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void partsThatDoNotBelongTogetherAreNamed() {
        for (String key : List.of("format", "network", "classes", "normalization")) {
            changed((t, m) -> m.remove(key), "this is a safetensors file, but not a Cortado model: its metadata lacks " + key);
            changed((t, m) -> m.put(key, "{"), key);
        }
        changed((t, m) -> m.put("format", "cortado checkpoint 1"), "checkpoint, all that a training goes on with, and no model");
        changed((t, m) -> m.put("format", "cortado 2"), "received \"cortado 2\"; a newer Cortado wrote it");
        changed((t, m) -> m.put("format", "pt"), "received \"pt\"; this is no Cortado model");
        changed((t, m) -> t.remove("fc.weight"), "tensor fc.weight (3×4) is missing");
        changed((t, m) -> t.put("fc.wieght", t.remove("fc.weight")), "tensor fc.weight (3×4) is missing; did you mean fc.wieght?");
        changed((t, m) -> t.put("fc.bias", Tensor.f32(3)), "tensor fc.bias belongs to no layer of the network");
        changed((t, m) -> t.put("fc.weight", Tensor.f32(4, 3)), "tensor fc.weight: expected 3×4, received 4×3");
        changed((t, m) -> t.put("fc.weight", Tensor.of(Shape.of(3, 4), Type.I32)),
                "tensor fc.weight: expected floating-point numbers, received integers");
        changed((t, m) -> m.put("classes", "[\"a\"]"), "classes: expected 3 names, one per score, received 1");
        changed((t, m) -> m.put("classes", "[1,2,3]"), "classes: expected a name or a list of names, received [1,2,3]");
        changed((t, m) -> m.put("normalization", "{\"mean\":[1],\"std\":[1]}"),
                "expected 2 numbers, one per channel of the input 2×3×3");
        changed((t, m) -> m.put("normalization", "{\"mean\":[1,1],\"std\":[1,0]}"), "one positive std per channel");
        changed((t, m) -> m.put("normalization", "{\"mean\":[1,1e999],\"std\":[1,1]}"), "mean: expected a list of numbers");
        changed((t, m) -> m.put("network", "{\"layers\":[{\"op\":\"rolu\"}]}"),
                "layer 1 (rolu): unknown op \"rolu\"; did you mean relu?");
    }

    @Test
    void plainWeightsOfAnyFloatTypeAreReadSeed4() {
        Model m = small(4);
        Path file = dir.resolve("plain.safetensors");
        Safetensors.write(file, m.parameters().to(Type.F64).map(), Map.of());
        SafetensorsTest.same(m.parameters().map(), ModelFile.weights(file, m.graph()).map());
        assertThatThrownBy(() -> ModelFile.read(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("not a Cortado model");
    }

    @Test
    void damagedFilesGiveNothingButFormatExceptionsSeed5() throws IOException {
        Path file = dir.resolve("m.safetensors");
        ModelFile.write(file, small(5));
        byte[] good = Files.readAllBytes(file);
        int header = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Mutations.fuzz(good, 8 + header, 5, 1500, bytes -> ModelFile.read(Files.write(file, bytes)));
        Mutations.fuzz(good, 16, 6, 500, bytes -> Safetensors.read(Files.write(file, bytes)));
    }
}
