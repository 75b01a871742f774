package cortado.train;

import cortado.io.Json;
import cortado.tensor.FormatException;

/**
 * Where a training stands between two steps. With the seed this is the state of all random numbers too: order, augmentation and
 * whatever else is drawn are functions of seed, epoch and step ({@link cortado.tensor.Rng}), so there is no generator to save.
 *
 * @param epoch   epochs that are over: learned from and judged
 * @param batch   steps done in the epoch after them, 0 … steps in an epoch
 * @param updates steps that the optimizer has made
 * @param best    the best epoch so far, from 1; 0 before the first is over
 * @param loss    sum of the losses of this epoch's images
 * @param images  of this epoch
 * @param nanos   spent on this epoch's steps
 * @param earlier nanoseconds spent on the steps of the epochs before
 * @param seconds since the training began, without the time between a kill and its resumption
 */
public record Position(int epoch, int batch, long updates, int best, double loss, long images, long nanos, long earlier,
        double seconds) {
    /** Before the first step. */
    static final Position START = new Position(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** {@return after one more step}; its loss is the mean over its images. */
    Position step(int n, double loss, long taken, long updates, double seconds) {
        return new Position(epoch, batch + 1, updates, best, this.loss + n * loss, images + n, nanos + taken, earlier, seconds);
    }

    /** {@return after this epoch's judgement} */
    Position next(int best, double seconds) {
        return new Position(epoch + 1, 0, updates, best, 0, 0, 0, earlier + nanos, seconds);
    }

    /** {@return images a second over this epoch's steps} */
    double imagesPerSecond() {
        return images * 1e9 / nanos;
    }

    /** {@return {@code {"epoch":…,"batch":…,…}}, every number exactly} */
    Json.Obj json() {
        return Json.object().with("epoch", epoch).with("batch", batch).with("updates", updates).with("best", best)
                .with("loss", loss).with("images", images).with("nanos", nanos).with("earlier", earlier).with("seconds", seconds);
    }

    /** {@return what {@link #json} wrote}; throws {@link FormatException}. */
    static Position of(Json.Obj json, String where) {
        return new Position((int) whole(json, "epoch", where), (int) whole(json, "batch", where), whole(json, "updates", where),
                (int) whole(json, "best", where), number(json, "loss", where), whole(json, "images", where),
                whole(json, "nanos", where), whole(json, "earlier", where), number(json, "seconds", where));
    }

    private static long whole(Json.Obj json, String key, String where) {
        return json.get(key).flatMap(j -> j instanceof Json.Num n ? n.whole() : java.util.Optional.empty())
                .filter(v -> v >= 0)
                .orElseThrow(() -> new FormatException(where + ": " + key + ": expected a whole number from 0"));
    }

    /** {@return a number of an object}; throws {@link FormatException} where there is none. */
    static double number(Json.Obj json, String key, String where) {
        if (json.get(key).orElse(new Json.Null()) instanceof Json.Num n) {
            return n.value();
        }
        throw new FormatException(where + ": " + key + ": expected a number");
    }
}
