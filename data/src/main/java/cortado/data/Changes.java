package cortado.data;

import cortado.tensor.Rng;

/**
 * What a loader does to images on their way into a batch.
 *
 * @param transform to each
 * @param mixing    to pairs of a batch
 * @param rng       the run's: what happens follows from it, the epoch and the image's or the batch's number
 */
record Changes(Transform transform, Mixing mixing, Rng rng) {
    static final Changes NONE = new Changes(Transform.NONE, Mixing.NONE, new Rng(0));

    /** Of an epoch's transforms; split by image. */
    long key(long epoch) {
        return rng.split("transform").split(epoch).key();
    }

    long mixingKey(long epoch, int batch) {
        return rng.split("mixing").split(epoch).split(batch).key();
    }
}
