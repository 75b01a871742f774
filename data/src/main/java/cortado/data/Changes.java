package cortado.data;

import cortado.tensor.Rng;

/**
 * What a loader does to images on their way into a batch.
 *
 * @param transform    to each
 * @param mixing       to pairs of a batch
 * @param transformKey from which, with the epoch and the image's number, follows what happens to it
 * @param mixingKey    likewise with the epoch and the batch's number
 */
record Changes(Transform transform, Mixing mixing, long transformKey, long mixingKey) {
    static final Changes NONE = of(Transform.NONE, Mixing.NONE, new Rng(0));

    static Changes of(Transform transform, Mixing mixing, Rng rng) {
        return new Changes(transform, mixing, rng.split("transform").key(), rng.split("mixing").key());
    }

    long ofImage(long epoch, int index) {
        return Rng.key(Rng.key(transformKey, epoch), index);
    }

    long ofBatch(long epoch, int number) {
        return Rng.key(Rng.key(mixingKey, epoch), number);
    }
}
