package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * An op and the ReLU that follows it, in place: what the plan fuses so that the activations are touched once.
 *
 * <pre>
 * y  = max(op(x), 0)
 * dz = dy where y &gt; 0, else 0, written over dy; then op's backward with dz
 * </pre>
 *
 * y &gt; 0 exactly where the op's output was, so nothing need be saved.
 *
 * @param op what comes before the ReLU
 */
public record Rectified(Op op) implements Op {

    @Override
    public Shape output(Shape... x) {
        return op.output(x);
    }

    @Override
    public List<Param> params(Shape... x) {
        return op.params(x);
    }

    @Override
    public List<Shape> saved(Shape... x) {
        return op.saved(x);
    }

    @Override
    public boolean mixes() {
        return op.mixes();
    }

    @Override
    public long flops(Shape... x) {
        return op.flops(x) + output(x).size();
    }

    @Override
    public String kind() {
        return op.kind() + "+relu";
    }

    @Override
    public void forward(Operands o) {
        op.forward(o);
        Tensor y = o.y();
        for (int i = 0; i < y.size(); i++) {
            y.set(i, Math.max(y.get(i), 0));
        }
    }

    @Override
    public void backward(Operands o) {
        for (int i = 0; i < o.y().size(); i++) {
            if (!(o.y().get(i) > 0)) {
                o.dy().set(i, 0);
            }
        }
        op.backward(o);
    }
}
