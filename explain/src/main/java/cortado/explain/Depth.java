package cortado.explain;

import cortado.explain.Part.At;
import cortado.explain.Part.Grid;
import cortado.explain.Part.Heading;
import cortado.explain.Part.Matrices;
import cortado.explain.Part.Paragraph;
import cortado.explain.Part.Sign;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Linear;
import cortado.op.MaxPool2d;
import cortado.op.Op;
import cortado.op.Relu;
import cortado.op.SoftmaxCrossEntropy;
import cortado.op.Window;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** N9: the network of the notes with two convolutions, walked back from the loss to the image. */
final class Depth {
    private static final int LABEL = 1;
    private static final double STEP = 1e-4;

    /** An op, its learned tensors, and their names. */
    private record Layer(Op op, List<Tensor> params, List<String> names) {
    }

    private final Tensor x;
    private final Tensor label;
    private final List<Layer> layers;
    /** What enters each layer; the last is the loss. */
    private final List<Tensor> values;
    private final List<Pass> passes;

    private Depth(Tensor x, Tensor label, List<Layer> layers) {
        this.x = x;
        this.label = label;
        this.layers = layers;
        this.values = forward();
        this.passes = backward();
    }

    /** A handwritten 7. After the first convolution and pooling it is 3×3, the size of the notes' X. */
    static Depth example() {
        Tensor x = Tensor.of(new double[] {
            0, 0.1, 0, 0, 0.1, 0, 0,
            0.2, 0.8, 0.9, 1, 0.9, 0.7, 0.1,
            0, 0.3, 0.1, 0.2, 0.6, 1, 0.2,
            0, 0, 0, 0.3, 0.9, 0.4, 0,
            0, 0.1, 0.2, 0.8, 0.5, 0, 0.1,
            0, 0, 0.6, 0.9, 0.1, 0, 0,
            0, 0.1, 0.7, 0.3, 0, 0.1, 0}, 1, 1, 7, 7);
        Tensor label = Tensor.of(Shape.of(1), Type.I32);
        label.set(0, LABEL);
        Layer linear = new Layer(new Linear(3, true),
                List.of(Tensor.of(new double[] {0.8, -0.5, 0.3, 0.4, -0.2, 0.7, 0.5, -0.9, 0.1, 0.6, -0.7, 0.2}, 3, 4),
                        Tensor.of(new double[] {0.1, 0, -0.2}, 3)),
                List.of("W", "c"));
        return new Depth(x, label, List.of(convolution(1, 0.1, 0.5, -0.8, -0.6, 0.9), layer(new Relu()), layer(MaxPool2d.of(2)),
                convolution(2, -0.55, 0.7, -0.4, 0.6, 0.8), layer(new Relu()), layer(new Flatten()), linear,
                layer(new SoftmaxCrossEntropy())));
    }

    private static Layer convolution(int number, double bias, double... kernel) {
        return new Layer(new Conv2d(1, Window.of(2), 1, true),
                List.of(Tensor.of(kernel, 1, 1, 2, 2), Tensor.of(new double[] {bias}, 1)),
                List.of("K[" + number + "]", "b[" + number + "]"));
    }

    private static Layer layer(Op op) {
        return new Layer(op, List.of(), List.of());
    }

    private List<Tensor> inputs(Layer layer, Tensor value) {
        return layer.op() instanceof SoftmaxCrossEntropy ? List.of(value, label) : List.of(value);
    }

    private List<Tensor> forward() {
        List<Tensor> all = new ArrayList<>(List.of(x));
        for (Layer layer : layers) {
            all.add(Pass.forward(layer.op(), inputs(layer, all.getLast()), layer.params()));
        }
        return all;
    }

    /** The chain rule as a loop: what leaves a layer's input enters the layer before. */
    private List<Pass> backward() {
        List<Pass> all = new ArrayList<>();
        Tensor dy = Tensor.f64(1);
        dy.fill(1);
        for (int i = layers.size() - 1; i >= 0; i--) {
            Pass pass = Pass.of(layers.get(i).op(), inputs(layers.get(i), values.get(i)), layers.get(i).params(), dy);
            all.addFirst(pass);
            dy = pass.dx();
        }
        return all;
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Heading("N9", "Any depth"));
        parts.add(new Paragraph("The gradient that leaves a layer's input is the gradient of the layer before's output. So the "
                + "steps above, repeated, reach any depth. Here are two convolutions, an image of 7×7 (a handwritten seven) and 3 "
                + "classes; numbers are rounded for show. Marked: where the gradient passes max pooling."));
        parts.add(new Paragraph("`X →` conv `→ Z[1] →` ReLU `→ C[1] →` pool `→ P[1] →` conv `→ Z[2] →` ReLU `→ C[2] →` flatten, "
                + "linear `→ f →` softmax, cross-entropy `→ L`"));
        parts.add(new Paragraph("Forward, from the image to the loss:"));
        parts.add(Matrices.of(grid("X", Pass.matrix(x)), new Sign("⋆"), param(0, 0), new Sign("+"), param(0, 1), new Sign("="),
                value("Z[1]", 1)));
        parts.add(Matrices.of(value("C[1]", 2).light(reached(2)), new Sign("→"), value("P[1]", 3)));
        parts.add(Matrices.of(value("P[1]", 3), new Sign("⋆"), param(3, 0), new Sign("+"), param(3, 1), new Sign("="),
                value("Z[2]", 4), new Sign("→"), value("C[2]", 5)));
        parts.add(Matrices.of(param(6, 0), new Sign("·"), grid("\"flat\" C[2]", values.get(6).reshape(Shape.of(4, 1))),
                new Sign("+"), grid("c", layers.get(6).params().get(1).reshape(Shape.of(3, 1))), new Sign("="),
                grid("f", values.get(7).reshape(Shape.of(3, 1))), new Sign("→"), grid("L", values.get(8).reshape(Shape.of(1, 1)))));
        parts.add(new Paragraph("Backward. The true class is " + LABEL + ", so N12 gives `∂L/∂f`; the linear layer hands on `W`, "
                + "transposed, times it; N8 stops it where `Z[2]` was not positive:"));
        parts.add(Matrices.of(grid("∂L/∂f", passes.get(7).dx().reshape(Shape.of(3, 1))), new Sign("→"), gradient("∂L/∂C[2]", 5),
                new Sign("→"), gradient("∂L/∂Z[2]", 4)));
        parts.addAll(convolution(2, 3, "P[1]"));
        parts.add(new Paragraph("`∂L/∂P[1]` is what the first layer is handed. N7 sends it to the winners, N8 stops it where "
                + "`Z[1]` was not positive, and N2 to N6 begin anew:"));
        parts.add(Matrices.of(gradient("∂L/∂P[1]", 3), new Sign("→"), gradient("∂L/∂C[1]", 2).light(reached(2))));
        parts.add(Matrices.of(new Sign("→"), gradient("∂L/∂Z[1]", 1).light(reached(1))));
        parts.addAll(convolution(1, 0, "X"));
        parts.addAll(checks());
        return parts;
    }

    /** N3 and N6 for one of the two convolutions. */
    private List<Part> convolution(int number, int at, String input) {
        Pass pass = passes.get(at);
        Tensor delta = Pass.matrix(pass.dy());
        Tensor in = Pass.matrix(pass.x().getFirst());
        Tensor k = Pass.matrix(pass.params().getFirst());
        String dz = "∂L/∂Z[" + number + "]";
        Gradients g = new Gradients(in, k, Window.of(2), delta);
        Tensor db = pass.dparams().get(1).reshape(Shape.of(1, 1));
        return List.of(
                Matrices.of(grid(input, in), new Sign("⋆"), grid(dz, delta), new Sign("="), grid("∂L/∂K[" + number + "]", g.dk()),
                        grid("∂L/∂b[" + number + "]", db)),
                Matrices.of(g.paddedDelta("pad(" + dz + ")"), new Sign("⋆"),
                        grid("rot180(K[" + number + "])", Frames.rot180(k)), new Sign("="), grid("∂L/∂" + input, g.dx())),
                Sums.same("`conv(" + input + ", " + dz + ")` is what Conv2d computes as `∂L/∂K[" + number + "]`", g.dk(),
                        Pass.matrix(pass.dparams().getFirst()), 1),
                Sums.same("`conv(pad(" + dz + "), rot180(K[" + number + "]))` is what it computes as `∂L/∂" + input + "`", g.dx(),
                        Pass.matrix(pass.dx()), 1));
    }

    private List<Part> checks() {
        List<Part> parts = new ArrayList<>();
        for (int i = layers.size() - 1; i >= 0; i--) {
            Layer layer = layers.get(i);
            for (int p = 0; p < layer.params().size(); p++) {
                parts.add(check("∂L/∂" + layer.names().get(p), layer.params().get(p), passes.get(i).dparams().get(p)));
            }
        }
        parts.add(check("∂L/∂X", x, passes.getFirst().dx()));
        return parts;
    }

    private Part.Check check(String name, Tensor of, Tensor gradient) {
        double size = 1 + Slopes.largest(values.get(7));
        return Slopes.of(() -> forward().getLast(), passes.getLast().dy(), of, gradient, STEP, size, false).check(name);
    }

    private static Grid grid(String name, Tensor t) {
        return Grid.of(name, t);
    }

    private Grid value(String name, int at) {
        return Grid.of(name, Pass.matrix(values.get(at)));
    }

    private Grid gradient(String name, int at) {
        return Grid.of(name, Pass.matrix(passes.get(at).dx()));
    }

    /** Where a gradient arrives. */
    private Set<At> reached(int at) {
        Tensor g = Pass.matrix(passes.get(at).dx());
        Set<At> cells = new HashSet<>();
        for (int i = 0; i < g.size(); i++) {
            if (g.get(i) != 0) {
                cells.add(new At(i / g.shape().dim(1), i % g.shape().dim(1)));
            }
        }
        return cells;
    }

    private Grid param(int at, int p) {
        Tensor t = layers.get(at).params().get(p);
        return Grid.of(layers.get(at).names().get(p), t.shape().rank() == 4 ? Pass.matrix(t) : t.shape().rank() == 2 ? t
                : t.reshape(Shape.of(t.size(), 1)));
    }
}
