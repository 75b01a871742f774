package cortado.train;

import cortado.graph.Model;
import cortado.io.Json;

/**
 * What came of a training.
 *
 * @param best            the model of the epoch with the highest top-1, of equal ones that with the lowest loss
 * @param last            the model at the end
 * @param bestEpoch       from 1
 * @param val             judgement of the best model on the held-out images
 * @param lastVal         judgement of the last model
 * @param epochs          that were begun
 * @param imagesPerSecond over all training steps
 * @param seconds         from the first step to the last evaluation
 */
public record Outcome(Model best, Model last, int bestEpoch, Evaluation val, Evaluation lastVal, int epochs, double imagesPerSecond,
        double seconds) {

    /** The fields that are about the best model. */
    Json.Obj json(String event) {
        return Json.object().with("event", event).with("epochs", epochs).with("best_epoch", bestEpoch).with("val_top1", val.top1())
                .with("val_top5", val.top5()).with("val_loss", val.loss()).with("images_per_s", imagesPerSecond)
                .with("seconds", seconds);
    }
}
