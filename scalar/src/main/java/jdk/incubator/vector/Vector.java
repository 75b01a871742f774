package jdk.incubator.vector;

/**
 * What parameters are declared as.
 *
 * @param <E> of a lane
 */
public sealed interface Vector<E> permits FloatVector, IntVector {
}
