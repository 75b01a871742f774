package cortado.train;

import cortado.io.Json;

/**
 * What one whole epoch reached: a row of {@code metrics.csv}. A training remembers all of them, in its checkpoints too, so what
 * depends on the course so far (the best epoch, patience, a plateau) can follow from this list alone.
 *
 * @param epoch           from 1
 * @param rate            learning rate of the last step
 * @param trainLoss       mean over the epoch, while learning
 * @param valLoss         on the held-out images
 * @param top1            share of held-out images, 0 … 1
 * @param top5            share of held-out images, 0 … 1
 * @param imagesPerSecond over the epoch's training steps
 * @param seconds         since the training began
 */
public record EpochResult(int epoch, double rate, double trainLoss, double valLoss, double top1, double top5,
        double imagesPerSecond, double seconds) {

    /** {@return the numbers by the names of {@code metrics.csv}, exactly} */
    Json.Obj json() {
        return Json.object().with("epoch", epoch).with("lr", rate).with("train_loss", trainLoss).with("val_loss", valLoss)
                .with("val_top1", top1).with("val_top5", top5).with("images_per_s", imagesPerSecond).with("seconds", seconds);
    }

    /** {@return what {@link #json} wrote}; throws {@link cortado.tensor.FormatException}. */
    static EpochResult of(Json.Obj o, String where) {
        return new EpochResult((int) Position.number(o, "epoch", where), Position.number(o, "lr", where),
                Position.number(o, "train_loss", where), Position.number(o, "val_loss", where),
                Position.number(o, "val_top1", where), Position.number(o, "val_top5", where),
                Position.number(o, "images_per_s", where), Position.number(o, "seconds", where));
    }
}
