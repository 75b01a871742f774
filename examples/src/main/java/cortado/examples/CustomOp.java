package cortado.examples;

import cortado.data.Datasets;
import cortado.data.Options;
import cortado.graph.Graph;
import cortado.graph.Parameters;
import cortado.op.Conv2d;
import cortado.op.Flatten;
import cortado.op.Input;
import cortado.op.Linear;
import cortado.op.Op;
import cortado.op.Operands;
import cortado.op.Window;
import cortado.tensor.Rng;
import cortado.tensor.Shape;
import cortado.testkit.Finding;
import cortado.testkit.GradCheck;
import cortado.train.Outcome;
import cortado.train.Settings;
import cortado.train.Trainer;
import java.util.List;

/**
 * A network with an op of one's own, checked against finite differences, then trained on the digits; started as {@link TrainLeNet}.
 */
public final class CustomOp {
    private static final Graph NETWORK = Graph.builder().then("x", Input.images(1, 8, 8)).then("conv", Conv2d.of(8, Window.of(3)))
            .then("swish", new Swish()).then("flatten", new Flatten()).then("fc", Linear.of(10)).build();

    private CustomOp() {
    }

    /** Swish, {@code y = x·σ(x)} (Ramachandran, Zoph, Le, 2017); {@code dx += dy·(σ + y·(1 − σ))} with σ = σ(x). */
    public record Swish() implements Op.Custom {
        @Override
        public Shape output(Shape... x) {
            return x[0];
        }

        @Override
        public void forward(Operands o) {
            for (int i = 0; i < o.x().size(); i++) {
                o.y().set(i, o.x().get(i) * sigmoid(o.x().get(i)));
            }
        }

        @Override
        public void backward(Operands o) {
            o.dx().ifPresent(dx -> {
                for (int i = 0; i < dx.size(); i++) {
                    double s = sigmoid(o.x().get(i));
                    dx.add(i, o.dy().get(i) * (s + o.x().get(i) * s * (1 - s)));
                }
            });
        }

        private static double sigmoid(double x) {
            return 1 / (1 + StrictMath.exp(-x)); // StrictMath: the same bits on every machine
        }
    }

    /** Checks, then trains.
     * @param args none */
    public static void main(String[] args) {
        check().forEach(f -> IO.println("%-14s worst relative error %.1e of %d".formatted(f.tensor(), f.error(), f.checked())));
        IO.println("%.4f of the held-out digits".formatted(train(10).val().top1()));
    }

    static List<Finding> check() {
        return GradCheck.check(NETWORK, Parameters.init(NETWORK, new Rng(1)), 2, 1, 20);
    }

    static Outcome train(int epochs) {
        Settings settings = Settings.defaults("digits", "swish", 1).withBatch(16).withRate(3e-3).withEpochs(epochs).withSeed(1);
        try (Trainer trainer = new Trainer(settings, NETWORK, Datasets.open("digits", Options.defaults()))) {
            return trainer.fit(_ -> {});
        }
    }
}
