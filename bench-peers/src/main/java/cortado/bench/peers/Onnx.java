package cortado.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import cortado.graph.Model;
import cortado.graph.Node;
import cortado.op.Add;
import cortado.op.AvgPool2d;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.GlobalAvgPool2d;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Pad;
import cortado.op.Relu;
import cortado.op.Relu6;
import cortado.op.Softmax;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One of our networks as an ONNX model, opset 13, for ops that the raced networks have. */
final class Onnx {
    private static final int OPSET = 13;
    private static final int IR = 8;

    private Onnx() {
    }

    static byte[] model(Model m, int batch) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName(m.name());
        List<Node> nodes = m.graph().nodes();
        for (Node n : nodes) {
            if (!(n.op() instanceof Input)) {
                graph.addNode(node(n, nodes, m));
            }
        }
        m.parameters().map().forEach((name, t) -> graph.addInitializer(tensor(name, t)));
        graph.addInitializer(tensor("zero", Tensor.of(Shape.of(), Type.F32))).addInitializer(tensor("six", Tensor.of(Shape.of(), Type.F32)).toBuilder()
                .setRawData(floats(6)));
        nodes.stream().filter(n -> n.op() instanceof Pad).forEach(n -> pad(graph, n.name(), (Pad) n.op()));
        graph.addInput(value(nodes.getFirst().name(), m.graph().shapes(batch).getFirst().dims()));
        graph.addOutput(value(nodes.getLast().name(), m.graph().shapes(batch).getLast().dims()));
        return ModelProto.newBuilder().setIrVersion(IR).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET)).setGraph(graph)
                .build().toByteArray();
    }

    private static NodeProto node(Node n, List<Node> nodes, Model m) {
        NodeProto.Builder b = NodeProto.newBuilder().setName(n.name()).addOutput(n.name());
        n.inputs().forEach(i -> b.addInput(nodes.get(i).name()));
        for (String p : List.of(n.parameter("weight"), n.parameter("bias"))) {
            if (m.parameters().map().containsKey(p)) {
                b.addInput(p);
            }
        }
        return switch (n.op()) {
            case Conv2d c -> b.setOpType("Conv").addAllAttribute(window(c.window())).addAttribute(ints("dilations", List.of(
                    (long) c.window().h().dilation(), (long) c.window().w().dilation()))).addAttribute(number("group", c.groups())).build();
            case MaxPool2d p -> b.setOpType("MaxPool").addAllAttribute(window(p.window())).addAttribute(number("ceil_mode",
                    p.ceilMode() ? 1 : 0)).build();
            case AvgPool2d p -> b.setOpType("AveragePool").addAllAttribute(window(p.window())).addAttribute(number("ceil_mode",
                    p.ceilMode() ? 1 : 0)).addAttribute(number("count_include_pad", p.countPadding() ? 1 : 0)).build();
            case Linear _ -> b.setOpType("Gemm").addAttribute(number("transB", 1)).build();
            case GlobalAvgPool2d _ -> b.setOpType("GlobalAveragePool").build();
            case Relu6 _ -> b.setOpType("Clip").addInput("zero").addInput("six").build();
            case Pad p -> b.setOpType("Pad").addInput(n.name() + ".pads").addInput(n.name() + ".value").build();
            case Relu _ -> b.setOpType("Relu").build();
            case Add _ -> b.setOpType("Add").build();
            case Flatten _ -> b.setOpType("Flatten").build();
            case Softmax _ -> b.setOpType("Softmax").addAttribute(number("axis", 1)).build();
            case Op op -> throw new IllegalArgumentException("layer " + n.name() + ": no counterpart of " + op.kind() + " in ONNX here");
        };
    }

    private static void pad(GraphProto.Builder graph, String name, Pad p) {
        graph.addInitializer(TensorProto.newBuilder().setName(name + ".pads").setDataType(TensorProto.DataType.INT64.getNumber()).addDims(8)
                .addAllInt64Data(Stream.of(0, p.channelsBefore(), p.top(), p.left(), 0, p.channelsAfter(), p.bottom(), p.right())
                        .map(Integer::longValue).toList()));
        graph.addInitializer(TensorProto.newBuilder().setName(name + ".value").setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(floats(p.value())));
    }

    private static ByteString floats(double v) {
        return ByteString.copyFrom(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, (float) v));
    }

    private static List<AttributeProto> window(Window w) {
        return List.of(ints("kernel_shape", List.of((long) w.h().kernel(), (long) w.w().kernel())),
                ints("strides", List.of((long) w.h().stride(), (long) w.w().stride())),
                ints("pads", List.of((long) w.h().before(), (long) w.w().before(), (long) w.h().after(), (long) w.w().after())));
    }

    private static AttributeProto ints(String name, List<Long> values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS).addAllInts(values).build();
    }

    private static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    private static TensorProto tensor(String name, Tensor t) {
        List<Long> dims = new ArrayList<>();
        for (int d : t.shape().dims()) {
            dims.add((long) d);
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * t.size()).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(t.floats(), t.offset(), t.size());
        return TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber()).addAllDims(dims)
                .setRawData(ByteString.copyFrom(raw)).build();
    }

    private static ValueInfoProto value(String name, int[] dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int d : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()).setShape(shape))).build();
    }
}
