package cortado.op;

import cortado.tensor.Shape;
import cortado.tensor.Tensor;

/**
 * Mean of each channel's image; what PyTorch calls {@code AdaptiveAvgPool2d(1)}.
 *
 * <table>
 * <caption>tensors</caption>
 * <tr><td>x</td><td>{@code N C H W}</td></tr>
 * <tr><td>y</td><td>{@code N C 1 1}</td></tr>
 * </table>
 *
 * <pre>
 * y[n,c]       = 1/(H·W) · Σ_hw x[n,c,h,w]
 * dx[n,c,h,w] += 1/(H·W) · dy[n,c]                                                                        N10
 * </pre>
 *
 * Lin, Chen, Yan, Network in Network, section 3.2. Derivation: {@code docs/backprop.md#average-pooling}.
 */
public record GlobalAvgPool2d() implements Op {

    @Override
    public Shape output(Shape... x) {
        Shape in = x[0].expectRank(4, "globalavgpool2d takes images N×C×H×W");
        return Shape.of(in.n(), in.c(), 1, 1);
    }

    @Override
    public long flops(Shape... x) {
        return x[0].size();
    }

    @Override
    public void forward(Operands o) {
        forward(o.y(), o.x());
    }

    @Override
    public void backward(Operands o) {
        o.dx().ifPresent(dx -> backward(dx, o.dy()));
    }

    private static void forward(Tensor y, Tensor x) {
        int m = x.shape().h() * x.shape().w();
        Linear.each(Shape.of(x.shape().n(), x.shape().c()), (n, c) -> {
            double sum = 0;
            for (int h = 0; h < x.shape().h(); h++) {
                for (int w = 0; w < x.shape().w(); w++) {
                    sum += x.get(n, c, h, w);
                }
            }
            y.set(n, c, 0, 0, sum / m);
        });
    }

    private static void backward(Tensor dx, Tensor dy) {
        int m = dx.shape().h() * dx.shape().w();
        Conv2d.each(dx.shape(), (n, c, h, w) -> dx.add(n, c, h, w, dy.get(n, c, 0, 0) / m));
    }
}
