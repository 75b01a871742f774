package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.List;

/**
 * An op and the ReLU (or ReLU6) that follows it, in place: what the plan fuses so that the activations are touched once.
 *
 * <pre>
 * y  = min(max(op(x), 0), most)
 * dz = dy where 0 &lt; y &lt; most, else 0, written over dy; then op's backward with dz
 * </pre>
 *
 * 0 &lt; y &lt; most exactly where the op's output was, so nothing need be saved.
 *
 * @param op   what comes before the ReLU
 * @param most infinite for ReLU, 6 for ReLU6
 */
public record Rectified(Op op, float most) implements Op {
    /**
     * An op and a ReLU.
     *
     * @param op what comes before
     */
    public Rectified(Op op) {
        this(op, Float.POSITIVE_INFINITY);
    }

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
        return op.kind() + (most == 6 ? "+relu6" : "+relu");
    }

    @Override
    public void forward(Operands o) {
        op.forward(o);
        Tensor y = o.y();
        for (int i = 0; i < y.size(); i++) {
            y.set(i, Math.min(Math.max(y.get(i), 0), most));
        }
    }

    @Override
    public void backward(Operands o) {
        for (int i = 0; i < o.y().size(); i++) {
            if (!(o.y().get(i) > 0) || o.y().get(i) >= most && most < Float.POSITIVE_INFINITY) {
                o.dy().set(i, 0);
            }
        }
        op.backward(o);
    }
}
