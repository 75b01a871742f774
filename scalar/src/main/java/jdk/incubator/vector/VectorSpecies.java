package jdk.incubator.vector;

/**
 * Lanes and their type. There is one number of lanes, four.
 *
 * @param <E> of a lane
 */
public interface VectorSpecies<E> {
    int length();

    int vectorBitSize();

    <F> VectorSpecies<F> withLanes(Class<F> type);

    VectorMask<E> indexInRange(int offset, int limit);
}
