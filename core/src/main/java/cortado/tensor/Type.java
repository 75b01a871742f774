package cortado.tensor;

/** Element types. F32 is what networks compute in, F64 what gradients are proven in, I32 holds labels and positions. */
public enum Type {
    /** IEEE 754 single precision. */
    F32(4),
    /** IEEE 754 double precision. */
    F64(8),
    /** Two's complement 32-bit integers. */
    I32(4);

    private final int bytes;

    Type(int bytes) {
        this.bytes = bytes;
    }

    /** {@return the size of one element in bytes} */
    public int bytes() {
        return bytes;
    }
}
