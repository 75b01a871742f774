package cortado.graph;

import cortado.op.Op;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import cortado.tensor.Tensor;
import cortado.tensor.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Tensors by name, in order: weights, and in the same form gradients and an optimizer's moments. */
public final class Parameters {
    private final SequencedMap<String, Tensor> tensors;

    private Parameters(Map<String, Tensor> tensors) {
        this.tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }

    /**
     * {@return the parameters}
     * @param tensors by name, in order; shared, not copied
     */
    public static Parameters of(SequencedMap<String, Tensor> tensors) {
        return new Parameters(tensors);
    }

    /**
     * Fresh F32 weights. Each tensor draws from a generator of its own name, so that a seed means the same weights whatever
     * the order.
     *
     * @param graph the network
     * @param rng   seed
     * @return the parameters that the graph declares
     */
    public static Parameters init(Graph graph, Rng rng) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (Op.Param p : graph.params()) {
            Tensor t = Tensor.of(p.shape(), Type.F32);
            Rng r = rng.split(p.name());
            for (int i = 0; i < t.size(); i++) {
                t.set(i, p.initial(r, i));
            }
            all.put(p.name(), t);
        }
        return new Parameters(all);
    }

    /** {@return tensors of zeros with the same names, shapes and types: gradients, moments} */
    public Parameters zeros() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        tensors.forEach((name, t) -> all.put(name, Tensor.of(t.shape(), t.type())));
        return new Parameters(all);
    }

    /**
     * {@return a converted copy}
     * @param type element type
     */
    public Parameters to(Type type) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        tensors.forEach((name, t) -> all.put(name, t.to(type)));
        return new Parameters(all);
    }

    /** {@return a copy} */
    public Parameters copy() {
        Parameters p = zeros();
        p.copyFrom(this);
        return p;
    }

    /**
     * Copies every tensor of another set with the same names and shapes.
     *
     * @param from source
     */
    public void copyFrom(Parameters from) {
        tensors.forEach((name, t) -> t.copyFrom(from.get(name)));
    }

    /**
     * Checks names and shapes against what a graph declares.
     *
     * @param graph the network
     * @return this
     * @throws ShapeException naming the first tensor that is missing, too many, or of another shape
     */
    public Parameters expect(Graph graph) {
        Map<String, Shape> expected = new LinkedHashMap<>();
        graph.params().forEach(p -> expected.put(p.name(), p.shape()));
        expected.forEach((name, shape) -> {
            if (!get(name).shape().equals(shape)) {
                throw new ShapeException("parameter " + name + ": expected " + shape + ", received " + get(name).shape());
            }
        });
        for (String name : tensors.keySet()) {
            if (!expected.containsKey(name)) {
                throw new ShapeException("parameter " + name + " belongs to no layer of the network");
            }
        }
        return this;
    }

    /**
     * {@return the tensor}
     * @param name {@code conv1.weight}
     * @throws ShapeException if there is none
     */
    public Tensor get(String name) {
        Tensor t = tensors.get(name);
        if (t == null) {
            throw new ShapeException("there is no parameter " + name + "; there are " + String.join(", ", tensors.keySet()));
        }
        return t;
    }

    /** {@return tensors by name, in order, unmodifiable} */
    public SequencedMap<String, Tensor> map() {
        return tensors;
    }

    /**
     * {@return the learned ones, shared}
     * @param graph that declares them
     */
    public Parameters learned(Graph graph) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        graph.params().stream().filter(Op.Param::learned).forEach(p -> all.put(p.name(), get(p.name())));
        return new Parameters(all);
    }

    /** {@return no parameters} */
    public static Parameters none() {
        return new Parameters(Map.of());
    }

    /** {@return the type of all tensors; F32 where there are none} */
    public Type type() {
        return tensors.isEmpty() ? Type.F32 : tensors.firstEntry().getValue().type();
    }

    /** {@return the number of numbers, learned or not} */
    public long count() {
        return tensors.values().stream().mapToLong(Tensor::size).sum();
    }

    /**
     * Sets every element of every tensor.
     *
     * @param v the value
     */
    public void fill(double v) {
        for (Tensor t : tensors.values()) {
            t.fill(v);
        }
    }
}
