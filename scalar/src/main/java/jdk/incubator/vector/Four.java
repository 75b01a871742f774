package jdk.incubator.vector;

/** The species: four lanes of 32 bits. */
record Four<E>() implements VectorSpecies<E> {
    @Override
    public int length() {
        return 4;
    }

    @Override
    public int vectorBitSize() {
        return 128;
    }

    @Override
    public <F> VectorSpecies<F> withLanes(Class<F> type) {
        if (type != int.class && type != float.class) {
            throw new UnsupportedOperationException("lanes of " + type);
        }
        return new Four<>();
    }

    @Override
    public VectorMask<E> indexInRange(int offset, int limit) {
        return new VectorMask<>(in(offset, limit), in(offset + 1, limit), in(offset + 2, limit), in(offset + 3, limit));
    }

    private static boolean in(int i, int limit) {
        return i >= 0 && i < limit;
    }
}
