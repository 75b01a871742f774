package cortado.op;

import cortado.tensor.Layout;
import cortado.tensor.Shape;
import cortado.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Transposed convolution of channels in blocks by the three passes of the convolution that makes x out of y: forward is its gradient
 * of the input, the gradient of x its forward, that of w its own with x and dy in each other's place.
 */
final class ConvTranspose2dChannels implements Wide {
    private final ConvTranspose2d op;
    private final Conv2dChannels mirrored;

    ConvTranspose2dChannels(ConvTranspose2d op, Shape x) {
        this.op = op;
        this.mirrored = new Conv2dChannels(op.output(x), x, op.window(), op.groups(), 0);
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public int scratch() {
        return Math.max(mirrored.forward.packed().length(), mirrored.gradientScratch());
    }

    @Override
    public int prepared() {
        return mirrored.input.packed().length();
    }

    @Override
    public int room() {
        return mirrored.room();
    }

    @Override
    public List<Phase> prepare(Operands o, List<Tensor> room) {
        return List
                .of(Conv2dChannels.pack(mirrored.input, o, Conv2dChannels.biases(o), o.b().isPresent() ? o.b().get().offset() : 0,
                        o.prepared()));
    }

    @Override
    public List<Phase> forward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.forward(o)));
        }
        return List.of(Conv2dChannels.run(mirrored.input, o, o.y(), o.x(), o.prepared(), false, 0, room));
    }

    @Override
    public List<Phase> backward(Operands o, List<Tensor> room) {
        if (o.x().layout() != Layout.CHANNELS) {
            return List.of(Phase.of(() -> 1, (_, _) -> op.backward(o)));
        }
        List<Phase> phases = new ArrayList<>();
        if (o.dw().isPresent()) {
            phases.addAll(mirrored.gradient(o.exchanged(), room));
        }
        if (o.db().isPresent()) {
            phases.add(Conv2dChannels.bias(o, room));
        }
        if (o.dx().isPresent()) {
            phases.add(Conv2dChannels.pack(mirrored.forward, o, Conv2dChannels.NO_BIAS, 0, o.scratch()));
            phases.add(Conv2dChannels.run(mirrored.forward, o, o.dx().get(), o.dy(), o.scratch(), o.accumulates(0), 0, room));
        }
        return phases;
    }
}
