package cortado.bench;

import java.util.Locale;

/** What one step of a workload is. */
public enum Mode {
    /** Forward, loss, backward, update. */
    TRAIN,
    /** Forward. */
    INFER,
    /** A single op's output. */
    FORWARD,
    /** The gradient of a single op's input. */
    DX,
    /** The gradient of a single op's weights (and bias, if it has one). */
    DW;

    /** {@return the name in tables and JSON: {@code train}} */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return whether a step is one op alone} */
    public boolean single() {
        return this != TRAIN && this != INFER;
    }
}
