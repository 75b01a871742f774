package cortado.tensor;

/** Sizes, windows or settings that cannot fit together. The message says what, where, expected and received. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * What is wrong.
     * @param message one line for a person: what, where, expected, received, a hint
     */
    public ShapeException(String message) {
        super(message);
    }
}
