package cortado.cli;

/** Exit codes, as the README lists them. */
final class Exit {
    static final int OK = 0;
    /** A check said no: a gradient that differs. */
    static final int CHECK_FAILED = 1;
    /** Bad input, a full disk, too little memory: one line says which. */
    static final int BAD_INPUT = 2;
    /** A mistake of Cortado's own. */
    static final int INTERNAL = 70;
    /** Stopped by Ctrl-C, after saving. */
    static final int INTERRUPTED = 130;
    /** Whoever read standard output is gone: what a shell shows for SIGPIPE. */
    static final int READER_GONE = 141;

    private Exit() {
    }
}
