package cortado.tensor;

/** Foreign bytes (a file, a text, a setting) that are not what they claim. The message says what, where, expected, received. */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * What is wrong.
     * @param message one line for a person: what, where (file, byte offset), expected, received, a hint
     */
    public FormatException(String message) {
        super(message);
    }

    /**
     * What is wrong, and what showed it.
     * @param message one line for a person
     * @param cause   what was caught, shown only with {@code --debug}
     */
    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
