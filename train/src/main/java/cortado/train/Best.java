package cortado.train;

import cortado.graph.Parameters;
import java.util.Optional;

/** The best weights so far: those with the highest top-1, of equal ones those with the lowest loss, of equal ones the first. */
final class Best {
    private final Parameters weights;
    private Optional<Evaluation> val = Optional.empty();
    private int epoch;

    /** @param room for the weights */
    Best(Parameters room) {
        this.weights = room;
    }

    /** Takes a copy if they are better; {@return whether they are}. */
    boolean offer(int epoch, Evaluation offered, Parameters weights) {
        boolean better = val.isEmpty() || offered.top1() > val().top1()
                || offered.top1() == val().top1() && offered.loss() < val().loss();
        if (better) {
            this.weights.copyFrom(weights);
            resume(epoch, offered);
        }
        return better;
    }

    /** Goes on from saved weights, which have been written into {@link #weights}. */
    void resume(int epoch, Evaluation val) {
        this.epoch = epoch;
        this.val = Optional.of(val);
    }

    /** {@return the epoch, from 1; 0 if there is none yet} */
    int epoch() {
        return epoch;
    }

    /** {@return the judgement of that epoch}; only after one. */
    Evaluation val() {
        return val.orElseThrow();
    }

    Parameters weights() {
        return weights;
    }
}
