package cortado.op;

/**
 * An op that a network is trained by: from scores and targets to one number per image, of which the plan takes the mean. Targets
 * get no gradient. Elements of one image, such as its pixels, are averaged.
 */
public sealed interface Loss extends Op permits SoftmaxCrossEntropy, BinaryCrossEntropy, MeanSquared, Huber {
}
